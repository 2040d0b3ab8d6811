"""What the bids' tables refuse whoever writes."""

import pytest
from django.db import DatabaseError, connection

from bids.models import Bid
from tests.cast_bids import decided

pytestmark = pytest.mark.django_db


def set_state(bid: Bid, state: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE bids_bid SET state = %s WHERE id = %s", [state, bid.pk])


@pytest.mark.parametrize("outcome", ["successful", "reserve", "unsuccessful"])
def test_no_outcome_without_an_approved_decision(submitted_bid, outcome):
    with pytest.raises(DatabaseError, match="no approved decision says so"):
        set_state(submitted_bid, outcome)


def test_no_outcome_but_the_one_decided_on(submitted_bid):
    held = decided(submitted_bid, "reserve")
    with pytest.raises(DatabaseError, match="no approved decision says so"):
        set_state(held, "successful")


def test_the_outcome_that_two_people_decided_on(submitted_bid):
    assert decided(submitted_bid, "successful").state == "successful"
