"""How well an assessor suits a bid: clinical area, expertise tags, and likeness of texts. Pure."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

UNKNOWN = 500
SAME_AREA, OTHER_AREA = 1000, 200
BY_TAGS = (300, 700, 1000)  # no tag in common, one, more
LEAST_LIKE, MOST_LIKE = 200, 1000
VERY_LIKE = 0.25  # cosine of two texts from which they count as alike as can be
_STOP = frozenset(
    re.findall(
        r"\w+",
        """the and for with that this from are was were will our their has have had can not but they them its into who
        which when where what how all any each more most other such than then there these those use using used new also
        bid""",
    )
)


class Suits(NamedTuple):
    """What is known of an assessor for a bid, each part 0 to 1000; None is not known and counts 500."""

    area: int | None
    tags: int | None
    text: int | None

    @property
    def affinity(self) -> int:
        """Return 1 to 1000: two parts the clinical area, one the tags, one the text."""
        area, tags, text = (UNKNOWN if part is None else part for part in self)
        return max(1, (2 * area + tags + text) // 4)

    @property
    def words(self) -> str:
        """Return the parts in words, and what is not known."""
        area = {SAME_AREA: "the same clinical area", OTHER_AREA: "another clinical area"}
        tags = dict(
            zip(BY_TAGS, ("no expertise in common", "one expertise in common", "expertise in common"), strict=True)
        )
        parts = (
            "clinical area not known" if self.area is None else area[self.area],
            "expertise not known" if self.tags is None else tags[self.tags],
            "nothing to compare the text with" if self.text is None else f"text {self.text} of 1000 alike",
        )
        return ", ".join(parts)


def in_area(bid_area: str, areas: Iterable[str]) -> int | None:
    """Return how the clinical area of a bid fits those of an assessor; nothing when either is not known."""
    known = {area.strip().casefold() for area in areas if area.strip()}
    if not bid_area.strip() or not known:
        return None
    return SAME_AREA if bid_area.strip().casefold() in known else OTHER_AREA


def by_tags(mentioned: frozenset[str], tags: Iterable[str]) -> int | None:
    """Return how many of an assessor's tags a bid mentions, as points; nothing when they have none."""
    known = {tag.strip().casefold() for tag in tags if tag.strip()}
    return BY_TAGS[min(len(known & mentioned), 2)] if known else None


def tags_in(text: str, tags: Iterable[str]) -> frozenset[str]:
    """Return the expertise tags that a text mentions as whole words, in lower case."""
    words = f" {' '.join(re.findall(r'\w+', text.casefold()))} "
    plain = {" ".join(re.findall(r"\w+", tag.casefold())): tag.strip().casefold() for tag in tags}
    return frozenset(tag for spaced, tag in plain.items() if spaced and f" {spaced} " in words)


def likeness(bids: Mapping[int, str], people: Mapping[int, str]) -> dict[tuple[int, int], int]:
    """Return (bid, person) → how alike their texts are, 200 to 1000, by the cosine of their TF-IDF weights.

    A word weighs 1 + ln(times in the text), times 1 + ln((1 + texts) / (1 + texts that hold it)). Pairs of which one
    has no words are left out.
    """
    counts = {("bid", key): _terms(text) for key, text in bids.items()}
    counts |= {("person", key): _terms(text) for key, text in people.items()}
    found_in = Counter(term for terms in counts.values() for term in terms)
    rarity = {term: 1 + math.log((1 + len(counts)) / (1 + n)) for term, n in found_in.items()}
    vectors = {name: _weights(terms, rarity) for name, terms in counts.items() if terms}
    holders: dict[str, list[tuple[int, float]]] = defaultdict(list)
    known = [key for kind, key in vectors if kind == "person"]
    for key in known:
        for term, weight in vectors["person", key].items():
            holders[term].append((key, weight))
    alike: dict[tuple[int, int], int] = {}
    for bid in (key for kind, key in vectors if kind == "bid"):
        cosines: dict[int, float] = dict.fromkeys(known, 0.0)
        for term, weight in vectors["bid", bid].items():
            for person, other in holders.get(term, ()):
                cosines[person] += weight * other
        alike |= {(bid, person): _points(cosine) for person, cosine in cosines.items()}
    return alike


def _terms(text: str) -> Counter[str]:
    words = (w.removesuffix("s") if len(w) > 4 else w for w in re.findall(r"[^\W\d_]{3,}", text.casefold()))
    return Counter(word for word in words if word not in _STOP)


def _weights(terms: Counter[str], rarity: Mapping[str, float]) -> dict[str, float]:
    weights = {term: (1 + math.log(n)) * rarity[term] for term, n in sorted(terms.items())}
    length = math.sqrt(math.fsum(weight * weight for weight in weights.values()))
    return {term: weight / length for term, weight in weights.items()}


def _points(cosine: float) -> int:
    return LEAST_LIKE + int((MOST_LIKE - LEAST_LIKE) * min(1.0, cosine / VERY_LIKE))
