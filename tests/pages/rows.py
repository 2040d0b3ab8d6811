"""Who may open what: each address of the portal by name, and the answer to a GET by each role.

To add a page, add its name here; when its address holds a key, add to `KEYS` what the key is made of: a function that
is given `get`, which returns a fixture by name. Import fixtures of other rooms in `tests/pages/conftest.py`.
200 page, 302 sent elsewhere (anonymous: to sign in), 403 not this role, 404 not to be known, 405 only by POST.
"""

from collections.abc import Callable
from typing import Any

from tests.pages.cast_bids import keys_of

ROLES = (
    "anonymous", "applicant", "other_applicant", "assessor", "ahsn_lead", "monitoring_officer", "fund_manager",
    "finance_officer", "auditor",
)  # fmt: skip

ROWS = {
    #                                         anon appl othr asse lead moni fund fina audi
    "home":                                  "200  200  200  200  200  200  200  200  200",
    "competition":                           "200  200  200  200  200  200  200  200  200",
    "accessibility":                         "200  200  200  200  200  200  200  200  200",
    "privacy":                               "200  200  200  200  200  200  200  200  200",
    "cookies":                               "200  200  200  200  200  200  200  200  200",
    "health":                                "200  200  200  200  200  200  200  200  200",
    "account":                               "302  200  200  200  200  200  200  200  200",
    "messages":                              "302  200  200  200  200  200  200  200  200",
    "message":                               "302  200  404  404  404  404  404  404  404",
    "messages_read":                         "302  405  405  405  405  405  405  405  405",
    "mail_log":                              "302  403  403  403  403  403  200  403  200",
    "mail_log_csv":                          "302  403  403  403  403  403  200  403  200",
    "mail_again":                            "302  405  405  405  405  405  405  405  405",
    "account_login":                         "200  302  302  302  302  302  302  302  302",
    "account_signup":                        "200  302  302  302  302  302  302  302  302",
    "account_logout":                        "302  200  200  200  200  200  200  200  200",
    "account_inactive":                      "200  200  200  200  200  200  200  200  200",
    "account_email_verification_sent":       "200  200  200  200  200  200  200  200  200",
    "account_confirm_email":                 "200  200  200  200  200  200  200  200  200",
    "account_change_password":               "302  200  200  200  200  200  200  200  200",
    "account_set_password":                  "302  302  302  302  302  302  302  302  302",
    "account_reset_password":                "200  200  200  200  200  200  200  200  200",
    "account_reset_password_done":           "200  200  200  200  200  200  200  200  200",
    "account_reset_password_from_key":       "200  200  200  200  200  200  200  200  200",
    "account_reset_password_from_key_done":  "200  200  200  200  200  200  200  200  200",
    "account_reauthenticate":                "302  200  200  200  200  200  200  200  200",
    "mfa_index":                             "302  200  200  200  200  200  200  200  200",
    "mfa_authenticate":                      "302  302  302  302  302  302  302  302  302",
    "mfa_reauthenticate":                    "302  302  302  302  200  200  200  200  200",
    "mfa_activate_totp":                     "302  200  200  200  302  302  302  302  302",
    "mfa_deactivate_totp":                   "302  404  404  404  200  200  200  200  200",
    "mfa_view_recovery_codes":               "302  404  404  404  200  200  200  200  200",
    "mfa_generate_recovery_codes":           "302  200  200  200  200  200  200  200  200",
    "mfa_download_recovery_codes":           "302  404  404  404  200  200  200  200  200",
    "awards":                                "302  200  200  200  200  200  200  200  200",
    "award_offers":                          "302  403  403  403  403  403  200  403  403",
    "award_offer":                           "302  403  403  403  403  403  200  403  403",
    "award":                                 "302  200  404  404  200  200  200  200  200",
    "condition":                             "302  403  404  404  403  403  403  200  403",
    "award_network":                         "302  403  404  404  403  403  200  403  403",
    "award_accept":                          "302  200  404  404  403  403  403  403  403",
    "award_decline":                         "302  200  404  404  403  403  403  403  403",
    "award_start":                           "302  405  405  405  405  405  405  405  405",
    "award_withdraw":                        "302  403  404  404  403  403  200  403  403",
    "award_terminate":                       "302  403  404  404  403  403  200  403  403",
    "award_complete":                        "302  403  404  404  403  403  200  403  403",
    "letter_propose":                        "302  405  405  405  405  405  405  405  405",
    "letter_issue":                          "302  403  404  404  403  403  200  403  403",
    "letter_download":                       "302  302  404  404  302  302  302  302  302",
    "award_match":                           "302  200  404  404  403  403  200  200  200",
    "match_verify":                          "302  403  404  404  403  403  403  200  403",
    "match_query":                           "302  403  404  404  403  403  403  200  403",
    "match_reject":                          "302  403  404  404  403  403  403  200  403",
    "match_evidence":                        "302  302  404  404  403  403  302  302  302",
    "claim_start":                           "302  200  404  404  403  403  403  403  403",
    "claims":                                "302  200  200  200  200  200  200  200  200",
    "claim":                                 "302  200  404  404  200  200  200  200  200",
    "claim_edit":                            "302  200  404  404  403  403  403  403  403",
    "claim_submit":                          "302  200  404  404  403  403  403  403  403",
    "claim_review":                          "302  405  405  405  405  405  405  405  405",
    "claim_approve":                         "302  405  405  405  405  405  405  405  405",
    "claim_instruct":                        "302  405  405  405  405  405  405  405  405",
    "claim_query":                           "302  403  404  404  403  200  200  403  403",
    "claim_reject":                          "302  403  404  404  403  200  200  403  403",
    "claim_pay":                             "302  403  404  404  403  403  403  404  403",
    "letter_check_start":                    "200  200  200  200  200  200  200  200  200",
    "letter_check":                          "200  200  200  200  200  200  200  200  200",
    "record":                                "302  403  403  403  403  403  403  403  200",
    "record_csv":                            "302  403  403  403  403  403  403  403  200",
    "seals":                                 "302  403  403  403  403  403  403  403  200",
    "record_pack":                           "302  403  403  403  403  403  403  403  405",
    "assessments":                           "302  403  403  200  403  403  403  403  403",
    "assessment":                            "302  404  404  200  404  404  404  404  404",
    "assessment_accept":                     "302  405  405  405  405  405  405  405  405",
    "assessment_decline":                    "302  405  405  405  405  405  405  405  405",
    "assessment_document":                   "302  404  404  404  404  404  404  404  404",
    "competitions":                          "302  403  403  403  403  403  200  200  200",
    "competition_manage":                    "302  403  403  403  403  403  200  200  200",
    "competition_begin":                     "302  405  405  405  405  405  405  405  405",
    "competition_allocate":                  "302  405  405  405  405  405  405  405  405",
    "competition_to_panel":                  "302  405  405  405  405  405  405  405  405",
    "competition_decide":                    "302  403  403  403  403  403  200  403  403",
    "competition_approve":                   "302  405  405  405  405  405  405  405  405",
    "competition_feedback":                  "302  403  403  403  403  403  302  403  403",
    "competition_lines":                     "302  403  403  403  403  403  200  200  200",
    "competition_ranking":                   "302  403  403  403  403  403  200  200  200",
    "competition_bids":                      "302  403  403  403  403  403  200  200  200",
    "competition_bid":                       "302  403  403  403  403  403  200  200  200",
    "competition_document":                  "302  403  403  403  403  403  404  404  404",
    "bid_ineligible":                        "302  403  403  403  403  403  200  403  403",
    "bid_reinstate":                         "302  405  405  405  405  405  405  405  405",
    "streams":                               "302  403  403  403  403  403  200  200  200",
    "stream":                                "302  403  403  403  403  403  200  200  200",
    "dashboard":                             "302  200  200  200  200  200  200  200  200",
    "bid_start":                             "302  200  200  302  302  302  302  302  302",
    "bid_start_organisation":                "302  200  200  200  200  200  403  403  403",
    "bid":                                   "302  200  404  404  404  404  404  404  404",
    "bid_details":                           "302  200  404  404  404  404  404  404  404",
    "bid_question":                          "302  200  404  404  404  404  404  404  404",
    "bid_question_save":                     "302  405  405  405  405  405  405  405  405",
    "bid_partners":                          "302  200  404  404  404  404  404  404  404",
    "bid_partner_add":                       "302  200  404  404  404  404  404  404  404",
    "bid_partner_remove":                    "302  200  404  404  404  404  404  404  404",
    "bid_partner_size":                      "302  200  404  404  404  404  404  404  404",
    "bid_costs":                             "302  200  404  404  404  404  404  404  404",
    "bid_cost_add":                          "302  200  404  404  404  404  404  404  404",
    "bid_cost_change":                       "302  200  404  404  404  404  404  404  404",
    "bid_cost_remove":                       "302  405  405  405  405  405  405  405  405",
    "bid_funding":                           "302  200  404  404  404  404  404  404  404",
    "bid_match":                             "302  200  404  404  404  404  404  404  404",
    "bid_match_add":                         "302  200  404  404  404  404  404  404  404",
    "bid_match_remove":                      "302  405  405  405  405  405  405  405  405",
    "bid_match_evidence":                    "302  200  404  404  404  404  404  404  404",
    "bid_documents":                         "302  200  404  404  404  404  404  404  404",
    "bid_document":                          "302  302  404  404  404  404  404  404  404",
    "bid_document_remove":                   "302  405  405  405  405  405  405  405  405",
    "bid_document_replace":                  "302  200  404  404  404  404  404  404  404",
    "bid_document_restore":                  "302  405  405  405  405  405  405  405  405",
    "bid_check":                             "302  200  404  404  404  404  404  404  404",
    "bid_submit":                            "302  200  404  404  404  404  404  404  404",
    "bid_feedback":                          "302  200  404  404  404  404  404  404  404",
    "bid_receipt":                           "302  200  404  404  404  404  404  404  404",
    "bid_version":                           "302  200  404  404  404  404  404  404  404",
    "bid_reopen":                            "302  200  404  404  404  404  404  404  404",
    "bid_give_up":                           "302  200  404  404  404  404  404  404  404",
    "bid_withdraw":                          "302  200  404  404  404  404  404  404  404",
}  # fmt: skip


def _of_bid(*keys: str) -> Callable[[Callable[[str], Any]], dict[str, Any]]:
    """Return what makes an address below a written bid from these keys of its parts."""
    return lambda get: {key: keys_of(get("written_bid"))[key] for key in ("reference", *keys)}


BID_KEYS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("bid", "bid_details", "bid_partners", "bid_partner_add", "bid_documents"), ()),
    **dict.fromkeys(("bid_check", "bid_submit"), ()),
    **dict.fromkeys(("bid_question", "bid_question_save"), ("slug",)),
    **dict.fromkeys(("bid_partner_remove", "bid_partner_size", "bid_costs", "bid_funding"), ("partner",)),
    **dict.fromkeys(("bid_match", "bid_match_add"), ("partner",)),
    "bid_cost_add": ("partner", "category"),
    "bid_cost_change": ("partner", "category", "line"),
    "bid_cost_remove": ("partner", "line"),
    **dict.fromkeys(("bid_match_remove", "bid_match_evidence"), ("partner", "source")),
    **dict.fromkeys(("bid_document", "bid_document_remove", "bid_document_replace"), ("document",)),
    "bid_document_restore": ("document",),
}
HANDED_IN = ("bid_receipt", "bid_feedback", "bid_reopen", "bid_give_up", "bid_withdraw")

AWARD_PAGES = (
    "award", "award_network", "award_accept", "award_decline", "award_start", "award_withdraw", "award_terminate",
    "award_complete", "letter_propose", "letter_issue", "award_match", "claim_start",
)  # fmt: skip
CLAIM_PAGES = (
    "claim", "claim_edit", "claim_submit", "claim_review", "claim_approve", "claim_instruct", "claim_query",
    "claim_reject", "claim_pay",
)  # fmt: skip
SEAT_PAGES = ("assessment", "assessment_accept", "assessment_decline")
COMPETITION_PAGES = (
    "competition_manage", "competition_begin", "competition_allocate", "competition_to_panel", "competition_approve",
    "competition_ranking", "competition_bids", "competition_lines",
    "competition_feedback",
)  # fmt: skip
KEYS: dict[str, Callable[[Callable[[str], Any]], dict[str, Any]]] = {
    "bid_start": lambda get: {"reference": get("competition").reference},
    "bid_start_organisation": lambda get: {"reference": get("competition").reference},
    **{name: _of_bid(*keys) for name, keys in BID_KEYS.items()},
    **{name: lambda get: {"reference": get("handed_in_bid").reference} for name in HANDED_IN},
    "bid_version": lambda get: {"reference": get("handed_in_bid").reference, "number": 1},
    "competition": lambda get: {"reference": get("competition").reference},
    **dict.fromkeys(SEAT_PAGES, lambda get: {"seat": get("shown_seat").pk}),
    **dict.fromkeys(COMPETITION_PAGES, lambda get: {"reference": get("shown_bid").competition.reference}),
    **dict.fromkeys(
        ("competition_bid", "bid_ineligible", "bid_reinstate"),
        lambda get: {"reference": (b := get("shown_bid")).competition.reference, "bid": b.reference},
    ),
    "assessment_document": lambda get: {"seat": get("shown_seat").pk, "key": 0},
    "competition_document": lambda get: {
        "reference": (b := get("shown_bid")).competition.reference,
        "bid": b.reference,
        "key": 0,
    },
    "competition_decide": lambda get: {"reference": get("shown_panel").reference},
    "stream": lambda get: {"code": get("stream").code},
    "message": lambda get: {"key": get("shown_message").pk},
    "mail_again": lambda get: {"key": get("shown_message").pk},
    "account_confirm_email": lambda get: {"key": "no-such-key"},
    "account_reset_password_from_key": lambda get: {"uidb36": "1", "key": "no-such-key"},
    "award_offer": lambda get: {"bid": get("bid_to_offer").reference},
    **dict.fromkeys(AWARD_PAGES, lambda get: {"reference": get("shown_award").reference}),
    **dict.fromkeys(CLAIM_PAGES, lambda get: {"reference": get("shown_claim").reference}),
    **dict.fromkeys(
        ("match_verify", "match_query", "match_reject"),
        lambda get: {"reference": get("shown_award").reference, "key": get("shown_source").pk},
    ),
    "condition": lambda get: {"reference": (a := get("shown_award")).reference, "key": a.conditions.first().pk},
    "match_evidence": lambda get: {
        "reference": get("shown_award").reference,
        "key": get("shown_source").documents.first().pk,
    },
    "letter_download": lambda get: {"reference": get("shown_award").reference, "number": 1},
    "letter_check": lambda get: {"code": get("shown_award").letters.first().short_code},
}


def expected(name: str) -> dict[str, int]:
    """Return the answer to each role as the table has it."""
    return dict(zip(ROLES, map(int, ROWS[name].split()), strict=True))
