"""Deeds on bids."""

from bids.actions.answers import Conflict, keep_answer, save_answer
from bids.actions.correspondence import answer_department, write_to_applicant
from bids.actions.documents import attach_document, delete_document, replace_document, restore_document
from bids.actions.drafts import (
    add_partner,
    remove_partner,
    save_basics,
    start_bid,
)
from bids.actions.finance import set_costs, set_funding, set_size
from bids.actions.match import declare_match, drop_match, give_evidence
from bids.actions.officials import find_ineligible, inform, reinstate
from bids.actions.submissions import give_up_changes, reopen, stand_all, submit, withdraw
from bids.actions.verification import (
    expire_match,
    leave_case,
    look_again,
    query_match,
    reject_match,
    take_case,
    verify_match,
)
from bids.tasks import record_scan

__all__ = [
    "Conflict",
    "add_partner",
    "answer_department",
    "attach_document",
    "declare_match",
    "delete_document",
    "drop_match",
    "expire_match",
    "find_ineligible",
    "give_evidence",
    "give_up_changes",
    "inform",
    "keep_answer",
    "leave_case",
    "look_again",
    "query_match",
    "record_scan",
    "reinstate",
    "reject_match",
    "remove_partner",
    "reopen",
    "replace_document",
    "restore_document",
    "save_answer",
    "save_basics",
    "set_costs",
    "set_funding",
    "set_size",
    "stand_all",
    "start_bid",
    "submit",
    "take_case",
    "verify_match",
    "withdraw",
    "write_to_applicant",
]
