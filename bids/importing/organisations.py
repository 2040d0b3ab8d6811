"""Bring in organisations from a table of name, type, company number, town and postcode."""

import datetime as dt
import re
from pathlib import Path

from django.db import transaction

from accounts.actions import register_organisation
from accounts.models import Organisation
from accounts.rules import Refused, company_number
from accounts.states import OrganisationKind, Size
from bids.importing.values import Values
from infra.importing.report import Entry, Outcome, Report
from infra.importing.tables import Unacceptable, rows, shown

NEEDED = ("name", "type", "company_number")
KINDS = {
    "business": OrganisationKind.SME,
    "research": OrganisationKind.UNIVERSITY,
    "rto": OrganisationKind.UNIVERSITY,
    "university": OrganisationKind.UNIVERSITY,
    "public sector or charity": OrganisationKind.CHARITY,
    "charity": OrganisationKind.CHARITY,
}
_UNIVERSITY = re.compile(r"\buniversity\b", re.IGNORECASE)


class NotRegistered(Unacceptable):
    """No organisation has this name."""


def import_organisations(path: Path, report: Report, at: dt.datetime) -> None:
    """Register the organisations of a table that are not registered yet; a refused row changes nothing.

    Raises:
        BadFile: the table lacks a heading that is needed.
    """
    for number, row, problem in rows(path, NEEDED):
        entry = Entry(path.name, number, Outcome.ACCEPTED, shown(row.get("name") or ""))
        if problem:
            entry.outcome, entry.reason = Outcome.REFUSED, problem
        else:
            try:
                with transaction.atomic():
                    _register(row, entry, at)
            except (Unacceptable, Refused) as error:
                entry = Entry(path.name, number, Outcome.REFUSED, entry.subject, reason=str(error))
        report.add(entry)


def _register(row: dict[str, str], entry: Entry, at: dt.datetime) -> None:
    fields = Values(row)
    name = fields.text("name", most=200)
    kind = fields.choice("type", KINDS)
    number = fields.text("company_number", most=40, needed=kind == OrganisationKind.SME)
    address = fields.text("town", most=200, needed=False)
    postcode = fields.text("postcode", most=8, needed=False).upper()
    if fields.problems:
        raise Unacceptable(" ".join(fields.problems))
    entry.changes += fields.changes
    padded = company_number(number) if number else ""
    if padded != number:
        entry.changes.append(f"company number {number} became {padded}")
    if there := _already(name, padded):
        entry.outcome, entry.reference, entry.changes = Outcome.THERE, there.identifier, []
        return
    size = Size.SMALL if kind == OrganisationKind.SME else Size.NON_BUSINESS
    if kind == OrganisationKind.SME:
        entry.notes.append("size not stated: taken as small")
    made, _ = register_organisation(
        by=None, at=at, kind=kind, name=name, company_number=padded, size=size, address=address, postcode=postcode
    )
    entry.reference = made.identifier


def _already(name: str, number: str) -> Organisation | None:
    """Return the organisation that is registered with this number, or with this name when there is no number.

    Raises:
        Unacceptable: the number belongs to an organisation of another name.
    """
    if not number:
        return Organisation.objects.filter(name__iexact=name, company_number="").first()
    there = Organisation.objects.filter(company_number=number).first()
    if there and there.name.casefold() != name.casefold():
        raise Unacceptable(
            f"The company number {number} belongs to “{there.name}” already. Correct the name or the number."
        )
    return there


def named(name: str) -> Organisation:
    """Return the one organisation of this name, in any case of letters.

    Raises:
        NotRegistered: there is none.
        Unacceptable: there are several.
    """
    found = list(Organisation.objects.filter(name__iexact=name)[:2])
    if not found:
        raise NotRegistered(f"“{name}” is not registered. Add it to the table of organisations and import it again.")
    if len(found) > 1:
        raise Unacceptable(f"Several registered organisations are called “{name}”, so it is not clear which is meant.")
    return found[0]


def university(name: str, at: dt.datetime) -> Organisation | None:
    """Return a university of this name, newly registered and not verified; None when the name is none of a university.

    The word “university” in a name is controlled by law (Company, Limited Liability Partnership and Business Names
    (Sensitive Words and Expressions) Regulations 2014), so the name is enough to tell the kind.
    """
    if not _UNIVERSITY.search(name):
        return None
    return register_organisation(by=None, at=at, kind=OrganisationKind.UNIVERSITY, name=name, size=Size.NON_BUSINESS)[0]
