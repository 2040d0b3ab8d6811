"""Rules of match funding: what counts, when it must be there, and when it is cited twice. Pure."""

import datetime as dt
import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from accounts.rules import COMPANY_NUMBER, Refused
from accounts.states import PUBLIC_KINDS
from bids.states import BidState, MatchKind
from funds.money import floor_percent
from funds.years import end_of_project, months_from

EVIDENCE_DAYS = 90  # how old a bank statement may be
# Names by which public funders of the United Kingdom and the European Union are known.
_PUBLIC = re.compile(
    r"\b(nhs|nhsx|department (of|for)|dhsc|beis|ministry of|hm (treasury|government)|government|innovate uk|ukri|nihr"
    r"|national institute for health|research council|(county|city|borough|district|parish) council|local authority"
    r"|combined authority|academic health science network|health innovation network|ahsn|integrated care board"
    r"|clinical commissioning group|(scottish|welsh|highlands and islands) enterprise|lottery"
    r"|european (commission|union)|horizon (2020|europe)|erdf|sbri)\b",
    re.IGNORECASE,
)
_COMPANY = re.compile(r"\b(ltd|limited|plc|llp|cic|inc|gmbh|ag|s\.?a|b\.?v|llc)\.?$", re.IGNORECASE)
# A source may be declared or changed while the bid can still be funded.
OPEN_TO_SOURCES = (
    BidState.DRAFT,
    BidState.REOPENED,
    BidState.SUBMITTED,
    BidState.RESERVE,
    BidState.SUCCESSFUL,
)
VERIFIABLE = (BidState.SUBMITTED, BidState.REOPENED, BidState.RESERVE, BidState.SUCCESSFUL)


def is_public(funder: str) -> bool:
    """Tell whether a name is that of a public body, whose money is never match funding."""
    return bool(_PUBLIC.search(funder))


def is_name(funder: str) -> bool:
    """Tell whether this can be a name, and is no number of a register."""
    return bool(re.search(r"[^\W\d_]{2}", funder)) and not re.fullmatch(COMPANY_NUMBER, funder.upper())


def is_company_name(funder: str) -> bool:
    """Tell whether a name ends as those of companies do."""
    return bool(_COMPANY.search(funder))


def tidy(funder: str) -> str:
    """Return a funder's name in one spelling of spaces and characters, so that the same pledge is found again."""
    return " ".join(unicodedata.normalize("NFKC", funder).split())


@dataclass(frozen=True)
class Source:
    """A source of match funding: kind, whole pounds, and the day from which it can be spent.

    `evidence_on` is the date on the newest evidence that is still to be decided on.
    """

    kind: str
    pounds: int
    available_on: dt.date
    funder: str = ""
    evidence_on: dt.date | None = None


def must_count_as_match(
    *,
    kind: str,
    funder: str,
    pounds: int,
    secured_on: dt.date,
    available_on: dt.date,
    giver_kind: str,
    allowed: Collection[str],
    today: dt.date,
) -> None:
    """Refuse a source that cannot be match funding.

    Args:
        giver_kind: what the funder is, where it is an organisation known here.
        allowed: the kinds that the competition takes.

    Raises:
        Refused: a kind that does not count here, public money, no amount, dates that cannot be.
    """
    if kind not in MatchKind.values:
        raise Refused("Choose where the match funding comes from.")
    if kind not in allowed:
        raise Refused(f"{MatchKind(kind).label} does not count as match funding in this competition.")
    if not funder:
        raise Refused("Say who gives the match funding.")
    if len(funder) > 160:
        raise Refused("The funder's name has at most 160 characters.")
    if is_public(funder) or giver_kind in PUBLIC_KINDS:
        raise Refused(
            f"{funder} is public money, which cannot be match funding. Enter it under other public funding instead."
        )
    if not 1 <= pounds <= 1_000_000_000:
        raise Refused("The amount of match funding must be between £1 and £1,000,000,000.")
    if secured_on > today:
        raise Refused("Match funding must be secured already: give the day on which it was.")
    if available_on < secured_on:
        raise Refused("Match funding cannot be available before it was secured. Check both dates.")


def must_be_there_before_the_end(available_on: dt.date, start_on: dt.date | None, months: int) -> None:
    """Refuse money that comes when the project is over."""
    if start_on and available_on > end_of_project(start_on, months):
        raise Refused("This money is available only after the project has ended.")


def in_kind_allowed(required: int, percent: int) -> int:
    """Return how much of the required match may be in kind, in whole pounds."""
    return floor_percent(required, Decimal(percent))


def problems(
    *, required: int, in_kind_percent: int, sources: Iterable[Source], start_on: dt.date | None, months: int
) -> list[str]:
    """Return why the declared sources of a partner do not meet its match funding.

    Args:
        required: match funding the partner has to bring, in whole pounds.
        in_kind_percent: how much of it may be in kind.
    """
    sources = list(sources)
    found = []
    declared = sum(s.pounds for s in sources)
    if declared < required:
        found.append(f"Match funding of £{required:,} is needed and £{declared:,} is declared.")
    in_kind = sum(s.pounds for s in sources if s.kind == MatchKind.IN_KIND)
    allowed = in_kind_allowed(required, in_kind_percent)
    if in_kind > allowed:
        found.append(f"At most £{allowed:,} of match funding may be in kind; £{in_kind:,} is declared.")
    if start_on and declared >= required and (short := first_shortage(required, sources, start_on, months)):
        month, missing = short
        found.append(f"By {month:%B %Y} the project needs £{missing:,} more match funding than is available then.")
    return found


def first_shortage(
    required: int, sources: Iterable[Source], start_on: dt.date, months: int
) -> tuple[dt.date, int] | None:
    """Return the first month whose needs are not met on its first day, and the pounds missing; or nothing."""
    months_short = (m for m in month_by_month(required, sources, start_on, months) if m.missing)
    found = next(months_short, None)
    return (found.first, found.missing) if found else None


class Month(NamedTuple):
    """Match funding that a project needs up to the end of a month, and what is there on its first day: whole pounds."""

    first: dt.date
    needed: int
    there: int

    @property
    def missing(self) -> int:
        """What is not there when it is needed."""
        return max(0, self.needed - self.there)


def month_by_month(required: int, sources: Iterable[Source], start_on: dt.date, months: int) -> list[Month]:
    """Return need and money month by month, each summed from the start.

    Match funding is needed evenly over the project's months, rounded up to whole pounds.
    """
    sources = list(sources)
    return [
        Month(first, -(-required * i // months), sum(s.pounds for s in sources if s.available_on <= first))
        for i, first in enumerate(months_from(start_on, months), start=1)
    ]


def is_stale(kind: str, dated_on: dt.date, today: dt.date) -> bool:
    """Tell whether evidence is a bank statement older than 90 days; other evidence does not age."""
    return kind == MatchKind.OWN_RESERVES and (today - dated_on).days > EVIDENCE_DAYS


def stale(sources: Iterable[Source], today: dt.date) -> list[str]:
    """Return which sources show bank statements that have grown too old."""
    return [
        f"The newest bank statement of {s.funder} is of {s.evidence_on:%-d %B %Y}. Give one that is at most"
        f" {EVIDENCE_DAYS} days old."
        for s in sources
        if s.evidence_on and is_stale(s.kind, s.evidence_on, today)
    ]


def must_be_fresh(kind: str, dated_on: dt.date | None, today: dt.date) -> None:
    """Refuse evidence without a date, from the future, or a bank statement older than 90 days."""
    if dated_on is None:
        raise Refused("Enter the date that stands on the evidence.")
    if dated_on > today:
        raise Refused("The date on the evidence lies in the future. Check it.")
    if is_stale(kind, dated_on, today):
        raise Refused(f"A bank statement may be at most {EVIDENCE_DAYS} days old: a newer one is needed.")


def must_fit_headroom(*, pounds: int, verified_elsewhere: int, covers: int) -> None:
    """Refuse to verify the same money twice.

    Args:
        pounds: to be verified now.
        verified_elsewhere: already verified on the same pledge or the same evidence.
        covers: what the pledge or the evidence covers in all.
    """
    left = covers - verified_elsewhere
    if pounds > left:
        raise Refused(
            f"The same pledge or evidence covers £{covers:,} and £{verified_elsewhere:,} of it is verified elsewhere,"
            f" so at most £{max(left, 0):,} can be verified here."
        )
