"""Assessors, their interests, seats on bids, scores, and the panel's decisions."""

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
    "Assessment",
    "Assessor",
    "Block",
    "CompetitionCapacity",
    "ConflictDecision",
    "Decision",
    "Declaration",
    "FeedbackRelease",
    "Interest",
    "Invitation",
    "Score",
    "Seat",
]
