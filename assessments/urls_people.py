"""Addresses of assessors as people: invitations, agreement, availability, the officials' list, and conflicts."""

from django.urls import path

from assessments.views import assessors, conflicts, invitations, oneself

urlpatterns = [
    path("assess/<str:token>", invitations.answer, name="assessor_invitation"),
    path("assessments/agreement", oneself.agreement, name="assessor_agreement"),
    path("assessments/availability", oneself.availability, name="assessor_availability"),
    path("assessments/availability/<int:key>/remove", oneself.not_away, name="assessor_not_away"),
    path("assessments/availability/capacity", oneself.capacity, name="assessor_own_capacity"),
    path("assessors/", assessors.assessors, name="assessors"),
    path("assessors/assessors.csv", assessors.download, name="assessors_csv"),
    path("assessors/invitations", invitations.invitations, name="assessor_invitations"),
    path("assessors/invitations/<int:key>/again", invitations.again, name="assessor_invitation_again"),
    path("assessors/invitations/<int:key>/withdraw", invitations.withdraw, name="assessor_invitation_withdraw"),
    path("assessors/<int:key>/", assessors.assessor, name="assessor"),
    path("assessors/<int:key>/capacity", assessors.capacity, name="assessor_capacity"),
    path("competitions/<str:reference>/manage/conflicts", conflicts.conflicts, name="competition_conflicts"),
    path("competitions/<str:reference>/manage/conflicts/<int:key>", conflicts.decide, name="conflict_decide"),
]
