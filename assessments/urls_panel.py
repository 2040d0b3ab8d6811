"""Addresses of the ranked sheet, the panel's meetings, its decision, complaints, and how a bid was decided."""

from django.urls import path

from assessments.views import complaints, decision, history, meetings, minutes, ranked

_COMPETITION = "competitions/<str:reference>"
_MEETING = "panels/<int:key>"

urlpatterns = [
    path(f"{_COMPETITION}/ranked", ranked.ranked, name="competition_ranked"),
    path(f"{_COMPETITION}/ranking.csv", ranked.ranking_csv, name="competition_ranking"),
    path(f"{_COMPETITION}/ranking.xlsx", ranked.ranking_xlsx, name="competition_ranking_xlsx"),
    path(f"{_COMPETITION}/manage/lines", decision.lines, name="competition_lines"),
    path(f"{_COMPETITION}/manage/decision", decision.decide, name="competition_decide"),
    path(f"{_COMPETITION}/manage/approve", decision.approve, name="competition_approve"),
    path(f"{_COMPETITION}/manage/decision/back", decision.send_back, name="competition_decision_back"),
    path(f"{_COMPETITION}/manage/decision/change", decision.change, name="competition_change"),
    path(f"{_COMPETITION}/manage/decision/reserve", decision.promote, name="competition_promote"),
    path(f"{_COMPETITION}/complaints", complaints.complaints, name="complaints"),
    path(f"{_COMPETITION}/bids/<str:bid>/history", history.history, name="bid_history"),
    path(f"{_COMPETITION}/bids/<str:bid>/history.csv", history.history_csv, name="bid_history_csv"),
    path("complaints/<int:key>", complaints.complaint, name="complaint"),
    path("bids/<str:reference>/complaints", complaints.mine, name="bid_complaints"),
    path(f"{_COMPETITION}/panel", meetings.panels, name="panels"),
    path("panels/", meetings.my_panels, name="my_panels"),
    path(f"{_MEETING}/", meetings.meeting, name="panel_meeting"),
    path(f"{_MEETING}/ask", meetings.ask, name="panel_ask"),
    path(f"{_MEETING}/members/<int:member>/remove", meetings.remove, name="panel_remove"),
    path(f"{_MEETING}/declare", meetings.declare, name="panel_declare"),
    path(f"{_MEETING}/present", meetings.attend, name="panel_attend"),
    path(f"{_MEETING}/open", meetings.begin, name="panel_open"),
    path(f"{_MEETING}/cancel", meetings.cancel, name="panel_cancel"),
    path(f"{_MEETING}/bids/<str:bid>", minutes.item, name="panel_item"),
    path(f"{_MEETING}/bids/<str:bid>/save", minutes.item_save, name="panel_item_save"),
    path(f"{_MEETING}/bids/<str:bid>/vote", minutes.vote, name="panel_vote"),
    path(f"{_MEETING}/bids/<str:bid>/leave", minutes.leave, name="panel_leave"),
    path(f"{_MEETING}/minutes", minutes.whole, name="panel_minutes"),
    path(f"{_MEETING}/minutes/save", minutes.general_save, name="panel_general_save"),
    path(f"{_MEETING}/minutes/agree", minutes.agree, name="panel_agree"),
    path(f"{_MEETING}/minutes.pdf", minutes.printed, name="panel_minutes_paper"),
]
