"""Networks with a year's money shared out, and instalments on every step of their way."""

import datetime as dt

import pytest

from accounts.models import Organisation, User
from accounts.states import OrganisationKind, Role
from ahsn import actions
from ahsn.models import Instalment, Network, NetworkReturn, Release, ReleaseFile
from ahsn.states import CLOSING
from funds.models import Stream
from tests.cast import NOW, money_in, organisation, person
from tests.cast_runs import verified

YEAR = "2026-27"
FM, FO, LEAD = Role.FUND_MANAGER, Role.FINANCE_OFFICER, Role.AHSN_LEAD
FIGURES = {
    "staff_pence": 1_000_000, "programmes_pence": 250_050, "partners_pence": 0, "planned_pence": 1_500_000,
    "supported": 12, "adopted": 3,
}  # fmt: skip
TEXTS = {
    "why_more": "Spent from our own reserves first.", "done": "Two programmes began.",
    "risks": "None that we know of.", "plan": "Recruit, and begin the third.",
}  # fmt: skip


@pytest.fixture
def exchanges(fund_manager, second_manager) -> Stream:
    """The networks' stream with £1m a year."""
    made = Stream.objects.create(
        code="ahsn_allocation", title="Innovation Exchanges", purpose="Money for the networks.",
        departments=["Department of Health and Social Care"], is_competed=False,
    )  # fmt: skip
    money_in(made, 100_000_000, by=fund_manager, approver=second_manager, years=("2026-27", "2027-28"))
    return made


@pytest.fixture
def other_network(db) -> Organisation:
    """A second AHSN."""
    return organisation(OrganisationKind.AHSN, "Other Fictional AHSN")


@pytest.fixture
def lead(network) -> User:
    """Who signs for the first network."""
    return person(Role.AHSN_LEAD, network, "Lea Lead")


@pytest.fixture
def other_lead(other_network) -> User:
    """Who signs for the second."""
    return person(Role.AHSN_LEAD, other_network, "Otto Other")


@pytest.fixture
def shared_out(exchanges, network, other_network, fund_manager, second_manager) -> list[Instalment]:
    """£100,000.03 shared out for the year, in eight instalments; the closing returns stand after them."""
    for i, body in enumerate((network, other_network)):
        Network.objects.create(organisation=body, acronym=f"N{i}", successor="", population_thousands=1000 + i)
    facts = {"stream": exchanges, "year": YEAR, "role": FM, "at": NOW}
    actions.propose_allocations(pence=10_000_003, by=fund_manager, **facts)
    actions.approve_allocations(by=second_manager, **facts)
    return list(Instalment.objects.exclude(number=CLOSING).order_by("pk"))


@pytest.fixture
def due(shared_out) -> Instalment:
    """The first network's first instalment."""
    return shared_out[0]


@pytest.fixture
def account(network, lead, second_manager) -> None:
    """The first network's verified account."""
    verified(network, entered_by=lead, by=second_manager)


def saved(due: Instalment, by: User, at: dt.datetime = NOW, **changed) -> NetworkReturn:
    """Write a whole return, but for what is changed."""
    figures = FIGURES | {name: value for name, value in changed.items() if name in FIGURES}
    texts = TEXTS | {name: value for name, value in changed.items() if name in TEXTS}
    return actions.save_return(instalment=due, figures=figures, texts=texts, by=by, role=LEAD, at=at)


def signed(due: Instalment, by: User, at: dt.datetime = NOW, **changed) -> NetworkReturn:
    """Write and sign a return."""
    saved(due, by, at, **changed)
    return actions.submit_return(instalment=due, by=by, role=LEAD, at=at)


def accepted(due: Instalment, lead: User, by: User, at: dt.datetime = NOW, **changed) -> NetworkReturn:
    """Sign a return and accept it."""
    return actions.accept_return(network_return=signed(due, lead, at, **changed), by=by, role=FM, at=at)


def proposed(due: Instalment, by: User) -> Release:
    """Put the release of an instalment forward."""
    return actions.propose_releases(instalments=[due], by=by, role=FO, at=NOW)[0]


def made(release: Release, by: User) -> ReleaseFile:
    """Agree to a release."""
    return actions.make_releases(releases=[release], by=by, role=FO, at=NOW)


def paid(release: Release, by: User, reference: str = "BACS 1") -> Release:
    """Write down that the bank has paid."""
    return actions.pay_release(release=release, bank_reference=reference, by=by, role=FO, at=NOW)
