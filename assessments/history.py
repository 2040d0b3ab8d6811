"""How a bid was decided, from its submission on: events of the record about it, its seats, its panel and decision."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from assessments.models import Block, Declaration, Interest, Seat
from audit import queries as record
from audit.models import Event
from bids.models import Bid

_OF_COMPETITION = (
    "competition.assessment_began", "competition.at_panel", "competition.decided", "feedback.released",
)  # fmt: skip
_OF_PANEL = (
    "panel.planned", "panel.member_asked", "panel.declared", "panel.attendance", "panel.opened", "panel.minutes_agreed",
)  # fmt: skip
_OF_ONE_BID = ("panel.voted", "panel.item_written", "panel.left_table")
_LEFT_OUT = ("answer.saved", "bid.section_opened")


@dataclass(frozen=True)
class Deed:
    """One thing that happened: when (UTC), who, in which role, the deed, what it was done to, and its facts."""

    at: dt.datetime
    person: str
    role: str
    verb: str
    subject: str
    facts: dict[str, Any]


def of(bid: Bid) -> list[Deed]:
    """Return what led to the decision on a bid, in the order in which it happened. Eight queries.

    Changes while the bid was being written are left out: they are nobody's to read.
    """
    events = sorted(_events(bid), key=lambda event: event.pk)
    names = record.names({event.actor_id for event in events})
    deeds = [Deed(e.at, names.get(e.actor_id or 0, ""), e.role, e.verb, e.subject, e.changes) for e in events]
    return sorted([*deeds, *_interests(bid)], key=lambda deed: deed.at)


def _events(bid: Bid) -> Iterable[Event]:
    """Return the events about a bid since it was first submitted, its seats, its competition and its panel."""
    reference, competition = bid.reference, bid.competition
    seats = [f"seat:{key}" for key in Seat.objects.filter(bid=bid).values_list("pk", flat=True)]
    meetings = [f"panelmeeting:{key}" for key in competition.meetings.values_list("pk", flat=True)]
    own = Event.objects.filter(subject=f"bid:{reference}").exclude(verb__in=_LEFT_OUT)
    first = own.filter(verb="bid.submitted").order_by("pk").values_list("pk", flat=True).first()
    wanted = (
        Q(subject__in=seats)
        | Q(subject=f"competition:{competition.reference}", verb__in=_OF_COMPETITION)
        | Q(subject=f"decision:{competition.reference}")
        | Q(subject__in=meetings, verb__in=_OF_PANEL)
        | Q(subject__in=meetings, verb__in=_OF_ONE_BID, changes__bid=reference)
    )
    return [*own.filter(pk__gte=first or 0), *Event.objects.filter(wanted)]


def _interests(bid: Bid) -> Iterable[Deed]:
    """Return which interests the assessors of a bid had declared, their yearly words, and who was kept from it."""
    who = Q(assessor__seats__bid=bid) | Q(assessor__blocks__bid=bid)
    for one in Interest.objects.filter(who).distinct().select_related("assessor__user"):
        facts = {"kind": one.kind, "organisation": one.organisation_name, "ended_at": one.ended_at}
        yield Deed(one.declared_at, str(one.assessor.user), "assessor", "interest.declared", "", facts)
    for word in Declaration.objects.filter(who).distinct().select_related("assessor__user"):
        said: dict[str, Any] = {"until": word.until, "interests_sha256": word.interests_sha256}
        yield Deed(word.at, str(word.assessor.user), "assessor", "interests.confirmed", "", said)
    for block in Block.objects.filter(bid=bid).select_related("assessor__user"):
        yield Deed(
            block.found_at, str(block.assessor.user), "system", "assessor.kept_away", f"bid:{bid.reference}",
            {"kind": block.kind, "part": block.part, "matched_by": block.matched_by},
        )  # fmt: skip
