"""Deeds on awards, letters, claims and payments. The order of locks is in `locks`."""

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
from awards.actions.letters import accept, go_live, issue_letter, propose_letter, start_due
from awards.actions.offers import offer, plan
from awards.actions.payments import instruct_payment, record_payment
from awards.actions.reports import accept_report, give_report, record_review, send_report_back

__all__ = [
    "accept",
    "accept_report",
    "answer_query",
    "approve_claim",
    "assign_network",
    "complete",
    "decline",
    "disallow",
    "give_report",
    "go_live",
    "import_items",
    "instruct_payment",
    "issue_letter",
    "lapse",
    "lapse_overdue",
    "offer",
    "plan",
    "propose_letter",
    "query_claim",
    "record_payment",
    "record_review",
    "reject_claim",
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
    "take_item",
    "take_match",
    "terminate",
    "withdraw_award",
]
