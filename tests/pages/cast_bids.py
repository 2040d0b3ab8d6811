"""A bid that is being written and one that is handed in, for the pages."""

from collections.abc import Callable

import pytest

from accounts.models import Message, Organisation, User
from accounts.states import OrganisationKind
from bids.models import Bid
from bids.overview import cost_groups
from funds.models import Competition
from tests.bids.cast_pages import half_written
from tests.cast import organisation
from tests.cast_bids import lead_partner, submitted
from tests.object_store import Store


@pytest.fixture
def written_bid(competition, sme: Organisation, applicant: User, store: Store) -> Bid:
    """A draft with a partner, costs, evidence and a document."""
    return half_written(competition, sme, applicant, organisation(OrganisationKind.NHS_BODY, "St Elsewhere"))


@pytest.fixture
def handed_in_bid(competition, sme: Organisation, applicant: User) -> Bid:
    """A bid that has been submitted."""
    return submitted(competition, sme, applicant)


@pytest.fixture
def other_competition(another: Callable[..., Competition]) -> Competition:
    """Another competition that is open."""
    return another(2)


def keys_of(bid: Bid) -> dict[str, object]:
    """Return what addresses of a bid's parts are made of."""
    part = lead_partner(bid)
    group = cost_groups(part, bid.competition)[0]
    return {
        "reference": bid.reference,
        "partner": part.pk,
        "category": group.category.value,
        "line": group.lines[0][0],
        "source": part.match_sources.first().pk,
        "document": bid.documents.get(match_source=None).pk,
        "slug": "question-1",
        "member": bid.created_by_id,
        "invitation": bid.invitations.get().pk,
        "section": "details",
        "row": 1,
    }


def token_of(bid: Bid) -> str:
    """Return the token of the invitation to a bid, as its e-mail has it."""
    return Message.objects.get(template="invitation", address=bid.invitations.get().email).path.rpartition("/")[2]
