"""What the keys in addresses are made of, by the name of the address."""

from collections.abc import Callable
from typing import Any, NamedTuple

from tests.pages.cast_awards import shown_annex, shown_letter_run, shown_paper
from tests.pages.cast_bids import keys_of, token_of
from tests.pages.cast_people import assessor_token
from tests.pages.rows import ROWS


class Keys(NamedTuple):
    """The fixtures that an address needs to be there, by name, and what makes its keys of them."""

    of: str
    read: Callable[..., dict[str, Any]] = lambda *_: {}

    def __call__(self, get: Callable[[str], Any]) -> dict[str, Any]:
        """Return the keys; `get` returns a fixture by name."""
        return self.read(*map(get, self.of.split()))


def _of_bid(*keys: str) -> Keys:
    """Return what makes an address below a written bid from these keys of its parts."""
    return Keys("written_bid", lambda bid: {key: keys_of(bid)[key] for key in ("reference", *keys)})


BID_KEYS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("bid_team", "bid_invite", "bid_leave", "bid_hand_over", "bid_take_lead"), ()),
    **dict.fromkeys(("bid_role", "bid_member_remove"), ("member",)),
    **dict.fromkeys(("bid_invitation_again", "bid_invitation_withdraw"), ("invitation",)),
    "bid_assign": ("section",),
    **dict.fromkeys(("bid", "bid_details", "bid_details_save", "bid_partners", "bid_partner_add", "bid_documents"), ()),
    **dict.fromkeys(("bid_match_project", "bid_check", "bid_submit", "bid_draft_paper", "bid_copy"), ()),
    **dict.fromkeys(("bid_question", "bid_question_save"), ("slug",)),
    **dict.fromkeys(("bid_partner_remove", "bid_partner_size", "bid_costs", "bid_funding"), ("partner",)),
    **dict.fromkeys(("bid_match", "bid_match_add", "bid_aid", "bid_aid_add", "bid_aid_confirm"), ("partner",)),
    "bid_aid_remove": ("partner", "row"),
    **dict.fromkeys(("bid_cost_add", "bid_cost_try"), ("partner", "category")),
    **dict.fromkeys(("bid_cost_sheet", "bid_cost_import", "bid_cost_workings"), ("partner",)),
    **dict.fromkeys(("bid_cost_import_confirm", "bid_cost_put_back"), ("partner",)),
    "bid_cost_change": ("partner", "category", "line"),
    "bid_cost_remove": ("partner", "line"),
    **dict.fromkeys(("bid_match_remove", "bid_match_evidence"), ("partner", "source")),
    **dict.fromkeys(("bid_document", "bid_document_remove", "bid_document_replace"), ("document",)),
    "bid_document_restore": ("document",),
}
ORGANISATION_PAGES = ("organisation", "organisation_address", "organisation_size", "organisation_check")
HANDED_IN = ("bid_receipt", "bid_feedback", "bid_reopen", "bid_give_up", "bid_withdraw")

AWARD_PAGES = (
    "award", "award_network", "award_accept", "award_decline", "award_start", "award_withdraw", "award_terminate",
    "award_complete", "letter_propose", "letter_issue", "letter_preview", "award_match", "claim_start",
    "award_progress", "award_final_report", "award_review",
)  # fmt: skip
CLAIM_PAGES = (
    "claim", "claim_edit", "claim_submit", "claim_review", "claim_approve", "claim_query",
    "claim_reject", "claim_pay",
    "claim_item_add", "claim_item_try", "claim_sheet", "claim_import", "claim_import_confirm", "claim_match_add",
    "claim_report", "claim_copy",
)  # fmt: skip
SEAT_PAGES = (
    "assessment", "assessment_accept", "assessment_decline", "assessment_save", "assessment_overall",
    "assessment_check", "assessment_paper",
)  # fmt: skip
COMPETITION_PAGES = (
    "competition_manage", "competition_begin", "competition_to_panel", "competition_approve",
    "competition_board", "competition_board_assessors", "competition_board_csv",
    "competition_ranking", "competition_bids", "competition_lines",
    "competition_feedback", "allocation_runs", "allocation_differences", "seats",
)  # fmt: skip
SET_UP_PAGES = (
    "setup", "setup_money", "setup_money_approve", "setup_money_back", "preview", "publish", "put_forward",
    "publish_back",
)  # fmt: skip
PUBLISHED_PAGES = (
    "corrections", "correct_plan", "correct_note", "deadline", "deadline_approve", "deadline_back",
)  # fmt: skip
KEYS: dict[str, Keys] = {
    **dict.fromkeys(SET_UP_PAGES, Keys("being_set_up", lambda it: {"reference": it.reference})),
    **dict.fromkeys(PUBLISHED_PAGES, Keys("competition", lambda it: {"reference": it.reference})),
    "correct_question": Keys("competition", lambda it: {"reference": it.reference, "slug": "question-1"}),
    "setup_part": Keys("being_set_up", lambda it: {"reference": it.reference, "part": "subsidy"}),
    **dict.fromkeys(
        ("setup_rows", "setup_row_add", "setup_mark"),
        Keys("being_set_up", lambda it: {"reference": it.reference, "part": "questions"}),
    ),
    **dict.fromkeys(
        ("setup_row", "setup_row_remove", "setup_row_move"),
        Keys(
            "being_set_up",
            lambda it: {
                "reference": it.reference,
                "part": "questions",
                "key": it.questions.first().pk,
            },
        ),
    ),
    **dict.fromkeys(ORGANISATION_PAGES, Keys("sme", lambda it: {"organisation": it.pk})),
    "organisation_answer": Keys("sme", lambda it: {"organisation": it.pk, "join": 1}),
    "bid_start": Keys("competition", lambda it: {"reference": it.reference}),
    "invitation": Keys("written_bid", lambda it: {"token": token_of(it)}),
    "invitation_to_me": Keys("written_bid", lambda it: {"invitation": keys_of(it)["invitation"]}),
    "bid_start_organisation": Keys("competition", lambda it: {"reference": it.reference}),
    **{name: _of_bid(*keys) for name, keys in BID_KEYS.items()},
    **{name: Keys("handed_in_bid", lambda it: {"reference": it.reference}) for name in HANDED_IN},
    "bid_copy_into": Keys(
        "written_bid other_competition", lambda bid, other: {"reference": bid.reference, "competition": other.reference}
    ),
    **dict.fromkeys(
        ("bid_version", "bid_version_content", "bid_version_receipt", "bid_version_paper"),
        Keys("handed_in_bid", lambda it: {"reference": it.reference, "number": 1}),
    ),
    **dict.fromkeys(
        (
            "competition",
            "competition_answers",
            "competition_save",
            "competition_unsave",
            "enquiry_ask",
            "competition_files",
        ),
        Keys("competition", lambda it: {"reference": it.reference}),
    ),
    **dict.fromkeys(
        ("competition_file", "file_change", "file_replace", "file_remove", "file_move"),
        Keys("shown_file", lambda it: {"reference": it.competition.reference, "file": it.pk}),
    ),
    "enquiry": Keys("shown_enquiry", lambda it: {"enquiry": it.pk}),
    "answer_correct": Keys("shown_answer", lambda it: {"reference": it.competition.reference, "number": 1}),
    **dict.fromkeys(SEAT_PAGES, Keys("shown_seat", lambda it: {"seat": it.pk})),
    "assessment_question": Keys("shown_seat", lambda it: {"seat": it.pk, "slug": "question-1"}),
    "assessment_discussion": Keys("shown_seat", lambda it: {"seat": it.pk}),
    "assessment_reopen": Keys(
        "shown_bid",
        lambda it: {
            "reference": it.competition.reference,
            "bid": it.reference,
            "seat": it.seats.first().pk,
        },
    ),
    **dict.fromkeys(
        ("interviewing_one", "interviewing_save", "interviewing_aside"),
        Keys("shown_interview", lambda it: {"key": it.pk}),
    ),
    **dict.fromkeys(
        ("interviews", "interview_plan", "interview_slots", "interview_panel", "interview_invite"),
        Keys("shown_interview", lambda it: {"reference": it.plan.competition.reference}),
    ),
    **dict.fromkeys(
        ("interview_slot_remove", "interviewer_dismiss"),
        Keys("shown_interview", lambda it: {"reference": it.plan.competition.reference, "key": 1}),
    ),
    **dict.fromkeys(
        ("interview", "interview_cancel"),
        Keys(
            "shown_interview",
            lambda it: {
                "reference": it.plan.competition.reference,
                "bid": it.bid.reference,
            },
        ),
    ),
    "interview_reopen": Keys(
        "shown_interview_sheet",
        lambda it: {
            "reference": it.interview.plan.competition.reference,
            "bid": it.interview.bid.reference,
            "key": it.pk,
        },
    ),
    "bid_interview": Keys("shown_interview", lambda it: {"reference": it.bid.reference}),
    **dict.fromkeys(COMPETITION_PAGES, Keys("shown_bid", lambda it: {"reference": it.competition.reference})),
    **dict.fromkeys(
        ("competition_bid", "bid_discussion", "competition_bid_paper", "bid_ineligible", "bid_inform", "bid_reinstate"),
        Keys("shown_bid", lambda it: {"reference": it.competition.reference, "bid": it.reference}),
    ),
    "seats_team": Keys("shown_bid", lambda it: {"reference": it.competition.reference, "bid": it.reference}),
    **dict.fromkeys(
        ("allocation_run", "allocation_cancel", "allocation_accept"),
        Keys("shown_run", lambda it: {"reference": (run := it).competition.reference, "number": run.number}),
    ),
    "allocation_team": Keys(
        "shown_run",
        lambda it: {
            "reference": (run := it).competition.reference,
            "number": run.number,
            "bid": run.teams.first().bid.reference,
        },
    ),
    "competition_progress": Keys("competition", lambda it: {"reference": it.reference}),
    "bids_xlsx": Keys("competition", lambda it: {"reference": it.reference}),
    "bids_csv": Keys("competition", lambda it: {"reference": it.reference, "table": "costs"}),
    "assessment_document": Keys("shown_seat", lambda it: {"seat": it.pk, "key": 0}),
    "competition_document": Keys(
        "shown_bid",
        lambda it: {
            "reference": it.competition.reference,
            "bid": it.reference,
            "key": 0,
        },
    ),
    **dict.fromkeys(
        ("competition_decide", "competition_change", "competition_promote", "competition_decision_back", "panels"),
        Keys("shown_panel", lambda it: {"reference": it.reference}),
    ),
    **dict.fromkeys(
        ("competition_ranked", "competition_ranking_xlsx", "complaints"),
        Keys("shown_bid", lambda it: {"reference": it.competition.reference}),
    ),
    **dict.fromkeys(
        ("bid_history", "bid_history_csv"),
        Keys("shown_bid", lambda it: {"reference": it.competition.reference, "bid": it.reference}),
    ),
    "bid_complaints": Keys("handed_in_bid", lambda it: {"reference": it.reference}),
    "complaint": Keys("shown_complaint", lambda it: {"key": it.pk}),
    **dict.fromkeys(
        (
            "panel_meeting",
            "panel_ask",
            "panel_declare",
            "panel_attend",
            "panel_open",
            "panel_cancel",
            "panel_minutes",
            "panel_general_save",
            "panel_agree",
            "panel_minutes_paper",
        ),
        Keys("shown_meeting", lambda it: {"key": it.pk}),
    ),
    "panel_remove": Keys("shown_meeting", lambda it: {"key": it.pk, "member": it.members.first().pk}),
    **dict.fromkeys(
        ("panel_item", "panel_item_save", "panel_vote", "panel_leave"),
        Keys("shown_meeting", lambda it: {"key": it.pk, "bid": it.items.get().bid.reference}),
    ),
    **dict.fromkeys(
        ("stream", "envelope_change", "entries", "entries_csv"), Keys("stream", lambda it: {"code": it.code})
    ),
    **dict.fromkeys(
        ("envelope_proposal", "envelope_approve", "envelope_send_back"),
        Keys("stream waiting_change", lambda stream, change: {"code": stream.code, "key": change.pk}),
    ),
    "message": Keys("shown_message", lambda it: {"key": it.pk}),
    "mail_again": Keys("shown_message", lambda it: {"key": it.pk}),
    "account_confirm_email": Keys("", lambda: {"key": "no-such-key"}),
    "account_reset_password_from_key": Keys("", lambda: {"uidb36": "1", "key": "no-such-key"}),
    **dict.fromkeys(("interest_end", "assessor_not_away"), Keys("", lambda: {"key": 1})),
    "assessor_invitation": Keys("invited_assessor", lambda it: {"token": assessor_token(it)}),
    **dict.fromkeys(
        ("assessor_invitation_again", "assessor_invitation_withdraw"),
        Keys("invited_assessor", lambda it: {"key": it.pk}),
    ),
    **dict.fromkeys(("assessor", "assessor_capacity"), Keys("asa", lambda it: {"key": it.pk})),
    "competition_conflicts": Keys("shown_conflict", lambda it: {"reference": it.bid.competition.reference}),
    "conflict_decide": Keys(
        "shown_conflict",
        lambda it: {
            "reference": it.bid.competition.reference,
            "key": it.pk,
        },
    ),
    "award_offer": Keys("bid_to_offer", lambda it: {"bid": it.reference}),
    **dict.fromkeys(AWARD_PAGES, Keys("shown_award", lambda it: {"reference": it.reference})),
    **dict.fromkeys(CLAIM_PAGES, Keys("shown_claim", lambda it: {"reference": it.reference})),
    **dict.fromkeys(
        (
            "match_case",
            "match_verify",
            "match_query",
            "match_reject",
            "match_reopen",
            "match_take",
            "match_leave",
            "match_say",
        ),
        Keys("shown_source", lambda it: {"key": it.pk}),
    ),
    "match_picture": Keys("shown_source", lambda it: {"key": it.pk, "document": 1, "page": 1}),
    **dict.fromkeys(
        ("award_preparation", "award_large", "award_large_approve", "award_officer"),
        Keys("shown_award", lambda it: {"reference": it.reference}),
    ),
    **dict.fromkeys(
        (
            "award_profile",
            "award_profile_approve",
            "award_profile_back",
            "award_costs",
            "award_costs_approve",
            "award_costs_back",
        ),
        Keys("shown_award", lambda it: {"reference": it.reference, "organisation": it.bid.lead_id}),
    ),
    "condition_paper": Keys("shown_award", lambda it: {"reference": it.reference, "key": it.conditions.first().pk}),
    "condition_paper_open": Keys(
        "shown_award",
        lambda it: {
            "reference": (paper := shown_paper(it)).condition.award.reference,
            "key": paper.pk,
        },
    ),
    **dict.fromkeys(("organisation_bank", "bank_change"), Keys("sme", lambda it: {"key": it.pk})),
    "bank_check": Keys("shown_award", lambda it: {"key": it.bid.lead.bank_details.last().pk}),
    **dict.fromkeys(
        ("claim_item", "claim_item_try_one", "claim_item_remove", "claim_disallow"),
        Keys("shown_claim", lambda it: {"reference": it.reference, "key": it.lines.first().pk}),
    ),
    **dict.fromkeys(
        ("claim_match", "claim_match_remove"),
        Keys("shown_claim", lambda it: {"reference": it.reference, "key": it.match_lines.first().pk}),
    ),
    **dict.fromkeys(
        ("claim_document", "claim_document_replace", "claim_document_remove"),
        Keys("shown_proof", lambda it: {"reference": it.claim.reference, "key": it.pk}),
    ),
    **dict.fromkeys(
        ("claim_answer", "claim_settle"),
        Keys("shown_query", lambda it: {"reference": it.claim.reference, "key": it.pk}),
    ),
    **dict.fromkeys(
        ("award_report", "award_report_accept", "award_report_back"),
        Keys("shown_report", lambda it: {"reference": it.award.reference, "key": it.pk}),
    ),
    "condition": Keys("shown_award", lambda it: {"reference": it.reference, "key": it.conditions.first().pk}),
    "match_evidence": Keys(
        "shown_award shown_source",
        lambda award, source: {"reference": award.reference, "key": source.documents.first().pk},
    ),
    **dict.fromkeys(
        ("payment_run", "run_make", "run_cancel"), Keys("shown_payment_run", lambda it: {"reference": it.reference})
    ),
    **dict.fromkeys(
        ("award_changes", "award_suspend", "award_lift", "variation_time", "milestones"),
        Keys("shown_award", lambda it: {"reference": it.reference}),
    ),
    **dict.fromkeys(
        ("variation_costs", "variation_partner", "underspend_new"),
        Keys("shown_award", lambda it: {"reference": it.reference, "key": it.partners.get().pk}),
    ),
    **dict.fromkeys(
        ("variation_agree", "variation_drop", "underspend_release", "underspend_drop", "milestone_remove"),
        Keys("", lambda: {"reference": "MFA-000001", "key": 1}),
    ),
    "milestone_reach": Keys(
        "shown_award",
        lambda it: {
            "reference": it.reference,
            "key": it.milestones.get().pk,
        },
    ),
    "recovery_new": Keys("shown_claim", lambda it: {"reference": it.reference}),
    **dict.fromkeys(
        ("recovery_demand", "recovery_drop", "recovery_receive"), Keys("", lambda: {"reference": "MFC-000001"})
    ),
    "money_download": Keys("", lambda: {"kind": "csv"}),
    **dict.fromkeys(("money_planned", "money_claimed", "money_paid"), Keys("", lambda: {"month": "2027-06"})),
    "reconciled": Keys("shown_award", lambda it: {"code": it.bid.competition.stream.code, "figure": "instructed"}),
    **dict.fromkeys(
        ("network_shares", "network_shares_approve", "network_shares_back"),
        Keys("shown_instalments", lambda it: {"year": it[0].allocation.year}),
    ),
    **dict.fromkeys(
        ("network_return", "network_return_accept", "network_return_back"),
        Keys("shown_instalments", lambda it: {"reference": it[1].reference}),
    ),
    "network_share": Keys("exchanges"),
    "network_return_sign": Keys("shown_instalments", lambda it: {"reference": it[2].reference}),
    "network_release_end": Keys(
        "shown_instalments",
        lambda it: {
            "reference": it[0].releases.get().reference,
            "deed": "paid",
        },
    ),
    "network_release_file": Keys("shown_instalments", lambda it: {"reference": it[0].releases.get().file.reference}),
    "run_file": Keys("shown_payment_run", lambda it: {"reference": it.reference, "kind": "pain001"}),
    "bank_report": Keys("shown_bank_report", lambda it: {"key": it.pk}),
    "award_annex": Keys("shown_award", lambda it: {"reference": it.reference}),
    **dict.fromkeys(
        ("annex_file", "annex_agree", "annex_refuse"),
        Keys("shown_award", lambda it: {"reference": (a := shown_annex(it)).award.reference, "key": a.pk}),
    ),
    "letter_run": Keys("shown_award", lambda it: {"key": shown_letter_run(it).pk}),
    "letter_download": Keys("shown_award", lambda it: {"reference": it.reference, "number": 1}),
    "letter_check": Keys("shown_award", lambda it: {"code": it.letters.first().short_code}),
}
WORLDS: dict[str, list[str]] = {of: [] for of in sorted({"", *(keys.of for keys in KEYS.values())})}
for _name in ROWS:
    WORLDS[KEYS[_name].of if _name in KEYS else ""].append(_name)
