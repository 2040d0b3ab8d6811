"""Claims that are ready to be paid, and runs of them."""

import datetime as dt

import pytest

from accounts.models import Organisation, User
from accounts.states import Role
from awards import bank
from awards.actions import bank_reports, runs
from awards.models import BankCheck, BankDetails, BankReport, Claim, PaymentRun
from awards.states import BankOutcome, Modulus
from tests.cast import person
from tests.cast_awards import QUARTER_OVER, People, agree

FINANCE = {"role": Role.FINANCE_OFFICER, "at": QUARTER_OVER}
PAY_ON = QUARTER_OVER.date() + dt.timedelta(days=2)


@pytest.fixture
def second_finance(department) -> User:
    """The finance officer who puts runs forward; the one of the cast makes them."""
    return person(Role.FINANCE_OFFICER, department, "Felix Finance")


@pytest.fixture
def payer(settings) -> None:
    """The department's own account."""
    settings.PAYER_ACCOUNT = ("102030", "12345678", "Department of Health and Social Care")


def verified(organisation: Organisation, *, entered_by: User, by: User, number: str = "00000017") -> BankDetails:
    """Give an organisation bank details that a second person has verified."""
    account = bank.account("20-00-00", number, organisation.name)
    details = BankDetails.objects.create(
        organisation=organisation, holder=account.holder, sealed=bank.seal(account),
        fingerprint=bank.fingerprint(account), modulus=Modulus.NOT_CHECKED, entered_by=entered_by,
        entered_at=QUARTER_OVER,
    )  # fmt: skip
    BankCheck.objects.create(
        details=details, outcome=BankOutcome.VERIFIED, note="By telephone.", by=by, at=QUARTER_OVER
    )
    return details


@pytest.fixture
def ready(claim, people, second_finance, payer) -> Claim:
    """An approved claim of £7,000 whose claimant has a verified account."""
    verified(claim.organisation, entered_by=people.applicant, by=people.finance_officer)
    return agree(claim, people, "review", "approve")


def proposed(*claims: Claim, by: User, at: dt.datetime = QUARTER_OVER) -> PaymentRun:
    """Put a run of claims forward."""
    return runs.propose_run(claims=claims, pay_on=at.date(), by=by, role=Role.FINANCE_OFFICER, at=at)


def made(*claims: Claim, people: People, second: User, at: dt.datetime = QUARTER_OVER) -> PaymentRun:
    """Let two finance officers make a run of claims."""
    run = proposed(*claims, by=second, at=at)
    return runs.make_run(run=run, by=people.finance_officer, role=Role.FINANCE_OFFICER, at=at)


def report(*lines: str, by: User, at: dt.datetime = QUARTER_OVER) -> BankReport:
    """Take in a CSV report with these lines of end-to-end id, status, reason and amount."""
    data = "\n".join(["end_to_end_id,status,reason,amount", *lines, ""]).encode()
    return bank_reports.import_report(name="report.csv", data=data, by=by, role=Role.FINANCE_OFFICER, at=at)


def now(claim: Claim) -> Claim:
    """Return a claim as it is now."""
    return Claim.objects.get(pk=claim.pk)
