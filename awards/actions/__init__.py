"""Deeds on awards, letters, claims and payments. The order of locks is in `locks`."""

from awards.actions.acceptance import accept, agree_annex, hand_in_annex, refuse_annex, remind_to_accept, take_annex
from awards.actions.claim_items import disallow, import_items, take_item, take_match
from awards.actions.claim_papers import remove_evidence, replace_evidence, save_item, save_match
from awards.actions.claim_queries import answer_query, settle_query
from awards.actions.claims import (
    approve_claim,
    query_claim,
    reject_claim,
    review_claim,
    set_claim_lines,
    start_claim,
    submit_claim,
)
from awards.actions.conditions import assign_network, settle_condition
from awards.actions.endings import complete, decline, lapse, lapse_overdue, terminate, withdraw_award
from awards.actions.letter_runs import begin_letter_run, carry_out_letter_run
from awards.actions.letters import go_live, issue_letter, propose_letter, start_due
from awards.actions.offers import offer, plan
from awards.actions.payments import record_payment
from awards.actions.reports import accept_report, give_report, record_review, send_report_back

__all__ = [
    "accept",
    "accept_report",
    "agree_annex",
    "answer_query",
    "approve_claim",
    "assign_network",
    "begin_letter_run",
    "carry_out_letter_run",
    "complete",
    "decline",
    "disallow",
    "give_report",
    "go_live",
    "hand_in_annex",
    "import_items",
    "issue_letter",
    "lapse",
    "lapse_overdue",
    "offer",
    "plan",
    "propose_letter",
    "query_claim",
    "record_payment",
    "record_review",
    "refuse_annex",
    "reject_claim",
    "remind_to_accept",
    "remove_evidence",
    "replace_evidence",
    "review_claim",
    "save_item",
    "save_match",
    "send_report_back",
    "set_claim_lines",
    "settle_condition",
    "settle_query",
    "start_claim",
    "start_due",
    "submit_claim",
    "take_annex",
    "take_item",
    "take_match",
    "terminate",
    "withdraw_award",
]
