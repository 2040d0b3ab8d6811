"""Reads of allocation runs: what a run seats, what a change by hand would do, and what stands in its way."""

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet, Sum

from accounts.models import Organisation
from assessments import question, rules
from assessments.models import AllocationRun, AllocationTeam, Assessor
from assessments.question import Question, Terms
from assessments.states import RunState
from assessments.teams import Demands, Member, Place, Verdict, judge
from bids.models import Bid
from bids.states import BidState
from funds.models import Competition

PROBLEMS_TOLD = 5
_STAGES = {
    "first program": "Finding what is possible",
    "unfilled": "Filling every seat that can be filled",
    "rule violations": "Keeping the rules of each team",
    "min bid total": "Serving the worst-served bid as well as possible",
    "total affinity": "Finding the best of what is left",
    "worst-served bid": "Serving the worst-served bid as well as possible",
}


def terms_of(run: AllocationRun) -> Terms:
    """Return the terms that a run was asked with."""
    return Terms(run.seats_per_bid, run.needs_types, run.one_per_network, run.not_own_region, run.capacity_percent)


def stage_in_words(stage: str) -> str:
    """Return what the solver is doing, for people."""
    return next((words for start, words in _STAGES.items() if stage.startswith(start)), "Looking for a better answer")


def in_words(text: str, people: Mapping[int, str], networks: Mapping[int, str]) -> str:
    """Return what the solver says with the names of people and networks in the place of keys."""
    text = re.sub(r"\bassessor (\d+)", lambda found: people.get(int(found[1]), found[0]), text)
    return re.sub(r"\bnetwork (\d+)", lambda found: networks.get(int(found[1]), found[0]), text)


def names() -> tuple[dict[int, str], dict[int, str]]:
    """Return the names of all assessors and of their networks by key. Two queries."""
    people = Assessor.objects.values_list("pk", "user__full_name", "user__email")
    networks = Organisation.objects.filter(assessors__isnull=False).distinct()
    return {key: name or email for key, name, email in people}, dict(networks.values_list("pk", "name"))


def lacking(competition: Competition, seats_per_bid: int) -> QuerySet[Bid]:
    """Return the submitted bids that have fewer seats than they should."""
    held = Count("seats", filter=Q(seats__state__in=rules.HELD))
    bids = Bid.objects.filter(competition=competition, state=BidState.SUBMITTED).annotate(held=held)
    return bids.filter(held__lt=seats_per_bid).order_by("reference")


# -- one run -----------------------------------------------------------------------------------------------------------


def plan(run: AllocationRun) -> dict[int, list[int]]:
    """Return bid → assessors as the run seats them. One query."""
    return dict(AllocationTeam.objects.filter(run=run).order_by("bid").values_list("bid_id", "members"))


def totals(run: AllocationRun) -> dict[str, int]:
    """Return what a run is worth as it stands, edits included. One query."""
    found = AllocationTeam.objects.filter(run=run).aggregate(
        wanted=Sum("wanted"), seated=Sum(F("members__len"), default=0), misses=Sum("misses"), least=Min("points"),
        points=Sum("points"),
    )  # fmt: skip
    return {
        "unfilled": max(0, (found["wanted"] or 0) - found["seated"]),
        "rule_violations": found["misses"] or 0,
        "min_bid_total": found["least"] or 0,
        "total": found["points"] or 0,
    }


def question_now(run: AllocationRun, today: dt.date) -> Question:
    """Return what the run would be asked today, about the same bids where it was about some."""
    only = AllocationTeam.objects.filter(run=run).values_list("bid_id", flat=True) if run.is_for_reserves else None
    return question.read(run.competition, terms_of(run), today=today, bids=only)


def in_the_way(run: AllocationRun, plan: Mapping[int, Collection[int]], now: Question) -> list[str]:
    """Return in words what has made seats of a run impossible, the first few; nothing when it can be accepted.

    Seats are held to the competition's own terms: a what-if with others can be looked at and not accepted.
    """
    if run.question_sha256 == now.sha256 and terms_of(run) == Terms.of(run.competition) and not run.edits:
        return []
    found = [
        *_bids_in_the_way(run, plan, now),
        *_seats_in_the_way(plan, now),
        *_people_in_the_way(plan, now),
        *_rules_in_the_way(plan, now),
    ]
    more = len(found) - PROBLEMS_TOLD
    return found[:PROBLEMS_TOLD] + ([f"There are {more} more such problems."] if more > 0 else [])


def _bids_in_the_way(run: AllocationRun, plan: Mapping[int, Any], now: Question) -> Iterable[str]:
    gone = Bid.objects.filter(pk__in=plan.keys() - now.bids.keys()).order_by("reference")
    for bid in gone:
        yield f"{bid.reference} is {BidState(bid.state).label.lower()} now."
    for key in sorted(now.bids.keys() - plan.keys()):
        yield f"{now.bids[key].reference} is not in the run."


def _seats_in_the_way(plan: Mapping[int, Collection[int]], now: Question) -> Iterable[str]:
    held_by_bid: dict[int, set[int]] = defaultdict(set)
    for bid, person in sorted(now.held):
        held_by_bid[bid].add(person)
    for bid, team in plan.items():
        if bid not in now.bids:
            continue
        reference = now.bids[bid].reference
        for person in sorted(held_by_bid[bid] - set(team)):
            yield f"{now.assessors[person]} was seated on {reference} since."
        for person in sorted(set(team) - held_by_bid[bid]):
            who = now.assessors.get(person, "An assessor whose account is closed")
            if person not in now.assessors:
                yield f"{who} is on {reference}."
            elif (bid, person) in now.blocked:
                yield f"{who} may not see {reference}: {now.blocked[bid, person]}."
            elif (bid, person) in now.lost:
                yield f"{who} has given up or lost the seat on {reference}."


def _people_in_the_way(plan: Mapping[int, Collection[int]], now: Question) -> Iterable[str]:
    load = now.elsewhere + Counter(person for team in plan.values() for person in team)
    holds = now.elsewhere + Counter(person for _, person in now.held)
    for person, bids in sorted(load.items()):
        if person in now.assessors and bids > max(now.capacity[person], holds[person]):
            yield f"{now.assessors[person]} takes {now.capacity[person]} bids and would have {bids}."


def _rules_in_the_way(plan: Mapping[int, Collection[int]], now: Question) -> Iterable[str]:
    """Tell new seats that the competition's rules on networks and regions forbid."""
    competition = now.competition
    own = question.of_own_region(now.bids.values(), now.assessors.values()) if competition.not_own_region else set()
    for bid in sorted(plan.keys() & now.bids.keys()):
        team = [now.assessors[key] for key in plan[bid] if key in now.assessors]
        networks = Counter(member.network_id for member in team)
        for member in team:
            if (bid, member.pk) in now.held:
                continue
            if (bid, member.pk) in own:
                yield f"{member} is of the network of the own region of {now.bids[bid].reference}."
            if competition.one_assessor_per_network and member.network_id and networks[member.network_id] > 1:
                yield f"{member} would sit on {now.bids[bid].reference} beside another of {member.network}."


# -- a change by hand --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Candidate:
    """An assessor who could be put on a bid's team: who, points of affinity (0 not known), and what stands against."""

    member: Member
    affinity: int
    against: list[str]


@dataclass(frozen=True)
class Desk:
    """What somebody who changes a bid's team has before them."""

    bid: Bid
    demands: Demands
    people: dict[int, Member]
    places: list[Place]
    fixed: frozenset[int]
    barred: dict[int, str]
    affinities: dict[int, int]

    @property
    def team(self) -> list[Member]:
        """Who sits there now."""
        return [self.people[place.assessor] for place in self.places if place.assessor in self.people]

    def judge(self, off: int | None, on: int | None) -> Verdict:
        """Return what stands against a change; somebody who is not here cannot be chosen."""
        if on is not None and on not in self.people:
            return Verdict(refused=["Choose somebody of the list."])
        if off is not None and off not in {member.key for member in self.team}:
            return Verdict(refused=["Whom you take off is not on the team any more."])
        return judge(
            self.team, self.demands, off=self.people.get(off) if off else None,
            on=self.people[on] if on else None, fixed=self.fixed, barred=self.barred.get(on or 0, ""),
        )  # fmt: skip

    def candidates(self) -> list[Candidate]:
        """Return everybody who is not on the team, those who could be put on it first, then by affinity."""
        seated = {place.assessor for place in self.places}
        found = [
            Candidate(member, self.affinities.get(key, 0), self.judge(None, key).refused)
            for key, member in self.people.items()
            if key not in seated
        ]
        return sorted(found, key=lambda one: (bool(one.against), -one.affinity, one.member.name))


def members(asked: Question, load: Mapping[int, int]) -> dict[int, Member]:
    """Return what rules ask about each assessor; `load` is how many bids each has."""
    return {
        key: Member(
            key, str(person), person.types, person.network_id, str(person.network or ""),
            person.network.region if person.network else "", load.get(key, 0), asked.most(key),
        )
        for key, person in asked.assessors.items()
    }  # fmt: skip


def demands(asked: Question, bid: Bid) -> Demands:
    """Return what the team of a bid is held to."""
    terms = asked.terms
    return Demands(
        seats=terms.seats_per_bid,
        least=asked.competition.assessor_types_needed if terms.needs_types else {},
        one_per_network=terms.one_per_network,
        barred_region=bid.lead.region if terms.not_own_region else "",
    )


def desk_of_run(run: AllocationRun, bid: Bid, today: dt.date) -> Desk:
    """Return the desk for a team of a run."""
    asked = question.read(run.competition, terms_of(run), today=today, bids=[bid.pk])
    team = AllocationTeam.objects.get(run=run, bid=bid)
    load = Counter(person for seated in plan(run).values() for person in seated)
    if run.is_for_reserves:
        load += asked.elsewhere
    return _desk(asked, bid, [Place.of(kept) for kept in team.seats], load, fixed={p for _, p in asked.held}, team=team)


def desk_of_seats(competition: Competition, bid: Bid, today: dt.date) -> Desk:
    """Return the desk for the seats of a bid, with what the newest accepted run knew about it."""
    terms = Terms.of(competition)
    asked = question.read(competition, terms, today=today, bids=[bid.pk])
    teams = AllocationTeam.objects.filter(bid=bid, run__competition=competition, run__state=RunState.ACCEPTED)
    team = teams.select_related("run").order_by("-run").first()
    known = {place.assessor: place for place in map(Place.of, team.seats)} if team else {}
    places = [known.get(person, Place(person, 0, is_held=True)) for _, person in sorted(asked.held)]
    load = asked.elsewhere + Counter(person for _, person in asked.held)
    return _desk(asked, bid, places, load, fixed=set(), team=team)


def _desk(
    asked: Question,
    bid: Bid,
    places: list[Place],
    load: Mapping[int, int],
    *,
    fixed: set[int],
    team: AllocationTeam | None,
) -> Desk:
    barred = {person: f"A conflict of interest: {because}." for (_, person), because in asked.blocked.items()}
    barred |= {person: "Has given up or lost a seat on this bid before." for _, person in asked.lost}
    order = team.run.assessors if team else []
    return Desk(
        bid=bid,
        demands=demands(asked, bid),
        people=members(asked, load),
        places=places,
        fixed=frozenset(fixed),
        barred=barred,
        affinities={key: points for key, points in zip(order, team.affinities if team else [], strict=False) if points},
    )
