"""Raise the worst-served bid by exchanging assessors between bids, where proof is out of reach."""

from collections.abc import Iterator

import numpy as np

from assessments.solve.clock import Clock
from assessments.solve.instance import Instance

NOBODY = -1
Move = list[tuple[int, int]]  # pairs given up and taken instead; NOBODY stands for an open seat


def raise_worst(instance: Instance, chosen: np.ndarray, clock: Clock) -> np.ndarray:
    """Return an allocation with as many seats filled, no more rule misses and a worst-served bid at least as well off.

    Again and again the worst-served bid gets a better assessor, or one for an open seat: a free one, or one whose bid
    stays better off than the worst was, with the assessor given up, a free one or none in exchange. Locked seats do not
    move.
    """
    exchange = _Exchange(instance, chosen)
    while not clock.stopped():
        bid = min(range(len(exchange.totals)), key=exchange.totals.__getitem__)
        move = exchange.best_move(bid)
        if move is None:
            break
        exchange.make(move)
    return np.array(sorted(pair for team in exchange.teams for pair in team), dtype=np.int64)


class _Exchange:
    def __init__(self, instance: Instance, chosen: np.ndarray) -> None:
        self.instance = instance
        self.bid, self.by = instance.bid.tolist(), instance.assessor.tolist()
        self.affinity, self.locked = instance.affinity.tolist(), instance.locked.tolist()
        self.first = instance.first.tolist()
        self.pair = {(bid, by): pair for pair, (bid, by) in enumerate(zip(self.bid, self.by, strict=True))}
        self.region = instance.region.tolist()
        self.kinds = [(of_type.tolist(), instance.min_per_type[kind]) for kind, of_type in instance.of_type.items()]
        self.most = instance.max_per_region
        self.teams: list[set[int]] = [set() for _ in instance.bids]
        self.serves: list[set[int]] = [set() for _ in instance.assessors]
        self.room = instance.capacity.tolist()
        self.totals = [0] * len(instance.bids)
        for pair in chosen.tolist():
            self._take(pair)
        self.free = {by for by, room in enumerate(self.room) if room > 0}

    def _take(self, pair: int) -> None:
        self.teams[self.bid[pair]].add(pair)
        self.serves[self.by[pair]].add(pair)
        self.room[self.by[pair]] -= 1
        self.totals[self.bid[pair]] += self.affinity[pair]

    def make(self, move: Move) -> None:
        """Give up and take the pairs of a move."""
        for pair in [old for old, _ in move if old != NOBODY]:
            self.teams[self.bid[pair]].remove(pair)
            self.serves[self.by[pair]].remove(pair)
            self.room[self.by[pair]] += 1
            self.totals[self.bid[pair]] -= self.affinity[pair]
        for pair in [new for _, new in move if new != NOBODY]:
            self._take(pair)
        for by in {self.by[pair] for step in move for pair in step if pair != NOBODY}:
            (self.free.add if self.room[by] > 0 else self.free.discard)(by)

    def best_move(self, bid: int) -> Move | None:
        """Return the move after which the worse off of the bids it touches is best off, if all end above this bid."""
        best: tuple[int, Move] | None = None
        open_seat = [NOBODY] if len(self.teams[bid]) < self.instance.bids[bid].k else []
        for old in [*open_seat, *sorted(self.teams[bid])]:
            if old != NOBODY and self.locked[old]:
                continue
            for new in range(self.first[bid], self.first[bid + 1]):
                after = self.totals[bid] + self._worth(new) - self._worth(old)
                if after <= self.totals[bid] or new in self.teams[bid] or (best and after <= best[0]):
                    continue
                for level, move in self._ways(old, new):
                    level = min(level, after)
                    if level > (best[0] if best else self.totals[bid]) and self._keeps_rules(move):
                        best = level, move
        return best[1] if best else None

    def _worth(self, pair: int) -> int:
        return 0 if pair == NOBODY else self.affinity[pair]

    def _ways(self, old: int, new: int) -> Iterator[tuple[int, Move]]:
        """Yield the ways to free the assessor of pair `new`, each with what the bid that gives it up is left with."""
        if self.room[self.by[new]] > 0:
            yield 10**9, [(old, new)]
            return
        for held in sorted(self.serves[self.by[new]]):
            other = self.bid[held]
            if self.locked[held]:
                continue
            left = self.totals[other] - self.affinity[held]
            if old == NOBODY:
                yield left, [(NOBODY, new), (held, NOBODY)]
                continue
            for by in (self.by[old], *sorted(self.free)):
                instead = self.pair.get((other, by))
                if instead is not None and instead not in self.teams[other]:
                    yield left + self.affinity[instead], [(old, new), (held, instead)]

    def _keeps_rules(self, move: Move) -> bool:
        """Tell whether the bids of a move miss the rules no more often after it than before."""
        more = 0
        for old, new in move:
            bid = self.bid[new if old == NOBODY else old]
            before = [self.by[pair] for pair in self.teams[bid]]
            after = [self.by[pair] for pair in self.teams[bid] if pair != old]
            more += self._misses(after + ([] if new == NOBODY else [self.by[new]])) - self._misses(before)
        return more <= 0

    def _misses(self, team: list[int]) -> int:
        misses = sum(max(0, least - sum(of_type[by] for by in team)) for of_type, least in self.kinds)
        if self.most is not None:
            regions = [self.region[by] for by in team]
            misses += sum(max(0, regions.count(region) - self.most) for region in set(regions))
        return misses
