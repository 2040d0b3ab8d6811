"""Deeds of assessors and of the officials who run an assessment.

Locks are taken in the order of `locks.py`.
"""

from assessments.actions.allocation import Allocated, allocate
from assessments.actions.availability import add_absence, remove_absence, set_capacity
from assessments.actions.chasing import chase
from assessments.actions.complaints import answer_complaint, complain
from assessments.actions.conflicts import Conflicts, check_assessor, check_conflicts, decide_conflict
from assessments.actions.decisions import approve_decision, change_decision, promote_reserve, propose_decision
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
from assessments.actions.meetings import (
    ask_to_panel,
    cancel_meeting,
    declare_at_table,
    leave_table,
    mark_present,
    open_meeting,
    plan_meeting,
    remove_from_panel,
)
from assessments.actions.minutes import agree_minutes, vote, write_general, write_item
from assessments.actions.panel import begin_assessment, go_to_panel
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
    "agree_minutes",
    "allocate",
    "answer_complaint",
    "approve_decision",
    "ask_for_run",
    "ask_to_panel",
    "become_assessor",
    "begin_assessment",
    "cancel_meeting",
    "cancel_run",
    "carry_out_run",
    "change_decision",
    "change_seats",
    "chase",
    "check_assessor",
    "check_conflicts",
    "complain",
    "decide_conflict",
    "declare_at_table",
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
    "leave_table",
    "mark_present",
    "open_meeting",
    "plan_meeting",
    "promote_reserve",
    "propose_decision",
    "register_assessor",
    "release_feedback",
    "remind_of_declarations",
    "remove_absence",
    "remove_from_panel",
    "reopen_assessment",
    "save_overall",
    "save_score",
    "set_capacity",
    "set_counted",
    "set_reserves_until",
    "submit_assessment",
    "take_back_invitation",
    "vote",
    "withdraw_seat",
    "write_general",
    "write_item",
]
