"""Two people on one form never write over each other unseen."""

from html import unescape

import pytest

from accounts.models import User
from bids import actions
from bids.models import Bid, Partner
from bids.seen import DETAILS, FUNDING
from funds.seen import Outdated, key_of
from tests.cast import NOW
from tests.cast_bids import LABOUR, lead_partner
from tests.signing_in import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


@pytest.fixture
def part(bid, applicant) -> Partner:
    """The lead's part, with costs."""
    return actions.set_costs(partner=lead_partner(bid), lines=[LABOUR], by=applicant, at=NOW)


def posted(user: User, path: str, **typed) -> str:
    return unescape(signed_in(user).post(path, typed, follow=True).content.decode())


def test_details_that_have_changed_since_are_not_written_over(bid, applicant):
    seen = key_of(bid, DETAILS)
    actions.save_basics(bid=bid, months=9, seen=seen, by=applicant, at=NOW)
    with pytest.raises(Outdated) as refused:
        actions.save_basics(bid=bid, title="Mine", months=12, seen=seen, by=applicant, at=NOW)
    assert (refused.value.theirs.months, Bid.objects.get().title) == (9, "A breath test")


def test_saving_what_stands_already_is_no_conflict(bid, applicant):
    seen = key_of(bid, DETAILS)
    for _ in range(2):
        actions.save_basics(bid=bid, months=9, seen=seen, by=applicant, at=NOW)
    assert Bid.objects.get().months == 9


def test_the_page_shows_both_and_saves_once_they_are_compared(bid, applicant):
    seen, path = key_of(bid, DETAILS), f"/bids/{bid.reference}/details"
    actions.save_basics(bid=bid, title="Theirs <b>", by=applicant, at=NOW)
    typed = {"title": "Mine", "start_on": "2027-06-01", "months": "9"}
    page = posted(applicant, path, **typed, seen=seen)
    now = key_of(Bid.objects.get(), DETAILS)
    assert "What somebody else has saved" in page
    assert 'value="Mine"' in page
    assert f'name="seen" value="{now}"' in page
    posted(applicant, path, **typed, seen=now)
    assert Bid.objects.get().title == "Mine"


@pytest.mark.parametrize("seen", ["x", "\u202e", "' OR 1=1", "0" * 16])
def test_a_key_that_was_never_given_counts_as_outdated(bid, applicant, seen):
    page = posted(
        applicant, f"/bids/{bid.reference}/details", title="Mine", months="9", start_on="2027-06-01", seen=seen
    )
    assert "What somebody else has saved" in page
    assert Bid.objects.get().title == "A breath test"


def test_funding_that_has_changed_since_is_not_written_over(part, applicant):
    seen = key_of(part, FUNDING)
    actions.set_funding(partner=part, percent=50, other_public_pounds=0, seen=seen, by=applicant, at=NOW)
    with pytest.raises(Outdated):
        actions.set_funding(partner=part, percent=60, other_public_pounds=9, seen=seen, by=applicant, at=NOW)
    assert Partner.objects.get().percent == 50


def test_the_page_of_funding_shows_both(part, applicant):
    seen, path = key_of(part, FUNDING), f"/bids/{part.bid.reference}/partners/{part.pk}/funding"
    actions.set_funding(partner=part, percent="62.50", other_public_pounds=0, by=applicant, at=NOW)
    page = posted(applicant, path, percent="70", other_public_pounds="0", seen=seen)
    assert "What somebody else has saved" in page
    assert "62.5%" in page
    posted(applicant, path, percent="70", other_public_pounds="0", seen=key_of(Partner.objects.get(), FUNDING))
    assert Partner.objects.get().percent == 70
