"""The officials' list of bids: what it can be narrowed to, and its orders. It reads submitted versions only."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import BooleanField, F, Func, Q, QuerySet, Value

from accounts.models import User
from bids import rules
from bids.models import Bid, Standing
from bids.queries import kept_from
from bids.standing import label, query, words_of
from bids.states import BidState
from funds.models import Competition

COUNTED = 1_000  # bids that fit are counted up to here, so that counting costs no more as bids grow in number
WORDS_SEARCHED = 12
FEW = 5_000  # bids in a state: of more, every page comes upon enough in any order
LABELS = ("strand", "region", "area", "size")  # filters that look for one value, by the name of their label
NOT_GIVEN = "none"  # stands in the address for a value that is empty
_DISTINCT = """
    WITH RECURSIVE found AS (
        (SELECT {column} AS value FROM bids_standing ORDER BY {column} LIMIT 1)
        UNION ALL
        SELECT (SELECT s.{column} FROM bids_standing s WHERE s.{column} > f.value ORDER BY s.{column} LIMIT 1)
        FROM found f WHERE f.value IS NOT NULL
    )
    SELECT value FROM found WHERE value IS NOT NULL
"""


class Order(NamedTuple):
    """An order of the list: the column, from which end, and its name. Each has an index that ends in the key."""

    text: str
    by: str
    highest_first: bool


ORDERS = {
    "newest": Order("Submitted last", "submitted_at", True),
    "oldest": Order("Submitted first", "submitted_at", False),
    "largest": Order("Largest grant", "grant_pounds", True),
    "smallest": Order("Smallest grant", "grant_pounds", False),
    "lead": Order("Lead, A to Z", "lead_name", False),
}
FLAGS = {
    "grace": "Submitted within the grace period",
    "again": "Changed and submitted again",
    "untold": "Ineligible, applicant not told yet",
}


def visible_to(user: User) -> QuerySet[Standing]:
    """Return the submitted versions that a person may list: officials those not kept from them, nobody else any."""
    if not user.roles & rules.READS_SUBMITTED:
        return Standing.objects.none()
    return Standing.objects.exclude(bid__in=kept_from(user))


def narrowed(
    rows: QuerySet[Standing], wanted: Mapping[str, Any], competition: Competition | None = None
) -> QuerySet[Standing]:
    """Return the rows, of one competition or of all, that fit a filter.

    A bid fits the words of `q` when each begins a word of its reference, title, lead or the lead's number.

    Args:
        wanted: `q`, a value for any of `LABELS`, `state`, `flag`, `grant_from`, `grant_to`.
    """
    words = words_of(wanted.get("q") or "")[:WORDS_SEARCHED]
    if wanted.get("q") and not words:
        return rows.none()
    labels = [label(kind, _value(wanted[kind])) for kind in LABELS if wanted.get(kind)]
    flag = wanted.get("flag")
    if flag in ("grace", "again"):
        labels.append(label("flag", flag))
    elif flag == "untold":
        rows = rows.filter(bid__state=BidState.INELIGIBLE, bid__informed_at=None)
    if words or labels:
        rows = rows.filter(_holds(query(words, labels)))
    if wanted.get("state"):
        rows = rows.filter(_in_state(wanted["state"], competition))
    within = {"grant_pounds__gte": wanted.get("grant_from"), "grant_pounds__lte": wanted.get("grant_to")}
    return rows.filter(**{name: value for name, value in within.items() if value not in (None, "")})


def _in_state(state: str, competition: Competition | None) -> Q | Func:
    """Return the condition that a bid is in a state; few bids are looked up first, as no order comes upon them soon."""
    bids = Bid.objects.filter(state=state, **({"competition": competition} if competition else {})).order_by()
    if bids[: FEW + 1].count() > FEW:
        return Q(bid__state=state)
    return Func(
        F("pk"), ArraySubquery(bids.values("pk")), template="(%(expressions)s))", arg_joiner=" = ANY(",
        output_field=BooleanField(),
    )  # fmt: skip


def _value(chosen: str) -> str:
    return "" if chosen == NOT_GIVEN else chosen


def _holds(searched: str) -> Func:
    """Return the condition that a row's terms meet a search in PostgreSQL's notation."""
    return Func(
        F("terms"), Value(searched), template="(%(expressions)s::tsquery)", arg_joiner=" @@ ",
        output_field=BooleanField(),
    )  # fmt: skip


def count(rows: QuerySet[Standing]) -> int:
    """Return how many rows there are, or `COUNTED` + 1 when there are more than can be counted quickly."""
    return rows.order_by()[: COUNTED + 1].count()


def for_page(rows: QuerySet[Standing]) -> QuerySet[Standing]:
    """Return the rows with what the list shows of the bid, its competition and its strand."""
    return rows.select_related("bid", "competition", "strand").only(
        *("number", "submitted_at", "within_grace", "title", "lead_name", "lead_identifier", "cost_pounds"),
        *("grant_pounds", "partners", "bid__reference", "bid__state", "bid__informed_at"),
        *("competition__reference", "competition__title", "competition__state", "strand__title"),
    )


def choices(column: str) -> list[tuple[str, str]]:
    """Return the values of `lead_region` or `clinical_area` for a filter; one look into the index for each."""
    with connection.cursor() as cursor:
        cursor.execute(_DISTINCT.format(column=column))
        return [(value or NOT_GIVEN, value or "Not given") for (value,) in cursor.fetchall()]


def strands(competition: Competition) -> list[tuple[str, str]]:
    """Return the strands of a competition for a filter."""
    return list(competition.strands.values_list("code", "title"))
