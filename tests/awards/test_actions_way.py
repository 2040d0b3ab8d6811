"""The way of an award from offer to payment, once, with a letter that is really made."""

import datetime as dt

import pytest

from awards import actions, tasks
from funds.models import Envelope
from tests.cast import NOW
from tests.cast_awards import QUARTER_OVER, STARTED, agree, draft_claim

pytestmark = pytest.mark.django_db


def test_an_award_goes_from_offer_to_payment(issued_award, people):
    tasks.make_letters(at=NOW)
    actions.accept(award=issued_award, name="Ada Applicant", by=people.applicant, at=NOW + dt.timedelta(days=1))
    actions.go_live(award=issued_award, at=STARTED)
    claim = actions.submit_claim(claim=draft_claim(issued_award, people), by=people.applicant, at=QUARTER_OVER)
    assert agree(claim, people, "review", "approve", "instruct", "pay").state == "paid"
    assert Envelope.objects.get(award=issued_award).paid_pence == 700_000
