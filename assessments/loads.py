"""How seats are spread over assessors and networks, and how two runs differ."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from statistics import median

from django.db.models import Count

from assessments import queries, rules, runs
from assessments.models import AllocationRun, AllocationTeam, Assessor, Seat
from funds.models import Competition
from infra.filters import count


@dataclass(frozen=True)
class Load:
    """How many bids an assessor has, of how many they take."""

    name: str
    network: str
    bids: int
    room: int


@dataclass(frozen=True)
class Spread:
    """How evenly bids are spread over assessors."""

    loads: list[Load]
    networks: list[tuple[str, int, int]]  # name, seats, assessors

    @property
    def words(self) -> str:
        """Return the spread in words."""
        return in_words([load.bids for load in self.loads])

    @property
    def most(self) -> int:
        """Return the greatest load."""
        return max((load.bids for load in self.loads), default=0)

    @property
    def bars(self) -> list[tuple[int, int]]:
        """Return (bids, how many assessors have so many), from 0 to the most."""
        counted = Counter(load.bids for load in self.loads)
        return [(bids, counted[bids]) for bids in range(self.most + 1)]


def in_words(loads: Iterable[int]) -> str:
    """Return in words how evenly bids are spread, from the load of each assessor."""
    loads = list(loads)
    used = sorted(load for load in loads if load)
    if not used:
        return "Nobody has a bid"
    most = f"{used[0]} to {used[-1]} bids each" if used[0] != used[-1] else f"{count(used[0], 'bid')} each"
    idle = f"; {len(loads) - len(used)} with none" if len(used) < len(loads) else ""
    return f"{count(len(used), 'assessor')}: {most}, {median(used):g} in the middle{idle}"


def words_of_runs(found: Iterable[AllocationRun]) -> dict[int, str]:
    """Return run key → how evenly it spreads bids, in words. One query."""
    loads: dict[int, Counter[int]] = {run.pk: Counter(dict.fromkeys(run.assessors, 0)) for run in found}
    for key, members in AllocationTeam.objects.filter(run__in=loads).values_list("run_id", "members"):
        loads[key].update(members)
    return {key: in_words(load.values()) for key, load in loads.items()}


def spread(competition: Competition, load: Mapping[int, int]) -> Spread:
    """Return who has how many bids, the fullest first. Constant queries."""
    room = queries.capacities(competition)
    people = Assessor.objects.filter(user__is_active=True).select_related("user", "network")
    loads = [
        Load(str(person), str(person.network or "Independent"), load.get(person.pk, 0), room.get(person.pk, 0))
        for person in people
    ]
    seats, heads = Counter[str](), Counter[str]()
    for one in loads:
        seats[one.network] += one.bids
        heads[one.network] += 1
    networks = [(name, seats[name], heads[name]) for name in sorted(heads, key=lambda n: (-seats[n], n))]
    return Spread(sorted(loads, key=lambda one: (-one.bids, one.name)), networks)


def load_of_seats(competition: Competition) -> Counter[int]:
    """Return how many seats each assessor holds in a competition. One query."""
    held = Seat.objects.filter(bid__competition=competition, state__in=rules.HELD)
    return Counter(dict(held.values_list("assessor_id").annotate(n=Count("pk")).order_by()))


def load_of_run(run: AllocationRun) -> Counter[int]:
    """Return how many bids each assessor has in a run. One query."""
    return Counter(person for team in runs.plan(run).values() for person in team)


@dataclass(frozen=True)
class Difference:
    """A bid whose team differs between two runs: who is only in the one, and only in the other."""

    reference: str
    first: list[str]
    second: list[str]
    points: tuple[int, int]


def differences(first: AllocationRun, second: AllocationRun, without: Collection[int] = ()) -> list[Difference]:
    """Return the bids on whose teams two runs differ, by reference, but for those of these keys. Three queries."""
    people, _ = runs.names()
    teams: dict[int, dict[int, AllocationTeam]] = {first.pk: {}, second.pk: {}}
    rows = AllocationTeam.objects.filter(run__in=[first, second]).exclude(bid__in=without)
    rows = rows.defer("seats", "affinities").select_related("bid")
    for team in rows:
        teams[team.run_id][team.bid_id] = team
    found = []
    for key in teams[first.pk].keys() | teams[second.pk].keys():
        one, other = teams[first.pk].get(key), teams[second.pk].get(key)
        row = one or other
        ours, theirs = set(one.members if one else ()), set(other.members if other else ())
        if row and ours != theirs:
            points = (one.points if one else 0, other.points if other else 0)
            only = [sorted(people.get(key, "?") for key in some) for some in (ours - theirs, theirs - ours)]
            found.append(Difference(row.bid.reference, only[0], only[1], points))
    return sorted(found, key=lambda one: one.reference)
