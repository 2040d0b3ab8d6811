"""Deeds of the officials who set up streams and competitions."""

from funds.actions.corrections import clarify, correct_plan, correct_question
from funds.actions.deadline import approve_deadline, propose_deadline, send_deadline_back
from funds.actions.envelopes import approve_appropriation, propose_appropriation, send_appropriation_back
from funds.actions.money import approve_allocation, propose_allocation, send_allocation_back
from funds.actions.publication import propose_publication, publish, send_publication_back
from funds.actions.rows import move_row, remove_row, save_row
from funds.actions.setup import ROWS, know_regimes, mark_part, save_part, set_up, starter_of

__all__ = [
    "ROWS",
    "approve_allocation",
    "approve_appropriation",
    "approve_deadline",
    "clarify",
    "correct_plan",
    "correct_question",
    "know_regimes",
    "mark_part",
    "move_row",
    "propose_allocation",
    "propose_appropriation",
    "propose_deadline",
    "propose_publication",
    "publish",
    "remove_row",
    "save_part",
    "save_row",
    "send_allocation_back",
    "send_appropriation_back",
    "send_deadline_back",
    "send_publication_back",
    "set_up",
    "starter_of",
]
