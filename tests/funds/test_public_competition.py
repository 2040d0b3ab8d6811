"""The page of a competition says everything that somebody needs who thinks of bidding."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html

from funds.call import days_of
from infra.filters import time_left
from tests.asking import get, post, text
from tests.cast import NOW
from tests.cast_public import answered, asked, given_file

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
REF = "DHTC-T-1"


def page(user=None, name: str = "competition", **query) -> html.HtmlElement:
    return html.fromstring(get(user, name, REF, **query).content)


def section(part: str, user=None) -> str:
    return " ".join(page(user).xpath(f"//section[@id='{part}']")[0].text_content().split())


def test_a_page_shows_the_grant_ceilings_of_what_can_be_bid_for(competition):
    table = page().xpath("//table")[1]
    assert [c.text_content() for c in table.xpath(".//tbody//*[self::th or self::td]")] == [
        "Feasibility study", "70%", "70%", "60%", "50%", "100%",
    ]  # fmt: skip


def test_the_deadline_is_shown_to_the_second_with_its_zone(competition):
    assert "Closes 28 February 2027, 12:00:00 GMT" in section("dates")


def test_dates_stand_in_order_and_those_not_set_are_left_out(competition):
    assert [day.what for day in days_of(competition)] == ["Opens", "Closes"]


def test_each_question_is_shown_before_one_begins_with_its_limit_and_what_earns_points(competition):
    shown = section("form")
    assert [part in shown for part in ("2. Question 1", "At most 400 words", "out of 10", "9 to 10", "Convincing")] == (
        [True] * 5
    )


def test_the_page_says_who_may_lead_and_how_much_others_may_carry(competition):
    shown = section("eligibility")
    assert "Small or medium-sized company" in shown
    assert "at most 30% of the project’s costs" in shown


def test_the_steps_name_what_to_have_ready(competition):
    shown = section("how")
    assert [part in shown for part in ("Companies House number", "bank statement", "12:00:00 GMT")] == [True] * 3


def test_the_countdown_is_right_without_a_script(competition):
    counted = page().xpath("//*[@class='app-countdown']")[0]
    assert (counted.text, counted.get("data-now")) == ("Closes in 26 days", NOW.isoformat())


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (dt.timedelta(days=26), "26 days"),
        (dt.timedelta(days=2), "2 days"),
        (dt.timedelta(days=1, hours=23, minutes=59), "1 day 23 hours"),
        (dt.timedelta(hours=5, minutes=12, seconds=9), "5 hours 12 minutes"),
        (dt.timedelta(minutes=1), "1 minute 0 seconds"),
        (dt.timedelta(seconds=1.9), "1 second"),
        (dt.timedelta(seconds=-5), "0 seconds"),
    ],
)
def test_what_is_left_is_said_in_its_two_largest_units(left, words):
    assert time_left(NOW + left, NOW) == words


def test_texts_of_a_competition_stay_texts(another):
    evil = '<script>alert(1)</script><img src=x onerror="alert(1)">'
    another(2, title=evil, summary=evil, scope=evil, eligibility=evil)
    shown = html.fromstring(get(None, "competition", "DHTC-T-2").content)
    assert shown.xpath("//main//script | //main//img") == []
    assert evil in shown.xpath("//section[@id='scope']")[0].text_content()


def test_changes_since_publication_are_told_with_their_day(competition, fund_manager):
    competition.changes.create(kind="deadline", what="It closes later.", reason="An outage.", by=fund_manager, at=NOW)
    assert "Changed on 2 February 2027" in text(get(None, "competition", REF))
    assert "It closes later. Why: An outage." in section("changes")


def test_only_clean_files_are_shown(competition, fund_manager, store):
    given_file(competition, fund_manager, "Clean one")
    given_file(competition, fund_manager, "Infected one", clean=False)
    assert [a.text for a in page().xpath("//section[@id='files']//a")] == ["Clean one"]


def test_the_answers_can_be_searched(competition, fund_manager, applicant):
    answered(competition, fund_manager, applicant, "May charities be partners?", "Yes.")
    answered(competition, fund_manager, applicant, "Is VAT eligible?", "Only when it cannot be recovered.")
    found = page(None, "competition_answers", words="charity").xpath("//article//h2")
    assert [h.text_content() for h in found] == ["Question 1: May charities be partners?"]


def test_the_page_asks_the_same_number_of_queries_however_much_stands_on_it(
    competition, fund_manager, applicant, store, another
):
    asked_for = []
    for count in (1, 3):
        for number in range(count):
            given_file(competition, fund_manager, f"File {count} {number}")
            answered(competition, fund_manager, applicant, f"Question {count} {number}?")
            competition.changes.create(kind="note", what=f"Note {number}", by=fund_manager, at=NOW)
        with CaptureQueriesContext(connection) as queries:
            get(None, "competition", REF)
        asked_for.append(len(queries))
    assert asked_for == [9, 9]


@pytest.mark.parametrize("name", ["competition", "competition_answers", "enquiry_ask", "competition_file"])
def test_a_draft_is_404_wherever_it_is_asked_for(name, draft_competition, applicant):
    keys = (REF, 1) if name == "competition_file" else (REF,)
    assert get(applicant, name, *keys).status_code == 404


@pytest.mark.parametrize("name", ["competition_save", "competition_unsave", "enquiry_ask"])
def test_a_draft_can_be_neither_saved_nor_asked_about(name, draft_competition, applicant):
    assert post(applicant, name, REF, text="Why?").status_code == 404


def test_a_question_is_asked_only_while_the_competition_is_open(competition, applicant, clock):
    asked(competition, applicant)
    clock(competition.closes_at + dt.timedelta(milliseconds=1))
    assert get(applicant, "enquiry_ask", REF).status_code == 302
    assert "not open now" in text(post(applicant, "enquiry_ask", REF, text="Another?"))
