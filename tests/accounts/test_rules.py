"""Identifiers as Companies House prints them."""

import pytest
from django.db import IntegrityError

from accounts.models import Organisation
from accounts.rules import BadIdentifier, company_number, may_hold


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("7682878", "07682878"),
        ("01234567", "01234567"),
        (" sc 123456", "SC123456"),
        ("R0000123", "R0000123"),
        ("123456", "00123456"),
    ],
)
def test_a_number_is_kept_in_eight_characters(typed, kept):
    assert company_number(typed) == kept


@pytest.mark.parametrize("typed", ["", "12345", "123456789", "ABC12345", "１２３４５６７８", "1234567\x00"])
def test_an_odd_number_is_refused(typed):
    with pytest.raises(BadIdentifier, match="It has 8 characters"):
        company_number(typed)


def test_the_database_refuses_an_odd_number_too(db):
    with pytest.raises(IntegrityError, match="company_number"):
        Organisation.objects.create(kind="sme", name="Odd Ltd", company_number="12", size="small")


def test_a_fund_manager_belongs_to_a_department():
    assert [may_hold("fund_manager", kind) for kind in ("department", "sme")] == [True, False]
