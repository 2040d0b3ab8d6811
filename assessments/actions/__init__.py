"""Deeds of assessors and of the officials who run an assessment.

Locks are taken in the order of `locks.py`.
"""

from assessments.actions.allocation import Allocated, allocate
from assessments.actions.declarations import declare_for_the_year, describe_oneself, remind_of_declarations
from assessments.actions.feedback import release_feedback
from assessments.actions.interests import Conflicts, check_conflicts, declare_interest, end_interest, register_assessor
from assessments.actions.panel import approve_decision, begin_assessment, go_to_panel, propose_decision
from assessments.actions.scoring import reopen_assessment, save_overall, save_score, set_counted, submit_assessment
from assessments.actions.seats import accept, decline, invite, withdraw_seat

__all__ = [
    "Allocated",
    "Conflicts",
    "accept",
    "allocate",
    "approve_decision",
    "begin_assessment",
    "check_conflicts",
    "declare_for_the_year",
    "declare_interest",
    "decline",
    "describe_oneself",
    "end_interest",
    "go_to_panel",
    "invite",
    "propose_decision",
    "register_assessor",
    "release_feedback",
    "remind_of_declarations",
    "reopen_assessment",
    "save_overall",
    "save_score",
    "set_counted",
    "submit_assessment",
    "withdraw_seat",
]
