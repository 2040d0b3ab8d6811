"""Assessors, their interests, seats on bids, scores, and the panel's decisions."""

from assessments.models.allocation import AllocationRun, AllocationTeam, ReservePolicy
from assessments.models.complaints import Complaint
from assessments.models.discussions import Discussion, Remark
from assessments.models.handed_in import HandedIn
from assessments.models.interviews import (
    Interview,
    InterviewCriterion,
    Interviewer,
    InterviewPlan,
    InterviewScore,
    InterviewSheet,
    InterviewSlot,
)
from assessments.models.meetings import (
    FrozenSheet,
    PanelConflict,
    PanelItem,
    PanelMeeting,
    PanelMember,
    PanelVote,
)
from assessments.models.panel import Decision, FeedbackRelease
from assessments.models.people import (
    Absence,
    Agreement,
    Assessor,
    CompetitionCapacity,
    Declaration,
    Interest,
    Invitation,
)
from assessments.models.seats import Assessment, Block, ConflictDecision, Score, Seat

__all__ = [
    "Absence",
    "Agreement",
    "AllocationRun",
    "AllocationTeam",
    "Assessment",
    "Assessor",
    "Block",
    "CompetitionCapacity",
    "Complaint",
    "ConflictDecision",
    "Decision",
    "Declaration",
    "Discussion",
    "FeedbackRelease",
    "FrozenSheet",
    "HandedIn",
    "Interest",
    "Interview",
    "InterviewCriterion",
    "InterviewPlan",
    "InterviewScore",
    "InterviewSheet",
    "InterviewSlot",
    "Interviewer",
    "Invitation",
    "PanelConflict",
    "PanelItem",
    "PanelMeeting",
    "PanelMember",
    "PanelVote",
    "Remark",
    "ReservePolicy",
    "Score",
    "Seat",
]
