"""Addresses of assessors' and officials' work on competitions and their bids."""

from django.urls import path

from assessments import urls_allocation, urls_panel, urls_people, urls_scoring
from assessments.views import bids, competitions, feedback, interests, papers, scoring

urlpatterns = [
    path("assessments/", scoring.assessments, name="assessments"),
    path("assessments/interests/", interests.interests, name="interests"),
    path("assessments/interests/declare", interests.declare, name="interests_declare"),
    path("assessments/interests/<int:key>/end", interests.end, name="interest_end"),
    path("assessments/profile", interests.profile, name="assessor_profile"),
    path("assessments/<int:seat>/", scoring.assessment, name="assessment"),
    path("assessments/<int:seat>/accept", scoring.accept, name="assessment_accept"),
    path("assessments/<int:seat>/decline", scoring.decline, name="assessment_decline"),
    path("assessments/<int:seat>/documents/<int:key>", papers.for_assessor, name="assessment_document"),
    path("competitions/", competitions.competitions, name="competitions"),
    path("competitions/<str:reference>/manage", competitions.manage, name="competition_manage"),
    path("competitions/<str:reference>/manage/begin", competitions.begin, name="competition_begin"),
    path("competitions/<str:reference>/manage/panel", competitions.to_panel, name="competition_to_panel"),
    path("competitions/<str:reference>/manage/feedback", feedback.release, name="competition_feedback"),
    path("bids/<str:reference>/feedback", feedback.feedback, name="bid_feedback"),
    *urls_panel.urlpatterns,
    path("competitions/<str:reference>/bids/<str:bid>", bids.bid, name="competition_bid"),
    path(
        "competitions/<str:reference>/bids/<str:bid>/documents/<int:key>",
        papers.for_official,
        name="competition_document",
    ),
    *urls_scoring.urlpatterns,
    *urls_allocation.urlpatterns,
    *urls_people.urlpatterns,
]
