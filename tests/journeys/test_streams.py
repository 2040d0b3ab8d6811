"""Bids in competitions that were made from the templates of the streams: a test bed, and an integration project."""

import datetime as dt

import pytest

from accounts.models import User
from accounts.states import Role
from bids import actions as bids
from bids.models import Bid
from funds import actions
from funds.models import Competition, Stream
from funds.starters import STARTERS
from tests.cast import NOW, money_in, person
from tests.cast_bids import answer_all
from tests.journeys.cast import Visitor, attach, cost, describe, pledge, submit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("noon", "store"),
]


def open_round(code: str, managers: tuple[User, User]) -> Competition:
    """Return an open competition as the template of its stream makes it."""
    stream = Stream.objects.create(code=code, title=f"Stream {code}", purpose="Tests.", departments=["DHSC"])
    money_in(stream, 100_000_000, by=managers[0], approver=managers[1])
    by, approver = ({"by": one, "role": Role.FUND_MANAGER, "at": NOW} for one in managers)
    call = actions.set_up(stream=stream, starter=STARTERS[code], reference=f"R-{code[:4].upper()}", title="Round", **by)
    dates = {"opens_at": NOW - dt.timedelta(days=1), "closes_at": NOW + dt.timedelta(days=26)}
    Competition.objects.filter(pk=call.pk).update(parts_to_do=[], **dates)
    actions.propose_allocation(competition=call, pence=50_000_000, reason="Round 1", **by)
    actions.approve_allocation(competition=call, **approver)
    actions.propose_publication(competition=call, **by)
    return actions.publish(competition=call, **approver)


@pytest.fixture
def managers(fund_manager, second_manager) -> tuple[User, User]:
    """Two officials who publish."""
    return fund_manager, second_manager


def begin(one: Visitor, call: Competition, strand: str = "") -> Bid:
    one.open(f"/competitions/{call.reference}/apply")
    if strand:
        one.tick(strand)
        one.tick("Feasibility study")
    one.fill({"Title of the project": "Breathing at home"})
    one.press("Start the bid")
    describe(one)
    return Bid.objects.get()


def test_a_company_tests_its_product_with_an_nhs_site(applicant, trust, managers, visitor, worker):
    nurse = person(Role.APPLICANT, trust, "Nora Nurse")
    ada, nora = visitor(applicant), visitor(nurse)
    bid = begin(ada, open_round("testbed", managers), "Planning projects")
    bids.add_partner(bid=bid, organisation=trust, by=applicant, at=NOW)
    answer_all(bid, applicant)
    for one, kind in ((ada, "Own reserves"), (nora, "Charity")):
        one.open(f"/bids/{bid.reference}/")
        cost(one, days="50", percent="50")
        pledge(one, kind, "5,000")
    attach(ada, "Letter from the NHS test site")
    worker()
    ada.follow("Back to the bid")
    submit(ada)
    content = bid.versions.get().content
    assert [(p["cost_pounds"], p["grant_pounds"]) for p in content["partners"]] == [(10_000, 5_000), (10_000, 5_000)]
    ada.clean_pages(f"/bids/{bid.reference}/versions/1")


def test_an_nhs_trust_takes_a_product_up_without_match_funding(trust, managers, visitor, worker):
    nurse = person(Role.APPLICANT, trust, "Nora Nurse")
    nora = visitor(nurse)
    bid = begin(nora, open_round("integration", managers))
    answer_all(bid, nurse)
    nora.open(f"/bids/{bid.reference}/")
    nora.follow("Product and supplier")
    nora.answer.fill("The Breathwatch of Breathe Example Ltd, company number 10000000.")
    nora.press("Save")
    cost(nora, days="225", percent="100")
    nora.follow("Back to the bid")
    attach(nora, "Letter of support from the network")
    worker()
    nora.follow("Back to the bid")
    submit(nora)
    content = bid.versions.get().content
    assert "Breathe Example Ltd" in next(a["text"] for a in content["answers"] if a["slug"] == "product")
    assert [(p["grant_pounds"], p["match_pounds"]) for p in content["partners"]] == [(45_000, 0)]
    nora.clean_pages(f"/bids/{bid.reference}/versions/1")
