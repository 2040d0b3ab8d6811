"""Addresses of milestones, suspensions, variations, releases and recoveries."""

from django.urls import path

from awards.views import changes, milestones, releases

AWARD, MILESTONES = "awards/<str:reference>/changes", "awards/<str:reference>/milestones"
urlpatterns = [
    path(MILESTONES, milestones.milestones, name="milestones"),
    path(f"{MILESTONES}/<int:key>/remove", milestones.remove, name="milestone_remove"),
    path(f"{MILESTONES}/<int:key>/reached", milestones.reach, name="milestone_reach"),
    path(f"{AWARD}/", changes.changes, name="award_changes"),
    path(f"{AWARD}/suspend", changes.suspend, name="award_suspend"),
    path(f"{AWARD}/lift", changes.lift, name="award_lift"),
    path(f"{AWARD}/time", changes.time, name="variation_time"),
    path(f"{AWARD}/costs/<int:key>", changes.costs, name="variation_costs"),
    path(f"{AWARD}/partner/<int:key>", changes.partner, name="variation_partner"),
    path(f"{AWARD}/<int:key>/agree", changes.decide, {"deed": "agree"}, name="variation_agree"),
    path(f"{AWARD}/<int:key>/drop", changes.decide, {"deed": "drop"}, name="variation_drop"),
    path(f"{AWARD}/release/<int:key>", releases.new, name="underspend_new"),
    path(f"{AWARD}/releases/<int:key>/agree", releases.decide, {"deed": "release"}, name="underspend_release"),
    path(f"{AWARD}/releases/<int:key>/drop", releases.decide, {"deed": "drop"}, name="underspend_drop"),
    path("claims/<str:reference>/back", changes.ask_back, name="recovery_new"),
    path("recoveries/<str:reference>/demand", changes.recovery, {"deed": "demand"}, name="recovery_demand"),
    path("recoveries/<str:reference>/drop", changes.recovery, {"deed": "drop"}, name="recovery_drop"),
    path("recoveries/<str:reference>/receive", changes.receive, name="recovery_receive"),
]
