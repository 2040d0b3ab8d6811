"""Recount every counter from the entries: what the triggers did must be what the entries say."""

from typing import NamedTuple

from django.db import connection

from funds.rules_in_database import COUNTERS, LEVELS, MOVES


class Difference(NamedTuple):
    """A counter that is not the sum of its entries, in pence."""

    envelope_id: int
    counter: str
    counted: int
    should_be: int


# How an entry finds its envelope at each level, as the trigger does.
_JOIN = {
    "award": "e.kind = 'award' AND l.award_id = e.id",
    "pot": "e.kind = 'pot' AND l.pot_id = e.id",
    "year": "e.kind = 'year' AND l.stream_id = e.stream_id AND l.year = e.year",
    "stream": "e.kind = 'stream' AND l.stream_id = e.stream_id",
}


def _sum(level: str, counter: str) -> str:
    """Return SQL that adds up what the entries did to one counter of the envelopes of a level."""
    cases = " ".join(
        f"WHEN '{kind}' THEN {levels[level][counter]} * l.pence"
        for kind, levels in MOVES.items()
        if counter in levels.get(level, {})
    )
    return f"coalesce(sum(CASE l.kind {cases} ELSE 0 END), 0)" if cases else "0"


def differences() -> list[Difference]:
    """Return the counters that differ from their entries; none when all is well. One query for each level."""
    found = []
    for level in LEVELS:
        sums = ", ".join(f"e.{counter}_pence, {_sum(level, counter)}" for counter in COUNTERS)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT e.id, {sums} FROM funds_envelope e LEFT JOIN funds_ledgerentry l ON {_JOIN[level]}"
                f" WHERE e.kind = '{level}' GROUP BY e.id ORDER BY e.id"
            )
            for row in cursor.fetchall():
                pairs = zip(COUNTERS, row[1::2], row[2::2], strict=True)
                found += [Difference(row[0], name, is_, int(should)) for name, is_, should in pairs if is_ != should]
    return found
