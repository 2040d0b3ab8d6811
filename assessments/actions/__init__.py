"""Deeds of assessors and of the officials who run an assessment.

Locks are taken in the order of `locks.py`.
"""

from assessments.actions.allocation import Allocated, allocate
from assessments.actions.availability import add_absence, remove_absence, set_capacity
from assessments.actions.chasing import chase
from assessments.actions.conflicts import Conflicts, check_assessor, check_conflicts, decide_conflict
from assessments.actions.declarations import declare_for_the_year, describe_oneself, remind_of_declarations
from assessments.actions.feedback import release_feedback
from assessments.actions.interests import declare_interest, end_interest, register_assessor
from assessments.actions.invitations import (
    agree,
    become_assessor,
    decline_to_assess,
    invite_again,
    invite_assessor,
    take_back_invitation,
)
from assessments.actions.panel import approve_decision, begin_assessment, go_to_panel, propose_decision
from assessments.actions.reserves import fill_seats, set_reserves_until
from assessments.actions.runs import accept_run, ask_for_run, cancel_run, carry_out_run, edit_team
from assessments.actions.scoring import reopen_assessment, save_overall, save_score, set_counted, submit_assessment
from assessments.actions.seats import accept, change_seats, decline, invite, withdraw_seat

__all__ = [
    "Allocated",
    "Conflicts",
    "accept",
    "accept_run",
    "add_absence",
    "agree",
    "allocate",
    "approve_decision",
    "ask_for_run",
    "become_assessor",
    "begin_assessment",
    "cancel_run",
    "carry_out_run",
    "change_seats",
    "chase",
    "check_assessor",
    "check_conflicts",
    "decide_conflict",
    "declare_for_the_year",
    "declare_interest",
    "decline",
    "decline_to_assess",
    "describe_oneself",
    "edit_team",
    "end_interest",
    "fill_seats",
    "go_to_panel",
    "invite",
    "invite_again",
    "invite_assessor",
    "propose_decision",
    "register_assessor",
    "release_feedback",
    "remind_of_declarations",
    "remove_absence",
    "reopen_assessment",
    "save_overall",
    "save_score",
    "set_capacity",
    "set_counted",
    "set_reserves_until",
    "submit_assessment",
    "take_back_invitation",
    "withdraw_seat",
]
