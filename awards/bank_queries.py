"""Reads of bank details; what a page gets of them is masked."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Organisation
from awards import bank
from awards.models import BankDetails
from awards.states import BankOutcome


@dataclass(frozen=True)
class Shown:
    """Bank details as pages show them; `is_used` when grants are paid to this account."""

    row: BankDetails
    masked: str
    is_used: bool

    @property
    def state(self) -> tuple[str, str]:
        """How they stand, in words and as a colour."""
        check = getattr(self.row, "check_made", None)
        if self.is_used:
            return "In use", "green"
        if check is None:
            return "Waits for a check", "yellow"
        return ("Refused", "red") if check.outcome == BankOutcome.REFUSED else ("Used before", "grey")


def of_organisation(organisation: Organisation) -> list[Shown]:
    """Return the bank details of an organisation, the newest first."""
    return shown(BankDetails.objects.filter(organisation=organisation).order_by("-pk"))


def shown(rows: QuerySet[BankDetails]) -> list[Shown]:
    """Return bank details of one organisation masked, in one query."""
    found = list(rows.select_related("entered_by", "check_made__by", "organisation"))
    return _masked(found)


def _masked(found: Iterable[BankDetails]) -> list[Shown]:
    made, used = [], False
    for row in found:
        is_used = not used and getattr(row, "check_made", None) and row.check_made.outcome == BankOutcome.VERIFIED
        used = used or bool(is_used)
        made.append(Shown(row, bank.unseal(row.sealed, row.holder).masked, bool(is_used)))
    return made


def waiting() -> QuerySet[BankDetails]:
    """Return the bank details that wait for a second person: the newest of their organisation, not checked."""
    newer = BankDetails.objects.filter(organisation=OuterRef("organisation"), pk__gt=OuterRef("pk"))
    found = BankDetails.objects.filter(check_made=None).exclude(Exists(newer))
    return found.select_related("organisation", "entered_by")


def same_account(details: BankDetails) -> list[Organisation]:
    """Return the other organisations that have given the same account."""
    others = BankDetails.objects.filter(fingerprint=details.fingerprint).exclude(organisation=details.organisation_id)
    return list(Organisation.objects.filter(pk__in=others.values("organisation")).order_by("name"))
