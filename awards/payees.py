"""Accounts to which claims are paid: bank details that a second person has verified, and no others."""

from collections.abc import Collection
from typing import NamedTuple

from awards import bank
from awards.bank_files.transfers import Account
from awards.models import BankDetails
from awards.states import BankOutcome


class Payee(NamedTuple):
    """An account, and the key of the bank details that hold it."""

    details: int
    account: Account


def of(organisations: Collection[int]) -> dict[int, Payee]:
    """Return the account of each of these organisations that has one: the newest that was verified. One query."""
    found = BankDetails.objects.filter(organisation__in=organisations, check_made__outcome=BankOutcome.VERIFIED)
    newest = found.order_by("organisation", "-pk").distinct("organisation")
    return {details.organisation_id: Payee(details.pk, _account(details)) for details in newest}


def _account(details: BankDetails) -> Account:
    opened = bank.unseal(details.sealed, details.holder)
    return Account(name=opened.holder, sort_code=opened.sort_code, number=opened.number)
