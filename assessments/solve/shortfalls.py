"""Say in words which bids lack assessors or break a rule, and what stands in the way."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from assessments.solve.causes import Scarce, Scarcity, excluded_rules, scarce_of_type
from assessments.solve.instance import Instance
from assessments.solve.values import per_bid, region_excess, type_misses

NAMED = 6  # ids told in one sentence


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Hold what a bid did not get: seats, or assessors of a type, or of another region; how many, and why."""

    bid: str
    missing: int
    because: str


def shortfalls(instance: Instance, chosen: np.ndarray) -> list[Shortfall]:
    """Return what the chosen pairs (positions in the arrays) leave undone, by bid: open seats first, then rules.

    The numbers missing add up to the unfilled seats and the rule violations of the allocation.
    """
    words = _Words(instance, chosen)
    found = [(bid, 0, count, words.open_seat(bid)) for bid, count in _above_nought(words.open)]
    for number, (kind, misses) in enumerate(type_misses(instance, chosen).items(), start=1):
        found += [(bid, number, count, words.type_miss(bid, kind)) for bid, count in _above_nought(misses)]
    excess = region_excess(instance, chosen)
    found += [(bid, len(instance.min_per_type) + 1, count, words.region(bid)) for bid, count in _above_nought(excess)]
    return [Shortfall(instance.bids[bid].id, count, because) for bid, _, count, because in sorted(found)]


def _above_nought(counts: np.ndarray) -> Iterator[tuple[int, int]]:
    for bid in np.nonzero(counts > 0)[0].tolist():
        yield bid, int(counts[bid])


class _Words:
    def __init__(self, instance: Instance, chosen: np.ndarray) -> None:
        self.instance, self.chosen = instance, chosen
        self.open = instance.seats - per_bid(instance, chosen)
        self.full = np.bincount(instance.assessor[chosen], minlength=len(instance.assessors)) >= instance.capacity
        self.seated = np.zeros(len(instance.bid), dtype=bool)
        self.seated[chosen] = True
        self.scarce: dict[str, Scarce] = {}
        self.told: dict[str, list[Scarcity]] = {}
        self.conflicts: dict[str, int] = {}
        for bid, _ in instance.conflicts:
            self.conflicts[bid] = self.conflicts.get(bid, 0) + 1

    def open_seat(self, bid: int) -> str:
        """Say why a seat stays open: too few eligible, too many bids for them, or other aims that come first."""
        count, wanted = len(self._pairs(bid)), self.instance.bids[bid].k
        barred = self._barred(bid)
        if count == 0:
            return f"No assessor is eligible{barred}, and {wanted} {_are(wanted)} wanted."
        few = f"Only {count} eligible {_people(count)} {_are(count)} left{barred}, and {wanted} {_are(wanted)} wanted."
        if count < wanted and self.open[bid] == wanted - count:
            return few
        if "" not in self.scarce:
            self.scarce[""] = Scarce(self.instance, self.chosen)
        scarcity = self._around("", bid)
        if scarcity is not None:
            return f"{few} {self._scarcity(scarcity)}" if count < wanted else self._scarcity(scarcity, barred)
        free = sum(not self.seated[pair] and not self.full[self.instance.assessor[pair]] for pair in self._pairs(bid))
        if free:
            return f"{free} of its eligible assessors could still take it, but aims that come first stand against that."
        return f"All of its {count} eligible assessors{barred} have as many bids as they can take."

    def type_miss(self, bid: int, kind: str) -> str:
        """Say why a type is missing: none eligible, rules that exclude each other, or too many bids for them."""
        least = self.instance.min_per_type[kind]
        of_type = [p for p in self._pairs(bid) if self.instance.of_type[kind][self.instance.assessor[p]]]
        if not of_type:
            return f"No eligible assessor is {kind}{self._barred(bid)}."
        if len(of_type) < least:
            few = f"Only {len(of_type)} eligible {_people(len(of_type))} {_are(len(of_type))} {kind}"
            return f"{few}{self._barred(bid)}, and {least} are wanted."
        together = self._together(bid)
        if together:
            return together
        if kind not in self.scarce:
            self.scarce[kind] = scarce_of_type(self.instance, self.chosen, kind)
        scarcity = self._around(kind, bid)
        if scarcity is not None:
            return self._scarcity(scarcity, kind=f"{kind} ")
        if all(self.seated[p] or self.full[self.instance.assessor[p]] for p in of_type):
            names = self._named([self.instance.assessor[p] for p in of_type], self.instance.assessors)
            return f"The {kind} assessors eligible for it ({names}) have as many bids as they can take."
        return f"Another {kind} assessor would leave a seat open or break another rule."

    def region(self, bid: int) -> str:
        """Say why a region has more of the bid's assessors than the rule allows."""
        together = self._together(bid)
        return together or "An assessor of another region would leave a seat open here or elsewhere, or break a rule."

    def _pairs(self, bid: int) -> list[int]:
        return list(range(self.instance.first[bid], self.instance.first[bid + 1]))

    def _barred(self, bid: int) -> str:
        count = self.conflicts.get(self.instance.bids[bid].id, 0)
        return f" ({count} more {_are(count)} barred by a conflict of interest)" if count else ""

    def _together(self, bid: int) -> str:
        """Name the fewest rules that the bid's eligible assessors cannot keep even if no other bid wanted them."""
        rules = excluded_rules(self.instance, bid)
        if rules is None:
            return ""
        least = self.instance.min_per_type
        demands = [f"{least[rule]} {rule}" for rule in rules if rule != "region"]
        if "region" in rules:
            demands.append(f"at most {self.instance.max_per_region} of a region")
        return f"No team of its {len(self._pairs(bid))} eligible assessors can have {_and(demands)}."

    def _around(self, kind: str, bid: int) -> Scarcity | None:
        """Return a scarcity that concerns the bid, one already told of another bid if there is one."""
        for scarcity in self.told.get(kind, []):
            if bid in scarcity.bids:
                return scarcity
        found = self.scarce[kind].around(bid)
        if found is not None:
            self.told.setdefault(kind, []).append(found)
        return found

    def _scarcity(self, scarcity: Scarcity, barred: str = "", kind: str = "") -> str:
        count, bids = len(scarcity.assessors), len(scarcity.bids)
        names = self._named(scarcity.assessors, self.instance.assessors)
        who = (
            f"The {count} {kind}assessors who are eligible{barred}" if count > 1 else f"The one {kind}assessor eligible"
        )
        others = "" if bids == 1 else f" of {bids} bids ({self._named(scarcity.bids, self.instance.bids)})"
        return f"{who} ({names}) can take {scarcity.possible} of the {scarcity.wanted} seats{others}."

    def _named(self, numbers: list[int] | tuple[int, ...], records: tuple) -> str:
        ids = [records[number].id for number in numbers]
        return _and(ids) if len(ids) <= NAMED else f"{', '.join(ids[:NAMED])} and {len(ids) - NAMED} more"


def _and(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _people(count: int) -> str:
    return "assessor" if count == 1 else "assessors"
