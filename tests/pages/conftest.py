"""One person of each role, at an hour when the competition of the cast is open."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Message, Organisation, User
from accounts.states import OrganisationKind, Role
from funds import actions
from funds.actions import propose_appropriation
from funds.models import Competition, Proposal
from funds.starters import STARTERS
from tests.browser import browser_type_launch_args, one_browser, signed_in_browser  # noqa: F401 - fixtures
from tests.cast import NOW, organisation, person
from tests.cast_public import shown_answer, shown_enquiry, shown_file  # noqa: F401 - fixtures
from tests.funds.conftest import another  # noqa: F401 - fixture
from tests.object_store import store, store_of_the_session  # noqa: F401 - fixtures
from tests.pages.cast_assessments import (  # noqa: F401 - fixtures
    asa,
    shown_bid,
    shown_invitation,
    shown_panel,
    shown_run,
    shown_seat,
    shown_talk,
)
from tests.pages.cast_awards import award_people, bid_to_offer, shown_award, shown_claim, shown_source  # noqa: F401 - fixtures
from tests.pages.cast_bids import handed_in_bid, other_competition, written_bid  # noqa: F401 - fixtures
from tests.pages.cast_claims import shown_proof, shown_query, shown_report  # noqa: F401 - fixtures
from tests.pages.cast_interviews import call_terms, shown_interview, shown_interview_sheet  # noqa: F401 - fixtures
from tests.pages.cast_networks import (  # noqa: F401 - fixtures
    account,
    exchanges,
    lead,
    other_network,
    payer,
    second_finance,
    shared_out,
    shown_instalments,
)
from tests.pages.cast_panel import shown_complaint, shown_meeting  # noqa: F401 - fixtures
from tests.pages.cast_payments import shown_bank_report, shown_payment_run  # noqa: F401 - fixtures
from tests.pages.cast_people import invited_assessor, shown_conflict  # noqa: F401 - fixtures
from tests.pages.keys import KEYS


@pytest.fixture(autouse=True)
def noon(monkeypatch) -> None:
    """Set the clock of the pages to noon on 2 February 2027."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def shown_message(applicant) -> Message:
    """A message to the applicant of the cast."""
    return Message.objects.create(
        to=applicant, address=applicant.email, template="welcome", subject="Welcome", body="Hello.", key="shown",
        queued_at=NOW,
    )  # fmt: skip


@pytest.fixture
def being_set_up(stream, fund_manager) -> Competition:
    """A competition that an official has begun from a template."""
    facts = {"stream": stream, "starter": STARTERS["sme_match_funded"], "reference": "DHTC-NEW", "title": "New round"}
    return actions.set_up(**facts, by=fund_manager, role=Role.FUND_MANAGER, at=NOW)


@pytest.fixture
def rival(db) -> Organisation:
    """Another small company."""
    return organisation(OrganisationKind.SME, "Rival Example Ltd")


@pytest.fixture
def waiting_change(stream, fund_manager) -> Proposal:
    """More money for a stream, which waits for a second person."""
    return propose_appropriation(
        stream=stream, year="2027-28", pence=100, reason="More", by=fund_manager, role="fund_manager", at=NOW
    )


@pytest.fixture
def people(request) -> Callable[[str], User | None]:
    """Return a function from a role of the access table to its person."""
    makers: dict[str, Callable[[], User | None]] = {
        "anonymous": lambda: None,
        "other_applicant": lambda: person(Role.APPLICANT, request.getfixturevalue("rival"), "Olive Other"),
        "assessor": lambda: request.getfixturevalue("asa").user,
        "ahsn_lead": lambda: person(Role.AHSN_LEAD, request.getfixturevalue("network"), "Lea Lead"),
    }

    def find(role: str) -> User | None:
        return makers[role]() if role in makers else request.getfixturevalue(role)

    return find


@pytest.fixture
def address_of(request) -> Callable[[str], str]:
    """Return a function from the name of an address to the address, whose keys are made first."""
    return lambda name: reverse(name, kwargs=KEYS[name](request.getfixturevalue) if name in KEYS else {})
