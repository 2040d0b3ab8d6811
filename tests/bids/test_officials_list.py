"""The officials' list of bids: what is found, in which order, at what cost, and that no draft is ever in it."""

import datetime as dt
import re
from html import unescape

import pytest
from django.urls import reverse

from bids import actions, listing
from bids.actions.submissions import hand_in
from bids.models import Bid, Standing
from bids.queries import content_of
from bids.standing import facts_of, query, terms, words_of
from tests.asking import clock, get, text
from tests.cast import NOW, organisation
from tests.cast_assessments import submitted_bid
from tests.cast_bids import draft, submitted
from tests.signing_in import signed_in

__all__ = ["clock"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def shown(user, competition=None, **wanted) -> list[str]:
    """Return the titles on the list."""
    page = (
        get(user, "competition_bids", competition.reference, **wanted) if competition else get(user, "bids", **wanted)
    )
    return re.findall(r'<th scope="row"><a [^>]*>([^<]*)</a>', page.content.decode())


def link(page, way: str) -> str:
    found = re.search(rf'href="([^"]*)" rel="{way}"', page.content.decode())
    return unescape(found[1]) if found else ""


@pytest.fixture
def three(competition) -> list[Bid]:
    """Bids of two companies, in the order of their grants."""
    lion = organisation(name="Lion Éxample Ltd", company_number="01234567", region="London")
    zebra = organisation(name="Zebra Example Ltd", size="micro", region="Wessex")
    return [
        submitted_bid(competition, zebra, title="Breath", grant=35_000, clinical_area="Diabetes"),
        submitted_bid(competition, lion, title="Heart", grant=42_000),
        submitted_bid(competition, lion, title="Lungs", grant=49_000),
    ]


@pytest.mark.parametrize(
    ("wanted", "titles"),
    [
        ({"q": "lion"}, ["Heart", "Lungs"]),
        ({"q": "EXAMPLE lu"}, ["Lungs"]),
        ({"q": "1234567"}, ["Heart", "Lungs"]),
        ({"q": "0123"}, ["Heart", "Lungs"]),
        ({"q": "nothing"}, []),
        ({"q": "!'&:*\\"}, []),
        ({"region": "London"}, ["Heart", "Lungs"]),
        ({"size": "micro"}, ["Breath"]),
        ({"area": "none"}, ["Heart", "Lungs"]),
        ({"area": "Diabetes", "region": "London"}, []),
        ({"strand": "feasibility", "q": "breath"}, ["Breath"]),
        ({"grant_from": "42000"}, ["Heart", "Lungs"]),
        ({"grant_from": "£36,000", "grant_to": "42000"}, ["Heart"]),
        ({"state": "reserve"}, []),
        ({"flag": "grace"}, []),
        ({}, ["Breath", "Heart", "Lungs"]),
    ],
)
def test_the_list_is_narrowed(three, competition, auditor, wanted, titles):
    assert shown(auditor, competition, order="oldest", **wanted) == titles


@pytest.mark.parametrize(
    ("order", "titles"),
    [
        ("newest", ["Lungs", "Heart", "Breath"]),
        ("largest", ["Lungs", "Heart", "Breath"]),
        ("smallest", ["Breath", "Heart", "Lungs"]),
        ("lead", ["Heart", "Lungs", "Breath"]),
    ],
)
def test_the_list_has_orders(three, auditor, order, titles):
    assert shown(auditor, order=order) == titles


@pytest.mark.parametrize(
    "wanted",
    [
        {"state": "nonsense"}, {"after": "x"}, {"strand": "'"}, {"order": "title"}, {"q": "a\x00b"},
        {"grant_from": "NaN"}, {"grant_from": "9" * 30}, {"grant_from": "２"}, {"q": "w" * 101}, {"region": "\u202e"},
        {"grant_from": "9", "grant_to": "1"},
    ],
)  # fmt: skip
def test_nonsense_in_the_address_shows_the_list_or_is_refused(three, auditor, wanted):
    assert get(auditor, "bids", **wanted).status_code in (200, 400)


def test_a_grant_range_the_wrong_way_round_is_said_beside_the_field(three, auditor):
    assert "must not be less" in text(get(auditor, "bids", grant_from="9", grant_to="1"))


def test_flags_find_what_came_in_the_grace_and_what_was_handed_in_again(competition, auditor):
    late, again = submitted_bid(competition, title="Late"), submitted_bid(competition, title="Again")
    Standing.objects.filter(bid=late).delete()
    for bid, grace in ((late, True), (again, False)):
        bid.reopen()
        bid.save()
        hand_in(bid, content_of(bid), by=bid.created_by, at=NOW, first_contact=NOW, key="second", grace=grace)
    assert [shown(auditor, flag="grace"), shown(auditor, flag="again", order="oldest")] == [["Late"], ["Late", "Again"]]


def test_every_order_pages_by_key_there_and_back(competition, auditor):
    for i in range(51):
        submitted_bid(competition, title=f"Bid {i:02}", grant=42_000 + i % 3)
    client, address = signed_in(auditor), reverse("competition_bids", args=[competition.reference])
    for order in listing.ORDERS:
        first = client.get(address, {"order": order})
        second = client.get(address + link(first, "next"))
        back = client.get(address + link(second, "prev"))
        pages = [re.findall(r">(Bid \d\d)</a>", page.content.decode()) for page in (first, second, back)]
        assert (len({*pages[0], *pages[1]}), pages[2], link(second, "next")) == (51, pages[0], "")


@pytest.mark.parametrize("many", [1, 30])
@pytest.mark.parametrize("wanted", [{}, {"q": "fictional", "region": "London", "state": "submitted", "order": "lead"}])
def test_the_list_asks_the_same_number_of_queries(many, wanted, competition, auditor, django_assert_num_queries):
    for _ in range(many):
        submitted_bid(competition, organisation(region="London"))
    client = signed_in(auditor)
    client.get("/")
    with django_assert_num_queries(LIST_QUERIES + ("state" in wanted)):
        client.get(reverse("competition_bids", args=[competition.reference]), wanted)


@pytest.mark.parametrize("few", [0, 1, 2])
def test_a_state_finds_the_same_bids_however_many_are_in_it(few, competition, auditor, monkeypatch):
    monkeypatch.setattr(listing, "FEW", few)
    found = [submitted_bid(competition).pk for _ in range(2)]
    rows = listing.visible_to(auditor)
    for where in (competition, None):
        assert sorted(listing.narrowed(rows, {"state": "submitted"}, where).values_list("pk", flat=True)) == found
        assert not listing.narrowed(rows, {"state": "ineligible"}, where).exists()


LIST_QUERIES = 11


def test_a_draft_is_on_no_list(competition, sme, applicant, auditor):
    draft(competition, sme, applicant, "A secret plan")
    assert shown(auditor) == []


def test_a_reopened_bid_is_listed_as_it_was_submitted(competition, sme, applicant, auditor):
    bid = submitted(competition, sme, applicant, "As submitted")
    actions.reopen(bid=bid, by=applicant, at=NOW)
    Bid.objects.filter(pk=bid.pk).update(title="A secret title")
    assert (shown(auditor), shown(auditor, q="secret")) == (["As submitted"], [])


@pytest.mark.parametrize("name", ["applicant", "monitoring_officer"])
def test_nobody_but_officials_lists_bids(three, request, name):
    user = request.getfixturevalue(name)
    assert (get(user, "bids").status_code, list(listing.visible_to(user))) == (403, [])


def test_the_count_stops_at_a_thousand(three, monkeypatch):
    monkeypatch.setattr(listing, "COUNTED", 1)
    assert listing.count(Standing.objects.all()) == 2


def test_words_are_small_without_accents_and_short():
    assert words_of("Éxample-Ltd ② " + "x" * 99) == ["example", "ltd", "2", "x" * 60]


def test_terms_hold_words_and_labels():
    lead = {"is_lead": True, "name": "Zed Ltd", "identifier": "Companies House 00012345", "size": "micro"}
    lead |= {"cost_pounds": 10, "grant_pounds": 7, "match_pounds": 3}
    content = {"title": "T", "category": "feasibility", "clinical_area": "", "partners": [lead]}
    facts = facts_of(content) | {"lead_region": "London", "within_grace": True, "number": 2}
    assert terms("B1", "s", facts) == sorted(
        ["b1", "t", "zed", "ltd", "00012345", "12345", "strand=s", "area=", "size=micro", "region=London",
         "flag=grace", "flag=again"]
    )  # fmt: skip


def test_a_search_is_quoted():
    assert query(["a"], ["region=King's \\ Lynn"]) == "'a':* & 'region=King''s \\\\ Lynn'"


def test_the_row_follows_the_newest_version(competition, sme, applicant):
    bid = submitted(competition, sme, applicant)
    actions.reopen(bid=bid, by=applicant, at=NOW)
    bid = Bid.objects.get(pk=bid.pk)
    actions.save_basics(bid=bid, start_on=bid.start_on, months=12, clinical_area="Diabetes", by=applicant, at=NOW)
    later = NOW + dt.timedelta(hours=1)
    actions.submit(bid=bid, by=applicant, at=later, first_contact=later, key="again")
    row = Standing.objects.get()
    assert (row.number, row.submitted_at, row.clinical_area, row.grant_pounds) == (2, later, "Diabetes", 42_000)
