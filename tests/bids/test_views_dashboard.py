"""Where signing in leads."""

import re
from html import unescape

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from bids import actions
from bids.models import Bid
from bids.overview import mine
from tests.cast import NOW
from tests.cast_bids import draft, submitted
from tests.signing_in import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def shown(user: User, path: str = "/dashboard/") -> str:
    return unescape(signed_in(user).get(path).content.decode())


def titles(page: str) -> list[str]:
    return re.findall(r'app-row__title"><a[^>]*>([^<]*)<', page)


def drafts(competition, sme, applicant, count: int) -> None:
    """Write drafts without further ado."""
    strand = competition.strands.first()
    Bid.objects.bulk_create(
        Bid(reference=f"X{i:06}", competition=competition, strand=strand, lead=sme, created_by=applicant,
            created_at=NOW, title=f"Bid {i}", category="feasibility")
        for i in range(count)
    )  # fmt: skip


def test_signing_in_leads_here():
    assert settings.LOGIN_REDIRECT_URL == "dashboard"


def test_an_applicant_sees_their_bids_with_the_next_step_and_the_deadline(competition, sme, applicant):
    submitted(competition, sme, applicant, "A heart test")
    draft(competition, sme, applicant, "A lung test")
    page = shown(applicant)
    assert titles(page) == ["A lung test", "A heart test"]
    assert page.count("28 February 2027, 12:00:00 GMT") == 3
    assert "Finish it and submit it before the deadline." in page
    assert "You can still reopen it until the deadline." in page


def test_a_person_of_a_partner_sees_the_bid_too(bid, trust, trust_person, applicant):
    actions.add_partner(bid=bid, organisation=trust, by=applicant, at=NOW)
    assert titles(shown(trust_person)) == [bid.title]


def test_nobody_else_sees_a_bid(bid, stranger, auditor, fund_manager):
    assert [titles(shown(user)) for user in (stranger, auditor, fund_manager)] == [[], [], []]


def test_an_official_sees_where_their_work_is(fund_manager):
    page = shown(fund_manager)
    assert "Manage competitions" in page
    assert "/apply" not in page


def test_a_newcomer_is_led_to_an_open_competition(competition):
    page = shown(User.objects.create_user("new@example.org", full_name="Nia New"))
    assert "You hold no role yet." in page
    assert 'href="/competitions/DHTC-T-1/apply"' in page


def test_an_applicant_without_bids_is_told_how_to_begin(applicant):
    assert "You have no bids yet." in shown(applicant)


def test_pages_follow_each_other_without_gap_or_repetition(competition, sme, applicant):
    drafts(competition, sme, applicant, 45)
    client, path, seen = signed_in(applicant), "/dashboard/", []
    while path:
        page = unescape(client.get(path).content.decode())
        seen += titles(page)
        onward = re.search(r'href="([^"]*)" rel="next"', page)
        path = f"/dashboard/{onward[1]}" if onward else ""
    assert seen == [f"Bid {i}" for i in reversed(range(45))]


@pytest.mark.parametrize("garbage", ["?after=x", "?before=-1", "?after=99999999999999999999", "?before=²"])
def test_an_address_that_makes_no_sense_is_answered(bid, applicant, garbage):
    assert signed_in(applicant).get(f"/dashboard/{garbage}").status_code == 200


@pytest.mark.parametrize("count", [3, 300])
def test_the_list_takes_the_same_queries_however_long(competition, sme, applicant, count):
    drafts(competition, sme, applicant, count)
    client = signed_in(applicant)
    with CaptureQueriesContext(connection) as queries:
        client.get("/dashboard/")
    assert len(queries) == 5  # session, person, memberships, bids, open competitions
    assert mine(applicant).count() == count
