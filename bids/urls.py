"""Addresses of the applicants' pages."""

from django.urls import include, path

from bids.views import (
    autosave,
    begin,
    costs,
    dashboard,
    match,
    organisations,
    papers,
    partners,
    reading,
    size,
    submit,
    write,
)

BID = "bids/<str:reference>/"
PART = f"{BID}partners/<int:partner>/"
ORGANISATION = "organisations/<int:organisation>/"

urlpatterns = [
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("organisations/", organisations.organisations, name="organisations"),
    path(ORGANISATION, organisations.organisation, name="organisation"),
    path(f"{ORGANISATION}address", organisations.address, name="organisation_address"),
    path(f"{ORGANISATION}size", size.size, name="organisation_size"),
    path(f"{ORGANISATION}check", organisations.check, name="organisation_check"),
    path(f"{ORGANISATION}requests/<int:join>", organisations.answer, name="organisation_answer"),
    path("competitions/<str:reference>/apply", begin.start, name="bid_start"),
    path("competitions/<str:reference>/apply/organisation", begin.organisation, name="bid_start_organisation"),
    path(BID, write.bid, name="bid"),
    path(f"{BID}details", write.details, name="bid_details"),
    path(f"{BID}questions/<slug:slug>", write.question, name="bid_question"),
    path(f"{BID}questions/<slug:slug>/save", autosave.answer, name="bid_question_save"),
    path(f"{BID}partners", partners.partners, name="bid_partners"),
    path(f"{BID}partners/add", partners.add, name="bid_partner_add"),
    path(f"{PART}remove", partners.remove, name="bid_partner_remove"),
    path(f"{PART}size", partners.size, name="bid_partner_size"),
    path(f"{PART}costs", costs.costs, name="bid_costs"),
    path(f"{PART}costs/<slug:category>/add", costs.add_cost, name="bid_cost_add"),
    path(f"{PART}costs/<slug:line>/remove", costs.remove_cost, name="bid_cost_remove"),
    path(f"{PART}costs/<slug:category>/<slug:line>", costs.change_cost, name="bid_cost_change"),
    path(f"{PART}funding", costs.funding, name="bid_funding"),
    path(f"{BID}match", match.project, name="bid_match_project"),
    path(f"{PART}match", match.match, name="bid_match"),
    path(f"{PART}match/add", match.add_match, name="bid_match_add"),
    path(f"{PART}match/<int:source>/remove", match.remove_match, name="bid_match_remove"),
    path(f"{PART}match/<int:source>/evidence", match.evidence, name="bid_match_evidence"),
    path(f"{BID}documents", papers.documents, name="bid_documents"),
    path(f"{BID}documents/<int:document>", papers.document, name="bid_document"),
    path(f"{BID}documents/<int:document>/remove", papers.remove_document, name="bid_document_remove"),
    path(f"{BID}documents/<int:document>/replace", papers.replace_document, name="bid_document_replace"),
    path(f"{BID}documents/<int:document>/restore", papers.restore_document, name="bid_document_restore"),
    path(f"{BID}check", reading.check, name="bid_check"),
    path(f"{BID}submit", submit.submit, name="bid_submit"),
    path(f"{BID}receipt", submit.receipt, name="bid_receipt"),
    path(f"{BID}versions/<int:number>", reading.version, name="bid_version"),
    path(f"{BID}reopen", submit.reopen, name="bid_reopen"),
    path(f"{BID}give-up", submit.give_up, name="bid_give_up"),
    path(f"{BID}withdraw", submit.withdraw, name="bid_withdraw"),
    path("", include("bids.urls_team")),
]
