"""A web process killed in the middle of a request leaves nothing half done; pressed again, the deed is done once."""

from functools import partial

import pytest

from awards.actions import claims, letters, offers
from awards.models import Award, Claim, LetterRequest
from funds import watchdog
from funds.models import LedgerEntry, Proposal
from tests.asking import clock, post
from tests.cast import NOW
from tests.cast_awards import QUARTER_OVER, draft_claim
from tests.faults.dying import killed

__all__ = ["clock"]
pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]


def test_an_award_is_offered_once(bid, people, clock):
    press = partial(post, people.fund_manager, "award_offer", bid.reference)
    assert killed(press, offers, "record")
    assert (Award.objects.count(), LedgerEntry.objects.filter(kind="committed").count()) == (0, 0)
    assert killed(press)
    assert press().status_code in (302, 404, 409)
    assert (Award.objects.count(), watchdog.differences()) == (1, [])


def test_a_letter_is_issued_once(settled_award, people, clock):
    letters.propose_letter(award=settled_award, by=people.fund_manager, role="fund_manager", at=NOW)
    seen = Proposal.objects.get(kind="letter").content_sha256
    press = partial(post, people.second_manager, "letter_issue", settled_award.reference, sha256=seen)
    assert all(killed(press, letters, name) for name in ("_request", "_tell"))
    assert LetterRequest.objects.count() == 0
    assert killed(press)
    press()
    assert (LetterRequest.objects.count(), Award.objects.get().state) == (1, "letter_issued")


def test_a_claim_is_submitted_once(live_award, people, clock):
    claim = draft_claim(live_award, people)
    clock(QUARTER_OVER)
    press = partial(post, people.applicant, "claim_submit", claim.reference, is_declared="on")
    assert killed(press, claims, "record")
    assert Claim.objects.get().state == "draft"
    assert killed(press)
    press()
    assert (Claim.objects.get().state, Proposal.objects.filter(kind="claim").count()) == ("submitted", 1)
