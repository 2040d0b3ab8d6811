"""Anybody finds a competition: by words, filters and deadline, by feed, and on the home page."""

import datetime as dt
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from funds.finding import Standing, find, with_changes
from funds.models import Competition
from tests.asking import get, text
from tests.cast import NOW
from tests.signing_in import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = dt.timedelta(days=1)
ATOM = "{http://www.w3.org/2005/Atom}"


def page(name: str, *keys, **query) -> html.HtmlElement:
    return html.fromstring(get(None, name, *keys, **query).content)


def cards() -> list[str]:
    return [c.text_content() for c in page("home").xpath("//*[@class='app-cards']//h3")]


def found(**query) -> list[str]:
    return [h.text_content() for h in page("find_competitions", **query).xpath("//li[@class='app-row']//h2")]


def closed(number: int) -> None:
    """Let a competition's deadline lie in the past, as time would."""
    Competition.objects.filter(reference=f"DHTC-T-{number}").update(state="in_assessment")


def test_an_open_competition_is_on_the_home_page_with_its_deadline(competition):
    facts = page("home").xpath("//*[@class='app-cards']//dd/text()")
    assert facts == ["28 February 2027, 12:00 GMT", "£500,000", "Digital Health Technology Catalyst"]


def test_the_home_page_shows_the_six_that_close_next(another):
    for number in range(2, 9):
        another(number, closes_at=NOW + number * DAY)
    assert cards() == [f"Round {number}" for number in range(2, 8)]


@pytest.mark.parametrize("count", [1, 3])
def test_the_home_page_asks_the_database_once_however_many_there_are(count, another, django_assert_num_queries):
    for number in range(2, count + 1):
        another(number)
    with django_assert_num_queries(1):
        assert len(cards()) == count


def test_a_draft_is_found_by_nobody(draft_competition, fund_manager):
    shown = [text(get(user, "find_competitions", which="any")) for user in (None, fund_manager)]
    assert ["Test round" in words for words in shown] == [False, False]


def test_a_draft_is_404_to_the_public(draft_competition):
    assert get(None, "competition", "DHTC-T-1").status_code == 404


def test_a_draft_is_shown_to_officials(draft_competition, fund_manager):
    assert get(fund_manager, "competition", "DHTC-T-1").status_code == 200


@pytest.mark.parametrize(
    ("which", "titles"),
    [
        ("", ["Round 2", "Test round", "Round 3"]),
        ("open", ["Round 2", "Test round"]),
        ("soon", ["Round 3"]),
        ("closed", ["Round 4"]),
        ("any", ["Round 3", "Test round", "Round 4", "Round 2"]),
    ],
)
def test_competitions_are_found_by_where_they_stand_the_next_deadline_first(which, titles, another):
    another(2, closes_at=NOW + DAY)
    another(3, opens_at=NOW + DAY, closes_at=NOW + 90 * DAY)
    another(4, closes_at=NOW + 2 * DAY)
    closed(4)
    assert found(which=which) == titles


def test_the_deadline_itself_is_still_open(competition):
    at = competition.closes_at
    after = at + dt.timedelta(microseconds=1)
    assert [find(at=t, which=Standing.OPEN).count() for t in (at, after)] == [1, 0]


@pytest.mark.parametrize("words", ["breathing", "breathe", "Lungs asthma", "dhtc-t-2", "ound 2", '"asthma lungs"'])
def test_words_are_found_in_any_text_of_a_competition(words, another):
    another(2, scope="Lungs and breathing.", eligibility="Also asthma lungs.")
    assert found(words=words) == ["Round 2"]


def test_filters_narrow_together(another):
    another(2, lead_kinds=["nhs_body"], closes_at=NOW + 3 * DAY)
    another(3, lead_kinds=["nhs_body"], closes_at=NOW + 9 * DAY)
    assert found(lead="nhs_body", days="7", stream="sme_match_funded") == ["Round 2"]


def test_the_number_of_results_is_said_and_the_address_keeps_the_search(another):
    another(2)
    shown = page("find_competitions", words="round", which="any")
    assert shown.xpath("//*[@role='status']/text()") == ["2 competitions"]
    assert shown.xpath("//input[@name='words']/@value") == ["round"]


def test_an_empty_result_says_what_to_do(competition):
    assert "Use fewer words" in text(get(None, "find_competitions", words="nothing like it"))


@pytest.mark.parametrize(
    "query",
    [{"which": "x"}, {"days": "9" * 30}, {"stream": "' OR 1"}, {"lead": "\0"}, {"words": "a\0b"}, {"words": "x" * 201}],
)
def test_a_search_that_cannot_be_is_told_beside_its_field(query):
    shown = page("find_competitions", **query)
    assert len(shown.xpath("//*[contains(@class, 'govuk-error-message')]")) == 1


@pytest.mark.parametrize("words", ["'", '"', "&|!", "a & ", "<script>", "x " * 99, "\u202eabc", "%_\\"])
def test_odd_words_find_nothing_and_break_nothing(words, competition):
    assert found(words=words) == []


def test_pages_go_by_deadline_and_lose_nothing_where_deadlines_are_alike(another):
    for number in range(2, 43):
        another(number, closes_at=NOW + (number // 3) * DAY)
    seen, address = [], reverse("find_competitions")
    while address:
        shown = html.fromstring(Client().get(address).content)
        seen += [h.text_content() for h in shown.xpath("//li[@class='app-row']//h2")]
        further = shown.xpath("//a[@rel='next']/@href")
        address = f"{reverse('find_competitions')}{further[0]}" if further else ""
    assert (len(seen), seen) == (42, [c.title for c in find(at=NOW).order_by("closes_at", "pk")])


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_number_of_queries(count, another):
    for number in range(2, count + 1):
        another(number)
    with CaptureQueriesContext(connection) as asked:
        get(None, "find_competitions")
    assert len(asked) == 3


def feed(**headers) -> tuple:
    response = Client().get(reverse("feed"), headers=headers)
    return response, ElementTree.fromstring(response.content) if response.content else None


def test_the_feed_holds_open_and_coming_competitions_under_absolute_addresses(another):
    another(2, opens_at=NOW + DAY)
    another(3)
    closed(3)
    response, root = feed()
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    links = [entry.find(f"{ATOM}link").get("href") for entry in root.findall(f"{ATOM}entry")]
    assert sorted(links) == [f"{settings.BASE_URL}/competitions/DHTC-T-{n}/" for n in (1, 2)]


def test_the_feed_is_valid_atom(competition):
    _, root = feed()
    needed = {f"{ATOM}{name}" for name in ("id", "title", "updated")}
    assert needed <= {child.tag for child in root}
    assert needed | {f"{ATOM}link"} <= {child.tag for child in root.find(f"{ATOM}entry")}
    assert root.find(f"{ATOM}link[@rel='self']").get("href") == f"{settings.BASE_URL}{reverse('feed')}"


def test_the_feed_is_not_sent_again_to_who_has_it(competition):
    response, _ = feed()
    again = [feed(**{name: response.headers[given]})[0].status_code
             for name, given in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified"))]  # fmt: skip
    assert again == [304, 304]


def test_a_change_brings_a_competition_to_the_top_of_the_feed(competition, another, fund_manager):
    later = another(2)
    at = NOW + dt.timedelta(hours=1)
    competition.changes.create(kind="note", what="A clarification.", by=fund_manager, at=at)
    assert [c.pk for c in with_changes(at, 5)] == [competition.pk, later.pk]
    assert with_changes(at, 5)[0].changed_at == at


def test_hostile_titles_leave_the_feed_whole(another):
    another(2, title="<script>&\"']]>\x0b\x1f\ufffe\u202e", summary="<b>\x0c</b>")
    titles = [entry.findtext(f"{ATOM}title") for entry in feed()[1].findall(f"{ATOM}entry")]
    assert "<script>&\"']]>\u202e" in titles


def test_pages_name_the_feed(competition):
    for name in ("home", "find_competitions"):
        assert page(name).xpath("//link[@type='application/atom+xml']/@href") == [f"{settings.BASE_URL}/find/feed.atom"]


def test_a_staff_client_reads_the_list_too(competition, fund_manager):
    assert signed_in(fund_manager).get(reverse("find_competitions")).status_code == 200
