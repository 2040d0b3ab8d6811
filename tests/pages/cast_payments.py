"""A run that waits for a second person, and a report of the bank, as the pages show them."""

import pytest

from accounts.states import Role
from awards.actions import bank_reports
from awards.models import BankReport, PaymentRun
from tests.cast import NOW, person
from tests.cast_awards import People, agree
from tests.cast_runs import proposed, verified


@pytest.fixture
def shown_payment_run(shown_claim, award_people: People, department) -> PaymentRun:
    """A run of the claim that the pages show."""
    second = person(Role.FINANCE_OFFICER, department, "Felix Finance")
    verified(shown_claim.organisation, entered_by=award_people.applicant, by=award_people.finance_officer)
    return proposed(agree(shown_claim, award_people, "review", "approve"), by=second, at=NOW)


@pytest.fixture
def shown_bank_report(finance_officer) -> BankReport:
    """A report on a payment that nobody knows."""
    data = b"end_to_end_id,status,reason,amount\nMFX,returned,AC04 closed,7000.00\n"
    return bank_reports.import_report(
        name="statement.csv", data=data, by=finance_officer, role=Role.FINANCE_OFFICER, at=NOW
    )
