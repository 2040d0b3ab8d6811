"""What the keys in addresses are made of, by the name of the address.

Each is a function that is given `get`, which returns a fixture by name, and that returns the keys.
"""

from collections.abc import Callable
from typing import Any

from tests.pages.cast_awards import shown_annex, shown_letter_run, shown_paper
from tests.pages.cast_bids import keys_of, token_of
from tests.pages.cast_people import assessor_token


def _of_bid(*keys: str) -> Callable[[Callable[[str], Any]], dict[str, Any]]:
    """Return what makes an address below a written bid from these keys of its parts."""
    return lambda get: {key: keys_of(get("written_bid"))[key] for key in ("reference", *keys)}


def _given(fixture: str) -> Callable[[Callable[[str], Any]], dict[str, Any]]:
    """Return what makes an address without keys, whose page needs a fixture to be there."""

    def keys(get: Callable[[str], Any]) -> dict[str, Any]:
        get(fixture)
        return {}

    return keys


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
KEYS: dict[str, Callable[[Callable[[str], Any]], dict[str, Any]]] = {
    **dict.fromkeys(SET_UP_PAGES, lambda get: {"reference": get("being_set_up").reference}),
    **dict.fromkeys(PUBLISHED_PAGES, lambda get: {"reference": get("competition").reference}),
    "correct_question": lambda get: {"reference": get("competition").reference, "slug": "question-1"},
    "setup_part": lambda get: {"reference": get("being_set_up").reference, "part": "subsidy"},
    **dict.fromkeys(
        ("setup_rows", "setup_row_add", "setup_mark"),
        lambda get: {"reference": get("being_set_up").reference, "part": "questions"},
    ),
    **dict.fromkeys(
        ("setup_row", "setup_row_remove", "setup_row_move"),
        lambda get: {
            "reference": (c := get("being_set_up")).reference,
            "part": "questions",
            "key": c.questions.first().pk,
        },
    ),
    **dict.fromkeys(ORGANISATION_PAGES, lambda get: {"organisation": get("sme").pk}),
    "organisation_answer": lambda get: {"organisation": get("sme").pk, "join": 1},
    "bid_start": lambda get: {"reference": get("competition").reference},
    "invitation": lambda get: {"token": token_of(get("written_bid"))},
    "invitation_to_me": lambda get: {"invitation": keys_of(get("written_bid"))["invitation"]},
    "bid_start_organisation": lambda get: {"reference": get("competition").reference},
    **{name: _of_bid(*keys) for name, keys in BID_KEYS.items()},
    **{name: lambda get: {"reference": get("handed_in_bid").reference} for name in HANDED_IN},
    "bid_copy_into": lambda get: {
        "reference": get("written_bid").reference,
        "competition": get("other_competition").reference,
    },
    **dict.fromkeys(
        ("bid_version", "bid_version_content", "bid_version_receipt", "bid_version_paper"),
        lambda get: {"reference": get("handed_in_bid").reference, "number": 1},
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
        lambda get: {"reference": get("competition").reference},
    ),
    **dict.fromkeys(
        ("competition_file", "file_change", "file_replace", "file_remove", "file_move"),
        lambda get: {"reference": (f := get("shown_file")).competition.reference, "file": f.pk},
    ),
    "enquiry": lambda get: {"enquiry": get("shown_enquiry").pk},
    "answer_correct": lambda get: {"reference": get("shown_answer").competition.reference, "number": 1},
    **dict.fromkeys(SEAT_PAGES, lambda get: {"seat": get("shown_seat").pk}),
    "assessment_question": lambda get: {"seat": get("shown_seat").pk, "slug": "question-1"},
    "assessment_discussion": lambda get: {"seat": get("shown_seat").pk},
    "assessment_reopen": lambda get: {
        "reference": (b := get("shown_bid")).competition.reference,
        "bid": b.reference,
        "seat": b.seats.first().pk,
    },
    **dict.fromkeys(
        ("interviewing_one", "interviewing_save", "interviewing_aside"),
        lambda get: {"key": get("shown_interview").pk},
    ),
    **dict.fromkeys(
        ("interviews", "interview_plan", "interview_slots", "interview_panel", "interview_invite"),
        lambda get: {"reference": get("shown_interview").plan.competition.reference},
    ),
    **dict.fromkeys(
        ("interview_slot_remove", "interviewer_dismiss"),
        lambda get: {"reference": get("shown_interview").plan.competition.reference, "key": 1},
    ),
    **dict.fromkeys(
        ("interview", "interview_cancel"),
        lambda get: {
            "reference": (i := get("shown_interview")).plan.competition.reference,
            "bid": i.bid.reference,
        },
    ),
    "interview_reopen": lambda get: {
        "reference": (s := get("shown_interview_sheet")).interview.plan.competition.reference,
        "bid": s.interview.bid.reference,
        "key": s.pk,
    },
    "bid_interview": lambda get: {"reference": get("shown_interview").bid.reference},
    **dict.fromkeys(COMPETITION_PAGES, lambda get: {"reference": get("shown_bid").competition.reference}),
    **dict.fromkeys(
        ("competition_bid", "bid_discussion", "competition_bid_paper", "bid_ineligible", "bid_inform", "bid_reinstate"),
        lambda get: {"reference": (b := get("shown_bid")).competition.reference, "bid": b.reference},
    ),
    "seats_team": lambda get: {"reference": (b := get("shown_bid")).competition.reference, "bid": b.reference},
    **dict.fromkeys(
        ("allocation_run", "allocation_cancel", "allocation_accept"),
        lambda get: {"reference": (run := get("shown_run")).competition.reference, "number": run.number},
    ),
    "allocation_team": lambda get: {
        "reference": (run := get("shown_run")).competition.reference,
        "number": run.number,
        "bid": run.teams.first().bid.reference,
    },
    "competition_progress": lambda get: {"reference": get("competition").reference},
    "bids_xlsx": lambda get: {"reference": get("competition").reference},
    "bids_csv": lambda get: {"reference": get("competition").reference, "table": "costs"},
    "assessment_document": lambda get: {"seat": get("shown_seat").pk, "key": 0},
    "competition_document": lambda get: {
        "reference": (b := get("shown_bid")).competition.reference,
        "bid": b.reference,
        "key": 0,
    },
    **dict.fromkeys(
        ("competition_decide", "competition_change", "competition_promote", "competition_decision_back", "panels"),
        lambda get: {"reference": get("shown_panel").reference},
    ),
    **dict.fromkeys(
        ("competition_ranked", "competition_ranking_xlsx", "complaints"),
        lambda get: {"reference": get("shown_bid").competition.reference},
    ),
    **dict.fromkeys(
        ("bid_history", "bid_history_csv"),
        lambda get: {"reference": (b := get("shown_bid")).competition.reference, "bid": b.reference},
    ),
    "bid_complaints": lambda get: {"reference": get("handed_in_bid").reference},
    "complaint": lambda get: {"key": get("shown_complaint").pk},
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
        lambda get: {"key": get("shown_meeting").pk},
    ),
    "panel_remove": lambda get: {"key": (m := get("shown_meeting")).pk, "member": m.members.first().pk},
    **dict.fromkeys(
        ("panel_item", "panel_item_save", "panel_vote", "panel_leave"),
        lambda get: {"key": (m := get("shown_meeting")).pk, "bid": m.items.get().bid.reference},
    ),
    **dict.fromkeys(("stream", "envelope_change", "entries", "entries_csv"), lambda get: {"code": get("stream").code}),
    **dict.fromkeys(
        ("envelope_proposal", "envelope_approve", "envelope_send_back"),
        lambda get: {"code": get("stream").code, "key": get("waiting_change").pk},
    ),
    "message": lambda get: {"key": get("shown_message").pk},
    "mail_again": lambda get: {"key": get("shown_message").pk},
    "account_confirm_email": lambda get: {"key": "no-such-key"},
    "account_reset_password_from_key": lambda get: {"uidb36": "1", "key": "no-such-key"},
    **dict.fromkeys(("interest_end", "assessor_not_away"), lambda get: {"key": 1}),
    "assessor_invitation": lambda get: {"token": assessor_token(get("invited_assessor"))},
    **dict.fromkeys(
        ("assessor_invitation_again", "assessor_invitation_withdraw"),
        lambda get: {"key": get("invited_assessor").pk},
    ),
    **dict.fromkeys(("assessor", "assessor_capacity"), lambda get: {"key": get("asa").pk}),
    "competition_conflicts": lambda get: {"reference": get("shown_conflict").bid.competition.reference},
    "conflict_decide": lambda get: {
        "reference": get("shown_conflict").bid.competition.reference,
        "key": get("shown_conflict").pk,
    },
    "award_offer": lambda get: {"bid": get("bid_to_offer").reference},
    **dict.fromkeys(AWARD_PAGES, lambda get: {"reference": get("shown_award").reference}),
    **dict.fromkeys(CLAIM_PAGES, lambda get: {"reference": get("shown_claim").reference}),
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
        lambda get: {"key": get("shown_source").pk},
    ),
    "match_picture": lambda get: {"key": get("shown_source").pk, "document": 1, "page": 1},
    **dict.fromkeys(
        ("award_preparation", "award_large", "award_large_approve", "award_officer"),
        lambda get: {"reference": get("shown_award").reference},
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
        lambda get: {"reference": get("shown_award").reference, "organisation": get("sme").pk},
    ),
    "condition_paper": lambda get: {"reference": (a := get("shown_award")).reference, "key": a.conditions.first().pk},
    "condition_paper_open": lambda get: {
        "reference": (paper := shown_paper(get("shown_award"))).condition.award.reference,
        "key": paper.pk,
    },
    **dict.fromkeys(("organisation_bank", "bank_change"), lambda get: {"key": get("sme").pk}),
    "bank_check": lambda get: {"key": get("shown_award").bid.lead.bank_details.last().pk},
    **dict.fromkeys(
        ("claim_item", "claim_item_try_one", "claim_item_remove", "claim_disallow"),
        lambda get: {"reference": (c := get("shown_claim")).reference, "key": c.lines.first().pk},
    ),
    **dict.fromkeys(
        ("claim_match", "claim_match_remove"),
        lambda get: {"reference": (c := get("shown_claim")).reference, "key": c.match_lines.first().pk},
    ),
    **dict.fromkeys(
        ("claim_document", "claim_document_replace", "claim_document_remove"),
        lambda get: {"reference": (d := get("shown_proof")).claim.reference, "key": d.pk},
    ),
    **dict.fromkeys(
        ("claim_answer", "claim_settle"),
        lambda get: {"reference": (q := get("shown_query")).claim.reference, "key": q.pk},
    ),
    **dict.fromkeys(
        ("award_report", "award_report_accept", "award_report_back"),
        lambda get: {"reference": (r := get("shown_report")).award.reference, "key": r.pk},
    ),
    "condition": lambda get: {"reference": (a := get("shown_award")).reference, "key": a.conditions.first().pk},
    "match_evidence": lambda get: {
        "reference": get("shown_award").reference,
        "key": get("shown_source").documents.first().pk,
    },
    **dict.fromkeys(
        ("payment_run", "run_make", "run_cancel"), lambda get: {"reference": get("shown_payment_run").reference}
    ),
    **dict.fromkeys(
        ("award_changes", "award_suspend", "award_lift", "variation_time", "milestones"),
        lambda get: {"reference": get("shown_award").reference},
    ),
    **dict.fromkeys(
        ("variation_costs", "variation_partner", "underspend_new"),
        lambda get: {"reference": (a := get("shown_award")).reference, "key": a.partners.get().pk},
    ),
    **dict.fromkeys(
        ("variation_agree", "variation_drop", "underspend_release", "underspend_drop", "milestone_remove"),
        lambda get: {"reference": "MFA-000001", "key": 1},
    ),
    "milestone_reach": lambda get: {
        "reference": (a := get("shown_award")).reference,
        "key": a.milestones.get().pk,
    },
    "recovery_new": lambda get: {"reference": get("shown_claim").reference},
    **dict.fromkeys(("recovery_demand", "recovery_drop", "recovery_receive"), lambda get: {"reference": "MFC-000001"}),
    "money_download": lambda get: {"kind": "csv"},
    **dict.fromkeys(("money_planned", "money_claimed", "money_paid"), lambda get: {"month": "2027-06"}),
    "reconciled": lambda get: {"code": get("shown_award").bid.competition.stream.code, "figure": "instructed"},
    **dict.fromkeys(
        ("network_shares", "network_shares_approve", "network_shares_back"),
        lambda get: {"year": get("shown_instalments")[0].allocation.year},
    ),
    **dict.fromkeys(
        ("network_return", "network_return_accept", "network_return_back"),
        lambda get: {"reference": get("shown_instalments")[1].reference},
    ),
    "network_share": _given("exchanges"),
    "network_return_sign": lambda get: {"reference": get("shown_instalments")[2].reference},
    "network_release_end": lambda get: {
        "reference": get("shown_instalments")[0].releases.get().reference,
        "deed": "paid",
    },
    "network_release_file": lambda get: {"reference": get("shown_instalments")[0].releases.get().file.reference},
    "run_file": lambda get: {"reference": get("shown_payment_run").reference, "kind": "pain001"},
    "bank_report": lambda get: {"key": get("shown_bank_report").pk},
    "award_annex": lambda get: {"reference": get("shown_award").reference},
    **dict.fromkeys(
        ("annex_file", "annex_agree", "annex_refuse"),
        lambda get: {"reference": (a := shown_annex(get("shown_award"))).award.reference, "key": a.pk},
    ),
    "letter_run": lambda get: {"key": shown_letter_run(get("shown_award")).pk},
    "letter_download": lambda get: {"reference": get("shown_award").reference, "number": 1},
    "letter_check": lambda get: {"code": get("shown_award").letters.first().short_code},
}
