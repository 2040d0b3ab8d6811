"""Seat assessors on all bids of a competition at once, by the solver."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any, NamedTuple

from django.db import transaction

from accounts.models import User
from accounts.rules import Refused
from assessments import rules, suits
from assessments.actions.locks import hold_assessors, hold_bids
from assessments.actions.seats import invite
from assessments.conflicts import find_blocks
from assessments.models import Assessor, Block, Seat
from assessments.solve.allocation import Solution, solve
from assessments.solve.instance import parse
from assessments.states import AssessmentState
from assessments.suits import Suits
from audit.record import record
from bids.models import Answer, Bid
from bids.states import BidState
from funds.models import Competition

Pair = tuple[int, int]  # keys of a bid and an assessor


class Allocated(NamedTuple):
    """The new seats, and what could not be met: `bid` reference, `missing` seats, `because` in words."""

    seats: list[Seat]
    shortfalls: list[dict[str, Any]]
    is_optimal: bool


def allocate(*, competition: Competition, by: User, role: str, at: dt.datetime, seconds: float = 60) -> Allocated:
    """Invite assessors to every submitted bid; seats that are held already stay. Safe to repeat.

    The allocation is the best there is within `seconds` (docs/allocation.md). No lock is held while the solver thinks;
    an invitation that something has made impossible meanwhile is told as a shortfall.

    Raises:
        Refused: the role may not do this, or the competition is not in assessment.
    """
    rules.must_manage(role)
    competition = Competition.objects.get(pk=competition.pk)
    rules.must_be_in_assessment(competition.state)
    bids = {
        bid.reference: bid
        for bid in Bid.objects.filter(competition=competition, state=BidState.SUBMITTED)
        .select_related("lead")
        .order_by("pk")
    }
    people = Assessor.objects.filter(user__is_active=True).select_related("user", "network")
    assessors = {f"assessor {a.pk}": a for a in people.order_by("pk")}
    found = solve(parse(instance(competition, bids, assessors)), seconds=seconds)
    return _invite(found, competition, bids, assessors, by=by, role=role, at=at)


def instance(competition: Competition, bids: Mapping[str, Bid], assessors: Mapping[str, Assessor]) -> dict[str, Any]:
    """Return the question to the solver: who there is, how well they suit, conflicts, rules, and seats already held."""
    names = {bid.pk: name for name, bid in bids.items()} | {-a.pk: name for name, a in assessors.items()}
    held, taken = _seats(bids, assessors)
    blocked = _blocked(bids.values(), assessors.values())
    on_bid, of_person = Counter(bid for bid, _ in held), Counter(person for _, person in held)

    def named(pairs: set[Pair]) -> list[list[str]]:
        return [[names[bid], names[-person]] for bid, person in sorted(pairs)]

    return {
        "bids": [
            {"id": name, "k": max(competition.assessors_per_bid, on_bid[bid.pk]), "region": bid.lead.region}
            for name, bid in bids.items()
        ],
        "assessors": [
            {
                "id": name,
                "capacity": max(person.capacity if person.is_available else 0, of_person[person.pk]),
                "types": person.types,
                "region": f"network {person.network_id}" if person.network_id else name,
            }
            for name, person in assessors.items()
        ],
        "affinity": _affinity(bids, assessors, but=taken - blocked),
        "conflicts": named(blocked - held),
        "locked": named(held),
        "rules": {
            "min_per_type": competition.assessor_types_needed,
            **({"max_per_region": 1} if competition.one_assessor_per_network else {}),
        },
        "elastic": True,
    }


def _seats(bids: Mapping[str, Bid], assessors: Mapping[str, Assessor]) -> tuple[set[Pair], set[Pair]]:
    """Return the pairs that hold a seat, and those that held one and cannot have it again."""
    seats = Seat.objects.filter(bid__in=[b.pk for b in bids.values()], assessor__in=[a.pk for a in assessors.values()])
    pairs = list(seats.values_list("bid_id", "assessor_id", "state"))
    held = {(bid, person) for bid, person, state in pairs if state in rules.HELD}
    return held, {(bid, person) for bid, person, _ in pairs} - held


def _blocked(bids: Iterable[Bid], assessors: Iterable[Assessor]) -> set[Pair]:
    """Return the pairs that may not meet, as the blocks say and as a fresh look finds."""
    bids, assessors = list(bids), list(assessors)
    known = Block.objects.filter(bid__in=bids, assessor__in=assessors).values_list("bid_id", "assessor_id")
    return set(known) | {(found.bid_id, found.assessor_id) for found in find_blocks(bids, assessors)}


def _affinity(bids: Mapping[str, Bid], assessors: Mapping[str, Assessor], *, but: set[Pair]) -> list[list[Any]]:
    """Return [bid, assessor, 1 to 1000] for every pair `but` some."""
    found = how_well(bids.values(), assessors.values())
    names = {bid.pk: name for name, bid in bids.items()}, {person.pk: name for name, person in assessors.items()}
    return [
        [names[0][bid], names[1][person], suited.affinity]
        for (bid, person), suited in found.items()
        if (bid, person) not in but
    ]


def how_well(bids: Iterable[Bid], assessors: Iterable[Assessor]) -> dict[Pair, Suits]:
    """Return how well each assessor suits each bid, from the bids' titles and answers that are not scored. Two queries.

    An assessor's text is what they say they know, and the titles of bids that they have assessed before.
    """
    bids, assessors = list(bids), list(assessors)
    about = {bid.pk: bid.title for bid in bids}
    answers = Answer.objects.filter(bid__in=about, question__is_scored=False).order_by("bid", "question__position")
    for bid_id, text in answers.values_list("bid_id", "text"):
        about[bid_id] += f" {text}"
    knows = {person.pk: f"{person.about} {' '.join(person.expertise)}" for person in assessors}
    before = Seat.objects.filter(assessor__in=knows, assessment__state=AssessmentState.SUBMITTED).exclude(bid__in=about)
    for person_id, title in before.order_by("pk").values_list("assessor_id", "bid__title"):
        knows[person_id] += f" {title}"
    alike = suits.likeness(about, knows)
    tags = {tag for person in assessors for tag in person.expertise}
    found = {}
    for bid in bids:
        mentioned = suits.tags_in(about[bid.pk], tags)
        for person in assessors:
            found[bid.pk, person.pk] = Suits(
                area=suits.in_area(bid.clinical_area, person.clinical_areas),
                tags=suits.by_tags(mentioned, person.expertise),
                text=alike.get((bid.pk, person.pk)),
            )
    return found


@transaction.atomic
def _invite(
    found: Solution,
    competition: Competition,
    bids: Mapping[str, Bid],
    assessors: Mapping[str, Assessor],
    *,
    by: User,
    role: str,
    at: dt.datetime,
) -> Allocated:
    hold_bids(competition, BidState.SUBMITTED)
    hold_assessors(assessors[person].pk for _, person in found.pairs)
    held, _ = _seats(bids, assessors)
    seats, refused = [], []
    for bid, person in sorted(found.pairs):
        if (bids[bid].pk, assessors[person].pk) in held:
            continue
        try:
            seats.append(invite(bid=bids[bid], assessor=assessors[person], by=by, role=role, at=at))
        except Refused as problem:
            refused.append({"bid": bid, "missing": 1, "because": f"{person} cannot be invited any more: {problem}"})
    record(
        "competition.allocated", competition, by=by, role=role, at=at,
        changes={
            "seats": len(seats), "unfilled": found.values.unfilled, "refused": len(refused), "optimal": found.optimal,
            "rule_violations": found.values.rule_violations, "total": found.values.total,
        },
    )  # fmt: skip
    return Allocated(seats, [*map(asdict, found.shortfalls), *refused], found.optimal)
