"""The people and bids of these tests."""

import pytest
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.states import OrganisationKind, Role
from bids.models import Bid
from tests.cast import NOW, organisation, person
from tests.cast_bids import draft, ready, submitted
from tests.object_store import store, store_of_the_session

__all__ = ["store", "store_of_the_session"]


@pytest.fixture
def bid(competition, sme, applicant) -> Bid:
    """A new draft."""
    return draft(competition, sme, applicant)


@pytest.fixture
def ready_bid(competition, sme, applicant) -> Bid:
    """A draft that lacks nothing."""
    return ready(competition, sme, applicant)


@pytest.fixture
def submitted_bid(competition, sme, applicant) -> Bid:
    """A bid that has been submitted."""
    return submitted(competition, sme, applicant)


@pytest.fixture
def trust(db) -> Organisation:
    """An NHS body that may be a partner."""
    return organisation(OrganisationKind.NHS_BODY, "St Elsewhere")


@pytest.fixture
def trust_person(trust) -> User:
    """A person who acts as applicant for the trust."""
    return person(Role.APPLICANT, trust, "Tess Trust")


@pytest.fixture
def stranger(db) -> User:
    """An applicant of another company."""
    return person(Role.APPLICANT, organisation(), "Sam Stranger")


@pytest.fixture
def noon(monkeypatch) -> None:
    """Set the clock of the pages to the hour of the cast."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)
