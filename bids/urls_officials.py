"""Addresses of the officials' lists of bids, and of what they decide there."""

from django.urls import path

from bids.views import officials

CALL = "competitions/<str:reference>/"
BID = f"{CALL}bids/<str:bid>/"

urlpatterns = [
    path("bids/", officials.bids, name="bids"),
    path(f"{CALL}bids", officials.competition_bids, name="competition_bids"),
    path(f"{CALL}progress", officials.progress, name="competition_progress"),
    path(f"{CALL}bids/export.xlsx", officials.export_xlsx, name="bids_xlsx"),
    path(f"{CALL}bids/export/<slug:table>.csv", officials.export_csv, name="bids_csv"),
    path(f"{BID}bid.pdf", officials.paper, name="competition_bid_paper"),
    path(f"{BID}ineligible", officials.ineligible, name="bid_ineligible"),
    path(f"{BID}inform", officials.inform, name="bid_inform"),
    path(f"{BID}reinstate", officials.reinstate, name="bid_reinstate"),
]
