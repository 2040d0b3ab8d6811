"""Time the export of 10,000 submitted bids, as CSV and as a workbook, and measure the memory it takes.

Run it by: python -m bench.bids_export [--bids 10000] [--words 400]

Each bid has ten answers of `--words` words, twelve lines of costs, a partner and a source of match funding. Each export
runs through the view in a process of its own; CPU seconds and memory are of that process, memory above what it held
before the export began. PostgreSQL's own work is not in them. Limits: 4 s of CPU, 150 MB in all.
"""

import argparse
import json
import resource
import subprocess
import sys
import time

from bench.database import ROOT, fresh

CPU, MEGABYTES = 4.0, 150.0
EXPORTS = ["bids.csv", "partners.csv", "costs.csv", "match.csv", "xlsx"]


def prepare(count: int, words: int) -> None:
    """Fill the database with bids and their official."""
    _begin()
    from bench.submitted import fill, official

    official(fill(count, words))


def export(name: str) -> None:
    """Run one export through its view and print the figures as JSON."""
    _begin()
    from django.test import RequestFactory

    from accounts.models import User
    from bids.views import officials
    from funds.models import Competition

    request = RequestFactory().get("/")
    request.user = User.objects.get(email="official@example.org")
    reference = Competition.objects.get().reference
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began, clock = time.process_time(), time.perf_counter()
    if name == "xlsx":
        answer = officials.export_xlsx(request, reference)
    else:
        answer = officials.export_csv(request, reference, name.removesuffix(".csv"))
    size = sum(len(part) for part in answer.streaming_content)
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures = [time.process_time() - began, time.perf_counter() - clock, used, used - before, size / 1e6]
    print(json.dumps(figures))


def _begin() -> None:
    import os

    os.environ["DJANGO_SETTINGS_MODULE"] = "infra.settings"
    import django

    django.setup()


def _child(code: str) -> str:
    command = [sys.executable, "-c", f"from bench import bids_export; bids_export.{code}"]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def main(count: int, words: int) -> int:
    """Print a line for each export; tell whether every limit was kept."""
    kept = []
    print(
        f"{'export':14}{'CPU s':>8}{'limit':>7}{'clock s':>9}{'MB':>7}{'limit':>7}{'growth':>8}{'file MB':>9}  limits"
    )
    with fresh("bench_export"):
        _child(f"prepare({count}, {words})")
        for name in EXPORTS:
            cpu, clock, used, growth, size = json.loads(_child(f"export({name!r})"))
            kept.append(cpu <= CPU and used <= MEGABYTES)
            figures = f"{cpu:8.2f}{CPU:7.1f}{clock:9.2f}{used:7.0f}{MEGABYTES:7.0f}{growth:8.0f}{size:9.1f}"
            print(f"{name:14}{figures}  {'kept' if kept[-1] else 'MISSED'}", flush=True)
    return 0 if all(kept) else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--bids", type=int, default=10_000)
    parser.add_argument("--words", type=int, default=400)
    given = parser.parse_args()
    sys.exit(main(given.bids, given.words))
