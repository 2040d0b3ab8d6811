"""What a team of assessors on a bid is held to, and what a change of it by hand would break. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from assessments.states import AssessorType


class Other(NamedTuple):
    """An assessor who could have had a seat: key, affinity (points) and what stood against it."""

    assessor: int
    affinity: int
    because: str


@dataclass(frozen=True, slots=True)
class Place:
    """An assessor on the team of a bid in a run, and why.

    `parts` are the points for clinical area, tags and text of which the affinity is made, None where not known. `rank`
    counts from the best suited among those `eligible`, both None when the place was given by hand.
    """

    assessor: int
    affinity: int
    parts: Sequence[int | None] = (None, None, None)
    is_held: bool = False
    by_hand: bool = False
    rank: int | None = None
    eligible: int | None = None
    because: str = ""
    others: Sequence[Other] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return what JSON keeps of it."""
        return asdict(self) | {"others": [list(other) for other in self.others]}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Place":
        """Return a place from what JSON keeps of it."""
        return cls(**dict(kept) | {"others": [Other(*other) for other in kept["others"]]})


@dataclass(frozen=True, slots=True)
class Member:
    """What the rules ask about an assessor: types, network, its region, and bids they hold and can hold."""

    key: int
    name: str
    types: Sequence[str]
    network: int | None
    network_name: str
    region: str
    load: int
    room: int


@dataclass(frozen=True, slots=True)
class Demands:
    """What a bid's team is held to: seats, the least of each type, one of a network, none of the lead's region."""

    seats: int
    least: Mapping[str, int]
    one_per_network: bool
    barred_region: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a change by hand would break: `refused` makes it impossible, `warned` is for the officer to weigh."""

    refused: list[str] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)


def misses(team: Iterable[Member], demands: Demands) -> int:
    """Count the broken rules of composition of a team, as the solver counts them."""
    team = list(team)
    lacking = sum(demands.least.values()) - sum(
        min(least, sum(kind in member.types for member in team)) for kind, least in demands.least.items()
    )
    return lacking + (_same_network(team) if demands.one_per_network else 0)


def _same_network(team: Sequence[Member]) -> int:
    networks = Counter(member.network for member in team if member.network)
    return sum(count - 1 for count in networks.values())


def judge(
    team: Collection[Member],
    demands: Demands,
    *,
    off: Member | None,
    on: Member | None,
    fixed: Collection[int] = (),
    barred: str = "",
) -> Verdict:
    """Return what stands against taking one assessor off a team and putting another on it.

    Args:
        fixed: keys of members whose seats stay.
        barred: why `on` may never sit there (a conflict of interest, or a seat lost before), in words.
    """
    rest = [member for member in team if off is None or member.key != off.key]
    verdict = Verdict()
    if off is None and on is None:
        verdict.refused.append("Choose whom to take off, whom to put on, or both.")
    if off and off.key in fixed:
        verdict.refused.append(
            f"{off.name} holds this seat already, so it stays. Take the seat away on the page of seats."
        )
    if on:
        verdict.refused.extend(_against(on, rest, demands, barred))
    verdict.warned.extend(_lacks([*rest, on] if on else rest, demands))
    return verdict


def _against(on: Member, rest: Sequence[Member], demands: Demands, barred: str) -> list[str]:
    problems = [barred] if barred else []
    if any(member.key == on.key for member in rest):
        return [f"{on.name} is on the team already."]
    if on.load >= on.room:
        problems.append(f"{on.name} takes {on.room} bids in this competition and has {on.load}.")
    if demands.one_per_network and on.network:
        same = [member.name for member in rest if member.network == on.network]
        if same:
            problems.append(f"{on.name} is of {on.network_name}, as {same[0]} is; the competition wants one of each.")
    if demands.barred_region and on.region == demands.barred_region:
        problems.append(f"{on.name} is of the network of the lead’s own region, {on.region}.")
    return problems


def _lacks(team: Sequence[Member], demands: Demands) -> list[str]:
    """Return in words what a team would lack or have too much of."""
    words = []
    seats = len(team)
    if seats != demands.seats:
        words.append(f"The bid would have {seats} of {demands.seats} assessors.")
    for kind, least in sorted(demands.least.items()):
        have = sum(kind in member.types for member in team)
        if have < least:
            label = AssessorType(kind).label.lower() if kind in AssessorType.values else kind
            words.append(f"The bid would have {have} {label} assessors; it needs {least}.")
    return words
