"""Bring in a public register of awards, and find what a company was granted before."""

import datetime as dt
from collections.abc import Collection
from pathlib import Path

from django.db import transaction
from django.db.models import QuerySet

from audit.record import digest
from funds.models import PastAward
from funds.register_lines import COLUMNS, NEEDED, name_key, register_line
from infra.importing.report import Entry, Outcome, Report
from infra.importing.tables import Row, Unacceptable, rows, shown


def of_companies(numbers: Collection[str], since: dt.date | None = None) -> QuerySet[PastAward]:
    """Return what companies with these numbers were granted, the newest first."""
    found = PastAward.objects.filter(company_number__in=[n for n in numbers if n])
    return (found.filter(granted_on__gte=since) if since else found).order_by("-granted_on", "-pk")


def perhaps_of(name: str, number: str) -> QuerySet[PastAward]:
    """Return awards to somebody of this name with another number or none: a suggestion to look into, no more."""
    return PastAward.objects.filter(name_key=name_key(name)).exclude(company_number=number).order_by("-granted_on")


def import_past_awards(path: Path, report: Report, at: dt.datetime) -> None:
    """Keep each line of a register once; a line that is refused changes nothing.

    Raises:
        infra.importing.tables.BadFile: the table lacks a heading that is needed.
    """
    first_seen: dict[str, int] = {}
    for row in rows(path, NEEDED):
        entry = Entry(path.name, row.number, Outcome.ACCEPTED, shown(row.cells.get("beneficiary") or ""))
        try:
            if row.problem:
                raise Unacceptable(row.problem)
            _keep(row, entry, first_seen, at)
        except Unacceptable as error:
            entry = Entry(path.name, row.number, Outcome.REFUSED, entry.subject, reason=str(error))
        report.add(entry)


@transaction.atomic
def _keep(row: Row, entry: Entry, first_seen: dict[str, int], at: dt.datetime) -> None:
    line = register_line(row.cells, at.date())
    sha256 = digest({name: " ".join((row.cells.get(name) or "").split()) for name in COLUMNS})
    award, is_new = PastAward.objects.get_or_create(
        line_sha256=sha256,
        defaults={
            "funder": line.funder, "funder_as_published": line.funder_as_published, "scheme": line.scheme,
            "number_as_published": line.number_as_published, "company_number": line.company_number,
            "name": line.name, "name_key": name_key(line.name), "kind": line.kind, "low": line.amount.low,
            "high": line.amount.high, "currency": line.amount.currency, "granted_on": line.granted_on,
            "objective": line.objective, "instrument": line.instrument, "region": line.region, "imported_at": at,
        },
    )  # fmt: skip
    entry.reference = award.company_number
    if not is_new:
        entry.outcome = Outcome.THERE
        if sha256 in first_seen:
            entry.notes.append(f"the same as line {first_seen[sha256]}: kept once")
        return
    first_seen[sha256] = row.number
    entry.changes, entry.notes = line.changes, line.notes
    others = of_companies([award.company_number]).exclude(name_key=award.name_key)
    entry.notes += [f"{award.company_number} also stands as “{name}”" for name in sorted({o.name for o in others})]
