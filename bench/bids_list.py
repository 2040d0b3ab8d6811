"""Time the officials' list of bids, over 10,000 and over 100,000 bids of one competition.

Run it by: python -m bench.bids_list [COUNT …]

Pages go through the real WSGI application with its middleware and PostgreSQL, as a signed-in official. Milliseconds are
of the clock, the best of the rounds, as other work on the machine only ever adds; first and last pages take turns.
Beside them stand the blocks of 8 kB that PostgreSQL looks at for a page, which no other work changes.
Limits: the last page takes what the first takes, ± 20 per cent; with ten times the bids no page takes more than twice
as long; all ask the same queries.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable

from bench.database import ROOT, fresh

ROUNDS = 21
ASKED = {
    "newest first": {},
    "oldest first": {"order": "oldest"},
    "largest grant": {"order": "largest"},
    "lead, A to Z": {"order": "lead"},
    "one word": {"q": "company"},
    "a rare word": {"q": "rarity"},
    "word and region": {"q": "comp", "region": "London"},
    "four filters": {"region": "London", "area": "Diabetes", "size": "small", "state": "submitted"},
    "ineligible": {"state": "ineligible"},
    "within grace": {"flag": "grace"},
    "grant range": {"grant_from": "40000", "grant_to": "40100", "order": "largest"},
    "nothing fits": {"q": "zzzzzz"},
}


def measure(count: int) -> dict[str, list[float]]:
    """Return for each question: milliseconds of the first and of the last page, their queries and their blocks."""
    with fresh(f"bench_list_{count}"):
        code = f"from bench.bids_list import time_pages; time_pages({count})"
        out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
        return json.loads(out.stdout.splitlines()[-1])


def time_pages(count: int) -> None:
    """Fill the database, time every page, and print the figures as JSON."""
    import os

    os.environ["DJANGO_SETTINGS_MODULE"] = "infra.settings"
    import django

    django.setup()
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from bench.submitted import fill, official
    from bids import listing
    from bids.models import Standing
    from tests.signing_in import signed_in

    call = fill(count)
    client, host = signed_in(official(call)), os.environ["MATCHFUND_ALLOWED_HOSTS"].split(",")[0]
    found = {}
    for name, asked in ASKED.items():
        order = listing.ORDERS[asked.get("order", "newest")]
        rows = listing.narrowed(Standing.objects.filter(competition=call), asked, call)
        sign = "" if order.highest_first else "-"
        end = list(rows.order_by(f"{sign}{order.by}", f"{sign}pk").values_list("pk", flat=True)[:51])
        last = asked | ({"after": end[-1]} if len(end) == 51 else {})

        def page(query: dict) -> Callable[[], object]:
            return lambda: client.get(f"/competitions/{call.reference}/bids", query, headers={"host": host})

        queries, blocks = [], []
        for query in (asked, last):
            with CaptureQueriesContext(connection) as captured:
                assert page(query)().status_code == 200
            queries.append(len(captured))
            blocks.append(sum(_blocks(q["sql"]) for q in captured.captured_queries))
        found[name] = [*_best([page(asked), page(last)]), *queries, *blocks]
    print(json.dumps(found))


def _blocks(sql: str) -> int:
    """Return how many blocks PostgreSQL looks at for a query."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}")
        [[[plan]]] = cursor.fetchall()
    return plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]


def _best(pages: list[Callable[[], object]]) -> list[float]:
    taken: list[list[float]] = [[] for _ in pages]
    for _ in range(ROUNDS):
        for page, times in zip(pages, taken, strict=True):
            begun = time.perf_counter()
            page()
            times.append(1000 * (time.perf_counter() - begun))
    return [min(times) for times in taken]


def main(counts: list[int]) -> int:
    """Print a line for each question; tell whether every limit was kept."""
    found = [measure(count) for count in counts]
    head = "".join(f"{f'{c:,} first':>15}{'last':>8}{'ratio':>7}" for c in counts)
    print(f"{'asked for':18}{head}{'growth':>8}  {'queries':9}{'blocks':22}limits")
    kept = []
    for name in ASKED:
        figures = [run[name] for run in found]
        ratios = [last / first for first, last, *_ in figures]
        growth = max(figures[-1][:2]) / max(figures[0][:2])
        queries = sorted({n for run in figures for n in run[2:4]})
        blocks = ", ".join("/".join(map(str, run[4:])) for run in figures)
        kept.append(all(r <= 1.2 for r in ratios) and growth <= 2)
        line = "".join(f"{a:15.1f}{b:8.1f}{r:7.2f}" for (a, b, *_), r in zip(figures, ratios, strict=True))
        print(f"{name:18}{line}{growth:8.2f}  {queries!s:9}{blocks:22}{'kept' if kept[-1] else 'MISSED'}", flush=True)
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main([int(text) for text in sys.argv[1:]] or [10_000, 100_000]))
