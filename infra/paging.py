"""Long lists page by key: the page costs the same wherever it stands, and rows that come meanwhile shift nothing."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet, Subquery
from django.http import HttpRequest


def query(request: HttpRequest, **changes: Any) -> str:
    """Return the page's query string with some values changed; None takes a value out."""
    values = request.GET.copy()
    for key, value in changes.items():
        if value is None:
            values.pop(key, None)
        else:
            values[key] = str(value)
    return f"?{values.urlencode()}"


@dataclass(frozen=True)
class Page:
    """Rows of one page, and the query strings of the pages before and after it; "" where there is none."""

    rows: list[Any]
    previous: str
    next: str


def page_by_key(
    request: HttpRequest, rows: QuerySet[Any], *, size: int = 50, newest_first: bool = False, by: str = "pk"
) -> Page:
    """Return one page of `rows` by their primary key, in one query; `?after=KEY` and `?before=KEY` say which.

    Args:
        newest_first: the highest key comes first.
        by: a column that is never empty and goes before the key; give it an index together with the key.
    """
    after, before = _key(request, "after"), _key(request, "before")
    upward = newest_first == (before is not None and after is None)
    bound = after if after is not None else before
    if bound is not None:
        rows = rows.filter(_beyond(rows, by, bound, "gt" if upward else "lt"))
    order = dict.fromkeys((by, "pk"))
    found = list(rows.order_by(*(name if upward else f"-{name}" for name in order))[: size + 1])
    shown = found[:size]
    backward = after is None and before is not None
    if backward:
        shown.reverse()
    more_before = len(found) > size if backward else after is not None
    more_after = True if backward else len(found) > size
    return Page(
        rows=shown,
        previous=query(request, after=None, before=shown[0].pk) if shown and more_before else "",
        next=query(request, before=None, after=shown[-1].pk) if shown and more_after else "",
    )


def _beyond(rows: QuerySet[Any], by: str, key: int, than: str) -> Q:
    """Return the condition of standing beyond the row with this key; beyond a row that is not there stands nothing."""
    if by == "pk":
        return Q(**{f"pk__{than}": key})
    there = Subquery(rows.model._default_manager.filter(pk=key).values(by)[:1])
    from_there = Q(**{f"{by}__{than}e": there})  # says the same less exactly, so that the index begins there
    return from_there & (Q(**{f"{by}__{than}": there}) | Q(**{by: there, f"pk__{than}": key}))


def _key(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
