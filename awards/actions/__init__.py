"""Deeds on awards, letters, claims and payments. The order of locks is in `locks`."""

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

__all__ = [
    "accept",
    "approve_claim",
    "assign_network",
    "complete",
    "decline",
    "go_live",
    "instruct_payment",
    "issue_letter",
    "lapse",
    "lapse_overdue",
    "offer",
    "plan",
    "propose_letter",
    "query_claim",
    "record_payment",
    "reject_claim",
    "review_claim",
    "set_claim_lines",
    "settle_condition",
    "start_claim",
    "start_due",
    "submit_claim",
    "terminate",
    "withdraw_award",
]
