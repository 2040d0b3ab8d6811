"""What the solver is asked about a competition: who there is, who may sit where, and how well they suit."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from assessments import queries, rules, suits
from assessments.conflicts import find_blocks
from assessments.models import Assessor, Block, Seat
from assessments.states import AssessmentState
from assessments.suits import Suits
from audit.record import digest
from bids.models import Answer, Bid
from bids.states import BidState
from funds.models import Competition

Pair = tuple[int, int]  # keys of a bid and an assessor


@dataclass(frozen=True, slots=True)
class Terms:
    """Hold what teams are held to: seats a bid, rules that count, and the share of each capacity, in per cent."""

    seats_per_bid: int
    needs_types: bool = True
    one_per_network: bool = True
    not_own_region: bool = False
    capacity_percent: int = 100

    @classmethod
    def of(cls, competition: Competition) -> "Terms":
        """Return the terms that a competition was published with."""
        return cls(
            seats_per_bid=competition.assessors_per_bid,
            one_per_network=competition.one_assessor_per_network,
            not_own_region=competition.not_own_region,
        )


@dataclass(frozen=True)
class Question:
    """Hold the facts of a competition on which its allocation rests, all but how well people suit bids.

    `held` are the pairs that hold a seat; `lost` held one and cannot have it again; `blocked` may never meet, with the
    reason; `own` are of the network of the lead's region, where the terms forbid that; `capacity` is how many bids of
    the competition each assessor takes, and `elsewhere` how many they hold that are not asked about.
    """

    competition: Competition
    terms: Terms
    bids: dict[int, Bid]
    assessors: dict[int, Assessor]
    held: set[Pair]
    lost: set[Pair]
    blocked: dict[Pair, str]
    own: set[Pair]
    capacity: dict[int, int]
    elsewhere: Counter[int]

    def wanted(self) -> dict[int, int]:
        """Return the seats that each bid should have; never fewer than it has."""
        on_bid = Counter(bid for bid, _ in self.held)
        return {bid: max(self.terms.seats_per_bid, on_bid[bid]) for bid in self.bids}

    @property
    def sha256(self) -> str:
        """Return the digest of all facts that decide whether a team is possible."""
        return digest(
            {
                "bids": sorted(self.bids),
                "assessors": [
                    [key, sorted(a.types), a.network_id, self.capacity[key] - self.elsewhere[key]]
                    for key, a in sorted(self.assessors.items())
                ],
                **{name: sorted(map(list, getattr(self, name))) for name in ("held", "lost", "blocked", "own")},
            }
        )

    def most(self, assessor: int) -> int:
        """Return how many bids of the competition an assessor takes under these terms."""
        return -(-self.capacity[assessor] * self.terms.capacity_percent // 100)

    def may_not(self) -> set[Pair]:
        """Return the pairs that may not be seated anew."""
        return (set(self.blocked) | self.lost | self.own) - self.held

    def instance(self, suited: dict[Pair, Suits]) -> dict[str, Any]:
        """Return the question as the solver reads it, with bids by reference and assessors as “assessor 12”."""
        wanted, holds = self.wanted(), Counter(person for _, person in self.held)
        names = {key: bid.reference for key, bid in self.bids.items()}
        people = {key: name_of(key) for key in self.assessors}
        left_out = self.lost | self.own

        def named(pairs: Iterable[Pair]) -> list[list[str]]:
            return [[names[bid], people[person]] for bid, person in sorted(pairs)]

        return {
            "bids": [{"id": names[key], "k": wanted[key], "region": bid.lead.region} for key, bid in self.bids.items()],
            "assessors": [
                {
                    "id": people[key],
                    "capacity": max(self.most(key) - self.elsewhere[key], holds[key]),
                    "types": person.types,
                    "region": f"network {person.network_id}" if person.network_id else people[key],
                }
                for key, person in self.assessors.items()
            ],
            "affinity": [
                [names[bid], people[person], fit.affinity]
                for (bid, person), fit in suited.items()
                if (bid, person) in self.held or (bid, person) not in left_out
            ],
            "conflicts": named(set(self.blocked) - self.held),
            "locked": named(self.held),
            "rules": {
                "min_per_type": self.competition.assessor_types_needed if self.terms.needs_types else {},
                **({"max_per_region": 1} if self.terms.one_per_network else {}),
            },
            "elastic": True,
        }


def name_of(assessor: int) -> str:
    """Return the name by which the solver knows an assessor; `runs.in_words` puts the person's in its place."""
    return f"assessor {assessor}"


def read(competition: Competition, terms: Terms, *, today: dt.date, bids: Iterable[int] | None = None) -> Question:
    """Return the question about all submitted bids of a competition, or about some, in a constant number of queries.

    What an assessor holds on bids that are left out takes its part of their room.
    """
    chosen = Bid.objects.filter(competition=competition, state=BidState.SUBMITTED).select_related("lead")
    if bids is not None:
        chosen = chosen.filter(pk__in=list(bids))
    by_bid = {bid.pk: bid for bid in chosen.order_by("pk")}
    people = Assessor.objects.filter(user__is_active=True).select_related("user", "network")
    by_person = {person.pk: person for person in people.order_by("pk")}
    taken = Seat.objects.filter(bid__competition=competition, assessor__in=by_person)
    held, lost, elsewhere = set(), set(), Counter[int]()
    for bid, person, state in taken.values_list("bid_id", "assessor_id", "state"):
        if bid not in by_bid:
            elsewhere[person] += state in rules.HELD
        elif state in rules.HELD:
            held.add((bid, person))
        else:
            lost.add((bid, person))
    may_take = queries.capacities(competition, today=today)
    return Question(
        competition=competition,
        terms=terms,
        bids=by_bid,
        assessors=by_person,
        held=held,
        lost=lost,
        blocked=_blocked(by_bid.values(), by_person.values()),
        own=of_own_region(by_bid.values(), by_person.values()) if terms.not_own_region else set(),
        capacity={key: may_take.get(key, 0) for key in by_person},
        elsewhere=elsewhere,
    )


def of_own_region(bids: Iterable[Bid], assessors: Iterable[Assessor]) -> set[Pair]:
    """Return the pairs of which the assessor's network is of the lead's region."""
    by_region: dict[str, list[int]] = defaultdict(list)
    for person in assessors:
        if person.network and person.network.region:
            by_region[person.network.region].append(person.pk)
    return {(bid.pk, person) for bid in bids for person in by_region.get(bid.lead.region, ())}


def _blocked(bids: Iterable[Bid], assessors: Iterable[Assessor]) -> dict[Pair, str]:
    """Return the pairs that may not meet, as the blocks say and as a fresh look finds, with the reason of each."""
    bids, assessors = list(bids), list(assessors)
    found = {(one.bid_id, one.assessor_id): one.because for one in find_blocks(bids, assessors)}
    known = Block.objects.filter(bid__in=bids, assessor__in=assessors)
    return found | {
        (bid, person): because for bid, person, because in known.values_list("bid_id", "assessor_id", "because")
    }


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
