"""An invitation to assess, and a conflict that came to light late, for the pages."""

import pytest

from accounts.models import Message
from assessments import actions
from assessments.models import Invitation, Seat
from tests.cast import NOW
from tests.cast_assessments import CLOSED, assessed


@pytest.fixture
def invited_assessor(network, fund_manager) -> Invitation:
    """An invitation that waits, to an address that nobody signs in with."""
    facts = {"by": fund_manager, "role": "fund_manager", "at": NOW}
    return actions.invite_assessor(email="nia.new@example.org", network=network, **facts)


def assessor_token(invitation: Invitation) -> str:
    """Return the token in the e-mail of an invitation to assess."""
    return Message.objects.get(template="assessor_invitation", address=invitation.email).path.rpartition("/")[2]


@pytest.fixture
def shown_conflict(shown_seat, fund_manager) -> Seat:
    """A seat of the same bid, handed in before its assessor declared an interest in the lead."""
    seat = assessed(shown_seat.bid, [5, 6], fund_manager).seat
    facts = {"kind": "money", "organisation": seat.bid.lead, "by": seat.assessor.user, "at": CLOSED}
    actions.declare_interest(assessor=seat.assessor, **facts)
    return seat
