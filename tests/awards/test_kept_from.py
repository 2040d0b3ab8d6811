"""An official with a conflict of interest finds no page of the award and its claims, and does nothing to them."""

from contextlib import suppress

import pytest
from django.urls import NoReverseMatch, get_resolver, reverse

from accounts.rules import Refused
from accounts.states import Role
from assessments.models import Assessor, Block
from awards import actions, queries, waits
from awards.actions import runs
from tests.asking import get
from tests.cast import NOW
from tests.cast_awards import QUARTER_OVER, agree
from tests.pages.rows import ROWS
from tests.pages.test_unsubmitted import read
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db
ABOUT = ("awards/", "claims/", "match-funding", "payments/new")


def keep(bid, user) -> None:
    """Let a conflict of interest keep a bid from somebody."""
    own = Assessor.objects.create(user=user, capacity=1, types=["clinical"])
    Block.objects.create(bid=bid, assessor=own, because="Employer", found_at=NOW)


def addresses(claim):
    """Yield every address of awards, claims and match funding that needs no more than a reference."""
    for name in ROWS:
        route, names = get_resolver().reverse_dict.getlist(name)[0][0][0]
        if route.startswith(ABOUT) and set(names) <= {"reference"}:
            about = claim if route.startswith("claims/") else claim.award
            with suppress(NoReverseMatch):
                yield reverse(name, kwargs=dict.fromkeys(names, about.reference))


def telling(user, claim, found) -> set[str]:
    client = signed_in(user)
    said = claim.award.bid.title.encode(), claim.award.reference.encode()
    return {address for address in found if any(word in read(client, address) for word in said)}


def test_no_page_shows_it_to_them(claim, people):
    found = list(addresses(claim))
    shown = {reverse("award", args=[claim.award]), reverse("claims_board"), reverse("claim", args=[claim])}
    assert telling(people.fund_manager, claim, shown) == shown <= set(found)
    keep(claim.award.bid, people.fund_manager)
    assert telling(people.fund_manager, claim, found) == set()
    assert get(people.fund_manager, "award", claim.award.reference).status_code == 404


def test_the_officer_of_its_network_finds_nothing_either(claim, people):
    keep(claim.award.bid, people.monitoring_officer)
    assert not queries.visible_to(people.monitoring_officer).exists()
    assert waits.claims(people.monitoring_officer) == 0


def test_who_bids_sees_their_own_award_whatever_blocks_them_as_assessors(claim, people):
    keep(claim.award.bid, people.applicant)
    assert queries.visible_to(people.applicant).get() == claim.award
    assert queries.claims_visible_to(people.applicant).get() == claim


def test_they_approve_no_claim_and_end_no_award(claim, people):
    agree(claim, people, "review")
    keep(claim.award.bid, people.fund_manager)
    with pytest.raises(Refused, match="conflict of interest in this bid"):
        agree(claim, people, "approve")
    with pytest.raises(Refused, match="conflict of interest in this bid"):
        actions.terminate(
            award=claim.award, reason="None", by=people.fund_manager, role=Role.FUND_MANAGER, at=QUARTER_OVER
        )


def test_they_offer_nothing(bid, people):
    keep(bid, people.fund_manager)
    assert waits.awards(people.fund_manager) == 0
    with pytest.raises(Refused, match="conflict of interest in this bid"):
        actions.offer(bid=bid, by=people.fund_manager, role=Role.FUND_MANAGER, at=NOW)


def test_they_pay_nothing(claim, people):
    claim = agree(claim, people, "review", "approve")
    keep(claim.award.bid, people.finance_officer)
    assert waits.payments(people.finance_officer) == 0
    facts = {"by": people.finance_officer, "role": Role.FINANCE_OFFICER, "at": QUARTER_OVER}
    with pytest.raises(Refused, match="conflict of interest in this bid"):
        runs.propose_run(claims=[claim], pay_on=QUARTER_OVER.date(), **facts)
