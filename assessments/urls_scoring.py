"""Addresses of score sheets, discussions, the board and interviews."""

from django.urls import path

from assessments.views import board, discussions, interviewing, interviews, sheet

SEAT = "assessments/<int:seat>/"
COMPETITION = "competitions/<str:reference>/"
BID = f"{COMPETITION}bids/<str:bid>/"
INTERVIEWS = f"{COMPETITION}interviews"

urlpatterns = [
    path(f"{SEAT}save", sheet.save, name="assessment_save"),
    path(f"{SEAT}questions/<slug:slug>", sheet.step, name="assessment_question"),
    path(f"{SEAT}overall", sheet.step, name="assessment_overall"),
    path(f"{SEAT}check", sheet.check, name="assessment_check"),
    path(f"{SEAT}bid.pdf", sheet.bid_paper, name="assessment_paper"),
    path(f"{SEAT}discussion", discussions.for_assessor, name="assessment_discussion"),
    path(f"{BID}discussion", discussions.for_official, name="bid_discussion"),
    path(f"{BID}seats/<int:seat>/reopen", discussions.reopen, name="assessment_reopen"),
    path(f"{COMPETITION}board", board.board, name="competition_board"),
    path(f"{COMPETITION}board/assessors", board.assessors, name="competition_board_assessors"),
    path(f"{COMPETITION}board.csv", board.board_csv, name="competition_board_csv"),
    path("assessments/interviews/", interviewing.interviews, name="interviewing"),
    path("assessments/interviews/<int:key>/", interviewing.interview, name="interviewing_one"),
    path("assessments/interviews/<int:key>/save", interviewing.save, name="interviewing_save"),
    path("assessments/interviews/<int:key>/aside", interviewing.aside, name="interviewing_aside"),
    path(INTERVIEWS, interviews.interviews, name="interviews"),
    path(f"{INTERVIEWS}/plan", interviews.plan, name="interview_plan"),
    path(f"{INTERVIEWS}/slots", interviews.slots, name="interview_slots"),
    path(f"{INTERVIEWS}/slots/<int:key>/remove", interviews.remove_slot, name="interview_slot_remove"),
    path(f"{INTERVIEWS}/panel", interviews.panel, name="interview_panel"),
    path(f"{INTERVIEWS}/panel/<int:key>/dismiss", interviews.dismiss, name="interviewer_dismiss"),
    path(f"{INTERVIEWS}/invite", interviews.invite, name="interview_invite"),
    path(f"{INTERVIEWS}/<str:bid>", interviews.one, name="interview"),
    path(f"{INTERVIEWS}/<str:bid>/cancel", interviews.cancel, name="interview_cancel"),
    path(f"{INTERVIEWS}/<str:bid>/sheets/<int:key>/reopen", interviews.reopen, name="interview_reopen"),
    path("bids/<str:reference>/interview", interviewing.for_applicant, name="bid_interview"),
]
