"""Addresses of score sheets."""

from django.urls import path

from assessments.views import sheet

SEAT = "assessments/<int:seat>/"

urlpatterns = [
    path(f"{SEAT}save", sheet.save, name="assessment_save"),
    path(f"{SEAT}questions/<slug:slug>", sheet.step, name="assessment_question"),
    path(f"{SEAT}overall", sheet.step, name="assessment_overall"),
    path(f"{SEAT}check", sheet.check, name="assessment_check"),
    path(f"{SEAT}bid.pdf", sheet.bid_paper, name="assessment_paper"),
]
