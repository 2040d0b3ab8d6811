"""Reads of what waits for assessors: invitations to answer, assessments to hand in; and until when reserves step in."""

import datetime as dt

from django.db.models import QuerySet

from accounts.models import User
from assessments import panel_queries, queries, rules
from assessments.models import ReservePolicy, Seat
from assessments.states import AssessmentState, SeatState
from bids.states import BidState
from funds.models import Competition
from funds.states import CompetitionState


def _in_assessment() -> QuerySet[Seat]:
    seats = Seat.objects.filter(bid__competition__state=CompetitionState.IN_ASSESSMENT, bid__state=BidState.SUBMITTED)
    return seats.select_related("bid__competition", "assessor__user").order_by("assessor", "bid__reference")


def unanswered() -> QuerySet[Seat]:
    """Return the invitations of competitions in assessment that nobody has answered, by assessor. One query."""
    return _in_assessment().filter(state=SeatState.INVITED)


def not_handed_in() -> QuerySet[Seat]:
    """Return the accepted seats, in competitions with a day by which to assess, that wait for an assessment. One query.

    Somebody who has not even answered is chased for the answer.
    """
    seats = _in_assessment().filter(state=SeatState.ACCEPTED, bid__competition__assess_by__isnull=False)
    return seats.exclude(assessment__state=AssessmentState.SUBMITTED)


def reserves_until(competition: Competition) -> dt.date | None:
    """Return the last day on which reserves are asked by themselves: the day that was set, or the usual one."""
    policy = ReservePolicy.objects.filter(competition=competition).values_list("until", flat=True).first()
    return rules.reserves_until(policy, competition.assess_by)


def for_assessor(user: User) -> int:
    """Return how many bids wait for a person's answer to an invitation or for their assessment."""
    held = queries.seats_of(user).filter(bid__competition__state=CompetitionState.IN_ASSESSMENT)
    return held.exclude(assessment__state=AssessmentState.SUBMITTED).count()


def at_panels(user: User) -> int:
    """Return at how many meetings a person has yet to declare their interests."""
    return panel_queries.waiting_for_declaration(user).count()
