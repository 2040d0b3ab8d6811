"""Reads of the aid that partners declare, beside what a public register knows of them."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import prefetch_related_objects

from accounts.actions import rate_for
from accounts.rules import is_company
from audit.record import digest
from bids import cumulation
from bids.cumulation import Aid, Declared, Limit, Standing
from bids.models import AidReceived, Partner
from funds import past_awards
from funds.models import Competition, PastAward
from funds.states import AidCurrency
from funds.years import first_day_of_years

_ROW = ("giver", "scheme", "granted_on", "amount", "currency", "pounds_per_euro")


def is_asked(partner: Partner, competition: Competition) -> bool:
    """Tell whether a partner must declare earlier aid: an undertaking, where the regime limits the sum of aid."""
    return competition.regime.aid_limit is not None and is_company(partner.organisation.kind)


def loaded(partners: Iterable[Partner]) -> Sequence[Partner]:
    """Return partners, who know their `aid_limit`; those who must declare aid bring it along, in two queries more."""
    found = list(partners)
    asked = [p for p in found if p.aid_limit is not None and is_company(p.organisation.kind)]  # type: ignore[attr-defined]
    prefetch_related_objects(asked, "aid_received", "aid_declaration")
    for partner in asked:
        partner.declares_aid = True  # type: ignore[attr-defined]
    return found


def is_loaded(partner: Partner) -> bool:
    """Tell whether a partner brought along a declaration that it must make."""
    return getattr(partner, "declares_aid", False)


def limit_for(partners: Iterable[Partner], competition: Competition) -> Limit | None:
    """Return the limit that some of these partners are held to; None, in no query, when none is."""
    return limit_of(competition) if any(map(is_loaded, partners)) else None


def limit_of(competition: Competition) -> Limit | None:
    """Return the limit of a competition's regime with the newest rate known; None when it sets none.

    Raises:
        accounts.rules.Refused: the limit is in euros, and no rate is known.
    """
    regime = competition.regime
    if regime.aid_limit is None:
        return None
    rate = rate_for(dt.date.max).pounds_per_euro
    return Limit(regime.aid_limit, AidCurrency(regime.aid_currency), regime.aid_years, rate)


def declared_by(partner: Partner) -> Declared:
    """Return a partner's list, and whether its word covers exactly this list; no query when both are loaded."""
    rows = list(partner.aid_received.all())
    declaration = getattr(partner, "aid_declaration", None)
    is_confirmed = declaration is not None and declaration.sha256 == digest_of(rows)
    return Declared(tuple(_aid(row) for row in rows), is_confirmed)


def digest_of(rows: Iterable[AidReceived]) -> str:
    """Return what a list is known by."""
    return digest([content_of(row) for row in rows])


def content_of(row: AidReceived) -> dict[str, Any]:
    """Return a sum as a submitted version keeps it."""
    return {field: getattr(row, field) for field in _ROW}


def declaration_content(partner: Partner) -> dict[str, Any]:
    """Return a partner's declaration as a submitted version keeps it."""
    declaration = getattr(partner, "aid_declaration", None)
    return {
        "rows": [content_of(row) for row in partner.aid_received.all()],
        "confirmed_by": declaration.confirmed_by_id if declaration else None,
        "confirmed_at": declaration.confirmed_at if declaration else None,
    }


@dataclass(frozen=True)
class Found:
    """An award of the register, and whether the partner's list may hold it."""

    award: PastAward
    is_declared: bool
    has_other_name: bool


@dataclass(frozen=True)
class Beside:
    """What officials see beside a submitted bid of one partner: its declaration, and the awards of the register."""

    name: str
    declaration: dict[str, Any] | None
    found: list[Found]


def beside(content: dict[str, Any], today: dt.date) -> list[Beside]:
    """Return what each partner of a submitted version declared and what the register knows, in one query."""
    numbers = {p["organisation_id"]: p["identifier"].removeprefix("Companies House ") for p in content["partners"]}
    awards = list(past_awards.of_companies(numbers.values(), first_day_of_years(today, 3))[:200])
    said = []
    for partner in content["partners"]:
        rows = [_aid_of(row) for row in (partner.get("aid") or {}).get("rows", [])]
        key = past_awards.name_key(partner["name"])
        found = [
            Found(a, cumulation.is_declared(a.granted_on, a.low, a.high, rows), a.name_key != key)
            for a in awards
            if a.company_number == numbers[partner["organisation_id"]]
        ]
        if found or partner.get("aid"):
            said.append(Beside(partner["name"], partner.get("aid"), found))
    return said


@dataclass(frozen=True)
class Page:
    """What the page of a partner's earlier aid shows."""

    is_asked: bool
    limit: Limit | None
    since: dt.date
    rows: list[tuple[AidReceived, bool]]
    sha256: str
    is_confirmed: bool
    standing: Standing | None
    found: list[Found]
    perhaps: list[PastAward]


def page_of(partner: Partner, today: dt.date) -> Page:
    """Return a partner's list with the working, and what the register knows, in a constant number of queries."""
    competition, organisation = partner.bid.competition, partner.organisation
    limit, rows = limit_of(competition), list(partner.aid_received.all())
    since = limit.since(today) if limit else first_day_of_years(today, 3)
    received = [_aid(row) for row in rows]
    declaration, sha256 = getattr(partner, "aid_declaration", None), digest_of(rows)
    awards = past_awards.of_companies([organisation.company_number], since)[:50]
    key = past_awards.name_key(organisation.name)
    return Page(
        is_asked=is_asked(partner, competition),
        limit=limit,
        since=since,
        rows=[(row, limit is None or cumulation.counts(row.granted_on, limit, today)) for row in rows],
        sha256=sha256,
        is_confirmed=declaration is not None and declaration.sha256 == sha256,
        standing=cumulation.standing(received, partner.grant_pounds, limit, today) if limit else None,
        found=[
            Found(a, cumulation.is_declared(a.granted_on, a.low, a.high, received), a.name_key != key) for a in awards
        ],
        perhaps=list(past_awards.perhaps_of(organisation.name, organisation.company_number)[:10]),
    )


def _aid(row: AidReceived) -> Aid:
    return Aid(row.granted_on, row.amount, AidCurrency(row.currency), row.pounds_per_euro)


def _aid_of(row: dict[str, Any]) -> Aid:
    """Return a sum as a submitted version keeps it."""
    day = dt.date.fromisoformat(row["granted_on"])
    return Aid(day, Decimal(row["amount"]), AidCurrency(row["currency"]), Decimal(row["pounds_per_euro"]))
