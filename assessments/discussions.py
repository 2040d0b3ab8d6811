"""Reads of the discussions of bids: who may read one, and what they read of the others, by letter and not by name."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from assessments import queries, rules
from assessments.models import Assessment, Discussion, Remark, Score, Seat
from assessments.sheet import percent
from assessments.states import AssessmentState, SeatState
from bids.models import Bid
from funds.models import Competition, Question


@dataclass(frozen=True)
class Sheet:
    """What one assessor of a bid handed in, as the others of its discussion read it."""

    seat_id: int
    who: str
    is_mine: bool
    is_in: bool  # not while its assessor changes it
    percent: Decimal | None
    scores: Mapping[int, tuple[int | None, str]]  # question key → points, reason
    is_in_scope: bool | None
    is_fundable: bool | None


@dataclass(frozen=True)
class Said:
    """A remark with who made it: a letter for an assessor, “Official” for staff."""

    remark: Remark
    who: str
    is_mine: bool


def letters(bid: Bid) -> dict[int, str]:
    """Return seat key → what the seat's assessor is called in a discussion. Seats stay, so letters do."""
    keys = Seat.objects.filter(bid=bid).order_by("pk").values_list("pk", flat=True)
    return {key: f"Assessor {_letter(number)}" for number, key in enumerate(keys)}


def _letter(number: int) -> str:
    """Return A to Z, then AA, AB and so on."""
    return ("" if number < 26 else _letter(number // 26 - 1)) + chr(ord("A") + number % 26)


def seats_in(user: User) -> QuerySet[Seat]:
    """Return the seats of an assessor whose bid is or was discussed and who may take part: who has handed in."""
    talked = Discussion.objects.filter(bid=OuterRef("bid"))
    held = queries.seats_of(user).filter(state=SeatState.ACCEPTED, assessment__submitted_at__isnull=False)
    return held.filter(Exists(talked))


def of_bid(bid: Bid) -> list[Discussion]:
    """Return the discussions of a bid, the newest first."""
    return list(bid.discussions.select_related("opened_by", "closed_by").order_by("-pk"))


def remarks_of(bid: Bid, reader: User) -> dict[int, list[Said]]:
    """Return discussion key → its remarks, the oldest first, with letters for assessors. Two queries."""
    names = letters(bid)
    said: dict[int, list[Said]] = defaultdict(list)
    for remark in Remark.objects.filter(discussion__bid=bid).order_by("pk"):
        who = names[remark.seat_id] if remark.seat_id else "Official"
        said[remark.discussion_id].append(Said(remark, who, remark.by_id == reader.pk))
    return said


def sheets_of(bid: Bid, reader: User) -> list[Sheet]:
    """Return what the assessors of a bid handed in, as those read it who have handed in themselves. Three queries."""
    names = letters(bid)
    held = Assessment.objects.filter(seat__bid=bid, seat__state=SeatState.ACCEPTED, submitted_at__isnull=False)
    assessments = list(held.select_related("seat__assessor").order_by("seat"))
    is_in = {a.pk for a in assessments if a.state == AssessmentState.SUBMITTED}
    written: dict[int, list[Score]] = defaultdict(list)
    for score in Score.objects.filter(assessment__in=is_in).select_related("question"):
        written[score.assessment_id].append(score)
    return [_sheet(a, names[a.seat_id], written[a.pk], reader, a.pk in is_in) for a in assessments]


def _sheet(assessment: Assessment, who: str, written: list[Score], reader: User, is_in: bool) -> Sheet:
    earned = sum((s.points or 0) * s.question.weight for s in written)
    possible = sum(s.question.max_points * s.question.weight for s in written)
    return Sheet(
        seat_id=assessment.seat_id,
        who=who,
        is_mine=assessment.seat.assessor.user_id == reader.pk,
        is_in=is_in,
        percent=percent(earned, possible) if is_in else None,
        scores={s.question_id: (s.points, s.reason) for s in written},
        is_in_scope=assessment.is_in_scope if is_in else None,
        is_fundable=assessment.is_fundable if is_in else None,
    )


def questions_of(competition: Competition | int) -> QuerySet[Question]:
    """Return the scored questions of a competition, in order."""
    return Question.objects.filter(competition=competition, is_scored=True).order_by("position")


def takes_part(user: User) -> bool:
    """Tell whether an official may speak in discussions, open and close them."""
    return bool(user.roles & rules.MANAGES)
