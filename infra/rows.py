"""Read and insert rows of models in plain SQL: what every request needs, and what a press before the deadline needs.

Putting a statement together from a query set takes several times as long as its answer; these are put together once.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, NamedTuple

from django.db import connection, models


class _Reader(NamedTuple):
    """How a row becomes a model: attributes in the order of the columns, and what the driver's values go through."""

    names: tuple[str, ...]
    columns: tuple[str, ...]
    converters: tuple[tuple[int, Callable[..., Any]], ...]
    key: int


@cache
def _reader(model: type[models.Model]) -> _Reader:
    fields = model._meta.concrete_fields
    return _Reader(
        names=tuple(field.attname for field in fields),
        columns=tuple(str(field.column) for field in fields),
        converters=tuple((n, c) for n, field in enumerate(fields) for c in field.get_db_converters(connection)),
        key=next(n for n, field in enumerate(fields) if field.primary_key),
    )


@cache
def _statement(sql: str, found: tuple[tuple[str, type[models.Model]], ...]) -> str:
    lists = {alias: ", ".join(f'{alias}."{column}"' for column in _reader(model).columns) for alias, model in found}
    return sql.format(**lists)


def rows(sql: str, params: Mapping[str, Any], **found: type[models.Model]) -> list[tuple[Any, ...]]:
    """Run a statement; return for each row its models, None where a join found nothing, and then its other columns.

    Args:
        sql: a fixed text that selects the models first, in the order of `found`: "SELECT {b}, {c}, b.id > 3 FROM …".
        found: alias in the statement → model.
    """
    with connection.cursor() as cursor:
        cursor.execute(_statement(sql, tuple(found.items())), params)
        fetched = cursor.fetchall()
    readers = [(model, _reader(model)) for model in found.values()]
    return [_made(row, readers) for row in fetched]


def _made(row: tuple[Any, ...], readers: Sequence[tuple[type[models.Model], _Reader]]) -> tuple[Any, ...]:
    made: list[Any] = []
    begin = 0
    for model, reader in readers:
        values = list(row[begin : begin + len(reader.names)])
        begin += len(values)
        if values[reader.key] is None:
            made.append(None)
            continue
        for n, convert in reader.converters:
            values[n] = convert(values[n], None, connection)
        made.append(model.from_db(connection.alias, reader.names, values))
    return (*made, *row[begin:])


@cache
def _insertion(model: type[models.Model]) -> tuple[str, Sequence[models.Field]]:
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    columns, marks = ", ".join(f'"{field.column}"' for field in fields), ", ".join(["%s"] * len(fields))
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({marks}) RETURNING id', fields


def insert(row: models.Model) -> None:
    """Insert a new row of a model whose `id` the database numbers, and give it that; no signal is sent."""
    statement, fields = _insertion(type(row))
    with connection.cursor() as cursor:
        cursor.execute(statement, [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields])
        (row.pk,) = cursor.fetchone()
    row._state.adding, row._state.db = False, connection.alias


def bring(parents: Sequence[models.Model], name: str, children: Iterable[models.Model]) -> None:
    """Let parents bring along the rows that point at them, under the name of the relation, as a prefetch lets them."""
    if not parents:
        return
    relation: Any = parents[0]._meta.get_field(name)
    by_key: dict[Any, list[models.Model]] = defaultdict(list)
    for child in children:
        by_key[getattr(child, relation.field.attname)].append(child)
    for parent in parents:
        for child in by_key[parent.pk]:
            relation.field.set_cached_value(child, parent)
        known = relation.related_model._default_manager.all()
        known._result_cache, known._prefetch_done = by_key[parent.pk], True
        parent.__dict__.setdefault("_prefetched_objects_cache", {})[relation.cache_name] = known


@contextmanager
def planned_anew() -> Iterator[None]:
    """Let PostgreSQL plan each statement for its own values: for lists whose best plan hangs on what is looked for."""
    connection.ensure_connection()
    link: Any = connection.connection
    before, link.prepare_threshold = link.prepare_threshold, None
    try:
        yield
    finally:
        link.prepare_threshold = before
