"""The page of earlier aid: the list, the working, the written confirmation and what the register knows."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation
from bids.models import AidReceived, Partner
from funds.models import PastAward, SubsidyRegime
from funds.register_lines import name_key
from tests import cast_bids
from tests.cast import NOW
from tests.signing_in import signed_in

TYPED = {
    "giver": "A fund", "scheme": "", "granted_on_day": "1", "granted_on_month": "5", "granted_on_year": "2026",
    "currency": "GBP", "amount": "£12,000.50", "pounds_per_euro": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def part(regime, competition, sme, applicant) -> Partner:
    SubsidyRegime.objects.filter(pk=regime.pk).update(aid_limit=315_000, aid_currency="GBP")
    return cast_bids.lead_partner(cast_bids.ready(competition, sme, applicant))


def address(part: Partner, name: str = "bid_aid", **keys) -> str:
    return reverse(name, kwargs={"reference": part.bid.reference, "partner": part.pk, **keys})


def award(of: Organisation, number: str = "", day: dt.date = dt.date(2026, 7, 1), name: str = "") -> PastAward:
    name = name or of.name
    return PastAward.objects.create(
        line_sha256=f"{PastAward.objects.count():064x}", funder="Innovate UK", funder_as_published="INNOVATE UK",
        name=name, name_key=name_key(name), company_number=number or of.company_number, low=5000, high=5000,
        number_as_published=number, granted_on=day, imported_at=NOW,
    )  # fmt: skip


def shown(part: Partner, by) -> str:
    return signed_in(by).get(address(part)).content.decode()


def test_a_sum_is_added_shown_with_the_working_and_removed(part, applicant):
    client = signed_in(applicant)
    client.post(address(part, "bid_aid_add"), TYPED)
    html = shown(part, applicant)
    assert "£12,000.50 + this grant £42,000 = £54,000.50 is within £315,000" in html
    client.post(address(part, "bid_aid_remove", row=AidReceived.objects.get().pk))
    assert "Nothing is listed" in shown(part, applicant)


def test_the_written_confirmation_completes_the_task(part, applicant):
    client = signed_in(applicant)
    bid = reverse("bid", args=[part.bid.reference])
    assert "Earlier aid" in client.get(bid).content.decode()
    sha256 = re.search(r'name="sha256" value="(\w+)"', shown(part, applicant))[1]
    client.post(address(part, "bid_aid_confirm"), {"sha256": sha256})
    assert "Confirmed" in shown(part, applicant)
    assert "Nothing is missing" in client.get(bid).content.decode()


@pytest.mark.parametrize(
    "changed",
    [
        {"amount": "NaN"}, {"amount": "-1"}, {"amount": "1e15"}, {"amount": ""}, {"amount": "1.234"},
        {"giver": ""}, {"giver": "x" * 161}, {"granted_on_year": "2028"}, {"granted_on_month": "13"},
        {"currency": "USD"}, {"pounds_per_euro": "0"}, {"pounds_per_euro": "100"},
        {"pounds_per_euro": "x"}, {"amount": "9" * 40},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_what_was_typed_is_kept(part, applicant, changed):
    answer = signed_in(applicant).post(address(part, "bid_aid_add"), TYPED | {"scheme": "My scheme"} | changed)
    assert (answer.status_code, AidReceived.objects.count()) == (200, 0)
    assert "There is a problem" in answer.content.decode()
    assert "My scheme" in answer.content.decode()


def test_the_whole_bid_says_what_is_declared(part, applicant):
    whole = reverse("bid_check", args=[part.bid.reference])
    client = signed_in(applicant)
    assert "Not confirmed in writing yet" in client.get(whole).content.decode()
    client.post(address(part, "bid_aid_add"), TYPED)
    assert "A fund, 1 May 2026, £12,000.50" in client.get(whole).content.decode()


def test_an_award_of_the_register_is_flagged_until_it_is_listed(part, applicant, sme):
    found = award(sme)
    assert "Not in the list" in shown(part, applicant)
    form = signed_in(applicant).get(address(part, "bid_aid_add") + f"?award={found.pk}").content.decode()
    assert 'value="Innovate UK"' in form
    signed_in(applicant).post(address(part, "bid_aid_add"), TYPED | {"amount": "5000"})
    assert "Not in the list" not in shown(part, applicant)


def test_anothers_award_is_never_filled_in_or_counted(part, applicant, sme):
    other = award(sme, "87654321")
    old = award(sme, day=dt.date(2024, 3, 31))
    html = shown(part, applicant)
    assert "Not in the list" not in html
    assert "Another company number" in html
    for key in (other.pk, old.pk + 10**6, "x", "9" * 30):
        form = signed_in(applicant).get(address(part, "bid_aid_add") + f"?award={key}")
        assert "Innovate UK" not in form.content.decode()


def test_another_name_under_the_number_is_said(part, applicant, sme):
    award(sme, name="Former Name Ltd")
    assert "as Former Name Ltd" in shown(part, applicant)


def test_the_page_asks_the_same_number_of_queries(part, applicant, sme):
    counts = []
    for size in (1, 3):
        for _ in range(size):
            award(sme)
        client = signed_in(applicant)
        client.post(address(part, "bid_aid_add"), TYPED)
        with CaptureQueriesContext(connection) as captured:
            client.get(address(part))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_regime_without_a_limit_only_shows_the_register(regime, competition, sme, applicant):
    part = cast_bids.lead_partner(cast_bids.ready(competition, sme, applicant))
    award(sme)
    html = shown(part, applicant)
    assert "no declaration of earlier aid" in html
    assert "Innovate UK" in html
    assert "Earlier aid" not in signed_in(applicant).get(reverse("bid", args=[part.bid.reference])).content.decode()


def test_officials_see_the_declaration_and_the_register_beside_the_bid(competition, sme, applicant, fund_manager):
    bid = cast_bids.submitted(competition, sme, applicant)
    award(sme)
    page = reverse("competition_bid", args=[competition.reference, bid.reference])
    html = signed_in(fund_manager).get(page).content.decode()
    assert f"Past awards to {sme.name}" in html
    assert "£5,000" in html
