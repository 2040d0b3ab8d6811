"""What the allocation solver is asked: bids, assessors, affinities, conflicts and rules, laid out as arrays."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from typing import Any

import numpy as np

from assessments.solve.files import BadInput, kind_of, name_of

OBJECTIVES = ("unfilled", "rule_violations", "min_bid_total", "total")
LEAST, MOST = 1, 1000
LARGEST_COUNT = 1_000_000


@dataclass(frozen=True, slots=True)
class Bid:
    """A bid and the assessors it wants."""

    id: str
    k: int
    region: str


@dataclass(frozen=True, slots=True)
class Assessor:
    """An assessor and the bids they can take."""

    id: str
    capacity: int
    types: frozenset[str]
    region: str


@dataclass(frozen=True)
class Instance:
    """Hold an allocation question.

    Bids and assessors are sorted by id. The four arrays have one entry for each usable pair (eligible and without a
    conflict), sorted by bid, then assessor: index of the bid, index of the assessor, affinity 1-1000, locked or not.
    """

    bids: tuple[Bid, ...]
    assessors: tuple[Assessor, ...]
    bid: np.ndarray
    assessor: np.ndarray
    affinity: np.ndarray
    locked: np.ndarray
    conflicts: frozenset[tuple[str, str]] = frozenset()
    min_per_type: dict[str, int] = field(default_factory=dict)
    max_per_region: int | None = None
    elastic: bool = True
    objective: tuple[str, ...] = OBJECTIVES

    @cached_property
    def seats(self) -> np.ndarray:
        """Assessors wanted by each bid."""
        return np.array([bid.k for bid in self.bids], dtype=np.int64)

    @cached_property
    def capacity(self) -> np.ndarray:
        """Seats each assessor can take."""
        return np.array([assessor.capacity for assessor in self.assessors], dtype=np.int64)

    @cached_property
    def region(self) -> np.ndarray:
        """Number of each assessor's region, regions counted from nought in the order of their names."""
        names = {name: number for number, name in enumerate(sorted({a.region for a in self.assessors}))}
        return np.array([names[a.region] for a in self.assessors], dtype=np.int64)

    @cached_property
    def first(self) -> np.ndarray:
        """Position of the first pair of each bid, and the number of pairs at the end: shape (bids + 1,)."""
        return np.searchsorted(self.bid, np.arange(len(self.bids) + 1))

    @cached_property
    def of_type(self) -> dict[str, np.ndarray]:
        """Tell for each type with a minimum which assessors are of it."""
        return {kind: np.array([kind in a.types for a in self.assessors], dtype=bool) for kind in self.min_per_type}


def parse(data: Any) -> Instance:
    """Check an allocation instance (the dictionary of its JSON file) and lay it out.

    Raises BadInput with the place and the mend. No bids, no assessors, zero capacity and nothing but conflicts are
    good input: the solver answers them with shortfalls.
    """
    if not isinstance(data, Mapping):
        raise BadInput("An allocation instance must be a JSON object with the keys bids, assessors and affinity.")
    bids = _records(data, "bids", _bid)
    assessors = _records(data, "assessors", _assessor)
    rules = _rules(data.get("rules", {}), assessors)
    table = _Table(_numbers(bids, data["bids"]), _numbers(assessors, data["assessors"]), len(assessors))
    keys, scores = table.affinity(_list(data, "affinity", needed=True))
    conflicts = table.pairs(_list(data, "conflicts"), "conflicts")
    locked = table.pairs(_list(data, "locked"), "locked")
    order = np.argsort(keys, kind="stable")
    keys, scores = keys[order], scores[order]
    usable = ~np.isin(keys, conflicts)
    keys, scores = keys[usable], scores[usable]
    width = max(len(assessors), 1)
    instance = Instance(
        bids=bids,
        assessors=assessors,
        bid=keys // width,
        assessor=keys % width,
        affinity=scores,
        locked=np.isin(keys, locked),
        conflicts=frozenset((bids[key // width].id, assessors[key % width].id) for key in conflicts.tolist()),
        elastic=_flag(data, "elastic", default=True),
        objective=_objective(data.get("objective", list(OBJECTIVES))),
        **rules,
    )
    _check_locked(instance, locked, keys, conflicts)
    return instance


def _list(data: Mapping[str, Any], key: str, needed: bool = False) -> list[Any]:
    value = data.get(key, None if needed else [])
    if not isinstance(value, list):
        problem = "is missing" if value is None else f"is {kind_of(value)}"
        raise BadInput(f"“{key}” {problem}: it must be a list.")
    return value


def _flag(data: Mapping[str, Any], key: str, default: bool) -> bool:
    value = data.get(key, default)
    if not isinstance(value, bool):
        raise BadInput(f"“{key}” is {value!r}: it must be true or false.")
    return value


def _records(data: Mapping[str, Any], key: str, read: Callable[[str, Mapping[str, Any]], Any]) -> tuple[Any, ...]:
    found: dict[str, Any] = {}
    for number, row in enumerate(_list(data, key, needed=True)):
        place = f"{key}[{number}]"
        if not isinstance(row, Mapping):
            raise BadInput(f"{place} is {kind_of(row)}: it must be an object with an id.")
        record = read(place, row)
        if record.id in found:
            raise BadInput(f"{place}: the id {record.id!r} stands twice in “{key}”. Give each its own id.")
        found[record.id] = record
    return tuple(found[name] for name in sorted(found))


def _bid(place: str, row: Mapping[str, Any]) -> Bid:
    return Bid(name_of(row.get("id"), f"{place}.id"), whole(row.get("k"), f"{place}.k"), _region(row, place))


def _assessor(place: str, row: Mapping[str, Any]) -> Assessor:
    types = row.get("types", [])
    if not isinstance(types, list) or not all(isinstance(kind, str) for kind in types):
        raise BadInput(f"{place}.types is {types!r}: it must be a list of words, such as [“clinical”].")
    capacity = whole(row.get("capacity"), f"{place}.capacity")
    return Assessor(name_of(row.get("id"), f"{place}.id"), capacity, frozenset(types), _region(row, place))


def _numbers(records: Iterable[Any], rows: Iterable[Mapping[str, Any]]) -> dict[Any, int]:
    """Return id → position; an id that was given as a number is found by the number too."""
    found: dict[Any, int] = {record.id: number for number, record in enumerate(records)}
    return found | {row["id"]: found[str(row["id"])] for row in rows if type(row["id"]) is int}


def _region(row: Mapping[str, Any], place: str) -> str:
    value = row.get("region", "")
    if not isinstance(value, str):
        raise BadInput(f"{place}.region is {value!r}: it must be a word in quotation marks.")
    return value


def whole(value: Any, place: str, least: int = 0) -> int:
    """Return a whole number from `least` to a million; raise BadInput naming the place otherwise."""
    if type(value) is not int or not least <= value <= LARGEST_COUNT:
        raise BadInput(f"{place} is {value!r}: it must be a whole number from {least} to {LARGEST_COUNT:,}.")
    return value


def _rules(rules: Any, assessors: tuple[Assessor, ...]) -> dict[str, Any]:
    if not isinstance(rules, Mapping):
        raise BadInput(f"“rules” is {kind_of(rules)}: it must be an object; leave it empty for no rules.")
    unknown = sorted(set(rules) - {"min_per_type", "max_per_region"})
    if unknown:
        raise BadInput(f"rules.{unknown[0]} is not a rule: use min_per_type or max_per_region.")
    least = rules.get("min_per_type") or {}
    if not isinstance(least, Mapping):
        raise BadInput("rules.min_per_type must be an object such as {“clinical”: 1}.")
    most = rules.get("max_per_region")
    if most is not None:
        whole(most, "rules.max_per_region", least=1)
        homeless = next((a.id for a in assessors if not a.region), None)
        if homeless:
            raise BadInput(f"Assessor {homeless} has no region, and rules.max_per_region needs one. Add it.")
    counts = {kind: whole(least[kind], f"rules.min_per_type.{kind}") for kind in sorted(least)}
    return {"min_per_type": {kind: count for kind, count in counts.items() if count}, "max_per_region": most}


def _objective(keys: Any) -> tuple[str, ...]:
    if not isinstance(keys, list) or not keys or not all(isinstance(key, str) for key in keys):
        raise BadInput(f"“objective” is {keys!r}: it must be a list of {', '.join(OBJECTIVES)}.")
    for number, key in enumerate(keys):
        if key not in OBJECTIVES:
            raise BadInput(f"objective[{number}] is {key!r}: it must be one of {', '.join(OBJECTIVES)}.")
        if key in keys[:number]:
            raise BadInput(f"objective[{number}]: {key!r} stands twice. Name each aim once.")
    return tuple(keys)


class _Table:
    """Turn rows of ids into numbers; a pair's key is bid × (number of assessors) + assessor."""

    def __init__(self, bids: dict[Any, int], assessors: dict[Any, int], count: int) -> None:
        self.bids, self.assessors, self.width = bids, assessors, max(count, 1)
        self.has_numbers = any(type(name) is int for names in (bids, assessors) for name in names)

    def affinity(self, rows: list[Any]) -> tuple[np.ndarray, np.ndarray]:
        """Return keys and scores of `[bid, assessor, score]` rows; look row by row only when something is amiss."""
        keys = self._keys(rows, 3, "affinity")
        if set(map(type, map(itemgetter(2), rows))) - {int}:
            self._refuse_score(rows)
        scores = np.fromiter(map(itemgetter(2), rows), dtype=object, count=len(rows))
        if len(rows) and not (min(scores) >= LEAST and max(scores) <= MOST):
            self._refuse_score(rows)
        if len(np.unique(keys)) < len(keys):
            self._refuse_twice(rows, keys)
        return keys, scores.astype(np.int64)

    def pairs(self, rows: list[Any], name: str) -> np.ndarray:
        """Return the keys of `[bid, assessor]` rows, each once, sorted."""
        return np.unique(self._keys(rows, 2, name))

    def _keys(self, rows: list[Any], length: int, name: str) -> np.ndarray:
        if set(map(type, rows)) - {list, tuple} or set(map(len, rows)) - {length}:
            self._refuse_shape(rows, length, name)
        try:
            bid = np.fromiter(map(self.bids.__getitem__, map(itemgetter(0), rows)), dtype=np.int64, count=len(rows))
            assessor = np.fromiter(
                map(self.assessors.__getitem__, map(itemgetter(1), rows)), dtype=np.int64, count=len(rows)
            )
        except (KeyError, TypeError):
            self._refuse_ids(rows, name)
        if self.has_numbers:  # under which true and 1.0 are found too
            self._refuse_ids(rows, name)
        return bid * self.width + assessor

    def _refuse_shape(self, rows: list[Any], length: int, name: str) -> None:
        wanted = "[bid, assessor, affinity]" if length == 3 else "[bid, assessor]"
        for number, row in enumerate(rows):
            if not isinstance(row, (list, tuple)) or len(row) != length:
                raise BadInput(f"{name}[{number}] is {row!r}: it must be {wanted}.")

    def _refuse_ids(self, rows: list[Any], name: str) -> None:
        for number, row in enumerate(rows):
            for value, known, what in ((row[0], self.bids, "bid"), (row[1], self.assessors, "assessor")):
                if type(value) not in (str, int) or value not in known:
                    raise BadInput(f"{name}[{number}] names the {what} {value!r}, which is not in “{what}s”.")

    def _refuse_score(self, rows: list[Any]) -> None:
        for number, row in enumerate(rows):
            if type(row[2]) is not int or not LEAST <= row[2] <= MOST:
                problem = f"affinity[{number}] ({row[0]}, {row[1]}) is {row[2]!r}"
                raise BadInput(f"{problem}: it must be a whole number from {LEAST} to {MOST}.")

    def _refuse_twice(self, rows: list[Any], keys: np.ndarray) -> None:
        seen: set[int] = set()
        for number, key in enumerate(keys.tolist()):
            if key in seen:
                raise BadInput(f"affinity[{number}]: the pair {rows[number][0]}, {rows[number][1]} stands twice.")
            seen.add(key)


def _check_locked(instance: Instance, locked: np.ndarray, keys: np.ndarray, conflicts: np.ndarray) -> None:
    width = max(len(instance.assessors), 1)
    for key in locked[~np.isin(locked, keys)].tolist():
        bid, assessor = instance.bids[key // width].id, instance.assessors[key % width].id
        reason = "the two are in conflict" if key in conflicts else "the pair has no affinity, so it is not eligible"
        raise BadInput(f"locked: {assessor} cannot be kept on bid {bid}, because {reason}. Release the seat first.")
    for number in np.nonzero(np.bincount(locked // width, minlength=len(instance.bids)) > instance.seats)[0]:
        raise BadInput(f"locked: bid {instance.bids[number].id} has more locked seats than its k. Raise k.")
    taken = np.bincount(locked % width, minlength=len(instance.assessors))
    for number in np.nonzero(taken[: len(instance.assessors)] > instance.capacity)[0]:
        raise BadInput(
            f"locked: assessor {instance.assessors[number].id} has more locked seats than its capacity. Raise it."
        )
