"""The officials' pages of setting up, publishing, correcting and moving the deadline."""

import datetime as dt
import re
from html import unescape

import pytest
from django.utils import timezone
from django.utils.http import urlencode
from lxml import html

from funds.models import Competition, Proposal, Question, Strand
from tests.cast import NOW
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db
HOSTILE = ["\x00", "10" * 15, "-1", "NaN", "1e400", "\u202eabc", "<script>alert(1)</script>", "x " * 60_000, "²", "٣"]
DATES = {
    "opens_on_day": "1", "opens_on_month": "3", "opens_on_year": "2027", "opens_time": "09:00", "closes_on_day": "1",
    "closes_on_month": "6", "closes_on_year": "2027", "closes_time": "12:00", "grace_seconds": "120",
}  # fmt: skip
QUESTION = {"heading": "New", "text": "What?", "guidance": "", "word_limit": "300", "is_scored": "on", "weight": "2",
            "bands": "9 to 10: Superb\n1-8: Less"}  # fmt: skip
STRAND = {
    "title": "Studies", "categories": ["feasibility"], "cost_min_pounds": "10,000", "cost_max_pounds": "£50,000",
    "months_min": "1", "months_max": "12", "collaboration": "either", "claiming_partners_min": "0",
}  # fmt: skip


@pytest.fixture(autouse=True)
def noon(monkeypatch) -> None:
    """Set the clock of the pages to the hour of the cast."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def post(fund_manager):
    """Return a function that sends a form below a competition as the fund manager and gives the page that follows."""
    client = signed_in(fund_manager)

    def send(path: str, reference: str = "NEW-1", **typed) -> str:
        answer = client.post(f"/competitions/{reference}/{path}", typed, follow=True)
        assert answer.status_code == 200
        return unescape(answer.content.decode())

    return send


def test_a_competition_begins_from_a_template(stream, fund_manager):
    typed = {"start_from": "sme_match_funded", "title": "Round 9", "reference": "dhtc-r9"}
    answer = signed_in(fund_manager).post("/competitions/begin", typed)
    assert answer.headers["Location"] == "/competitions/DHTC-R9/setup"


def test_a_competition_begins_as_a_copy(competition, fund_manager):
    typed = {"start_from": "copy", "copy_of": competition.pk, "title": "Again", "reference": "AGAIN-1"}
    signed_in(fund_manager).post("/competitions/begin", typed)
    assert Competition.objects.get(reference="AGAIN-1").questions.count() == 3


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"start_from": ""}, "Choose a template, or to copy an earlier competition."),
        ({"start_from": "testbed"}, "This stream has no money yet."),
        ({"start_from": "copy"}, "Choose the competition to copy."),
        ({"reference": "DHTC-T-1"}, "There is a competition DHTC-T-1 already."),
        ({"reference": "a/b"}, "A reference has 3 to 30 letters"),
        ({"title": ""}, "Fill in “Title”."),
    ],
)
def test_a_wrong_beginning_is_said_beside_its_field_and_kept(competition, fund_manager, typed, why):
    good = {"start_from": "sme_match_funded", "title": "Kept title", "reference": "GOOD-1"}
    page = unescape(signed_in(fund_manager).post("/competitions/begin", good | typed).content.decode())
    assert why in page
    assert ('value="Kept title"' in page) == ("title" not in typed)


def test_dates_are_typed_in_the_time_of_the_united_kingdom(draft, post):
    assert "Dates: complete." in post("setup/dates", then="complete", **DATES)
    saved = Competition.objects.get()
    assert (saved.opens_at.isoformat(), saved.closes_at.isoformat()) == (
        "2027-03-01T09:00:00+00:00", "2027-06-01T11:00:00+00:00",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"closes_on_month": "2"}, "The competition must close after it opens."),
        ({"closes_on_day": "31"}, "There is no such day."),
        ({"closes_time": "25:00"}, "Enter the time as hours and minutes"),
        ({"opens_on_day": "28", "opens_time": "01:30"}, "The clocks go forward on 28 March 2027"),
        ({"grace_seconds": "601"}, "600"),
        ({"panel_on_day": "1"}, "The date must have a day, a month and a year."),
        ({"panel_on_day": "1", "panel_on_month": "4", "panel_on_year": "2027"}, "must not be before the deadline"),
    ],
)
def test_wrong_dates_are_refused_in_words(draft, post, typed, why):
    assert why in post("setup/dates", then="complete", **DATES | typed)
    assert Competition.objects.get().closes_at == draft.closes_at


def test_dates_that_do_not_follow_are_told_beside_their_boxes(draft, post):
    days = {"assess_by_day": "1", "assess_by_month": "5", "assess_by_year": "2027"}
    page = html.fromstring(post("setup/dates", then="complete", **DATES | days))
    beside = page.xpath('//*[contains(@class, "govuk-form-group--error")]')
    assert ["must not be before the deadline" in group.text_content() for group in beside] == [True]


def test_the_parts_of_a_published_competition_need_no_correcting(competition, fund_manager, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: competition.closes_at + dt.timedelta(days=90))
    page = signed_in(fund_manager).get("/competitions/DHTC-T-1/setup").content.decode()
    assert ("Needs correcting" in page, page.count("Published")) == (False, 13)


def test_match_funding_in_kind_counts_when_it_has_a_cap(draft, post):
    post("setup/match", then="later", match_is_required="yes", match_kinds=["loan"], in_kind_percent="20")
    assert Competition.objects.get().match_kinds == ["loan", "in_kind"]


def test_conditions_of_the_letter_stand_one_a_line(draft, post):
    post("setup/letter", then="complete", letter_conditions="One.\r\n\r\n Two. ", months_per_claim="1")
    assert Competition.objects.get().letter_conditions == ["One.", "Two."]


def test_types_of_assessors_that_are_not_needed_are_left_out(draft, post):
    yes = dict.fromkeys(("one_assessor_per_network", "not_own_region", "is_blind", "has_interview"), "yes")
    typed = {"assessors_per_bid": "5", "quality_threshold": "65.5", "type_lay": "1", "type_clinical": "0"}
    post("setup/assessment", then="complete", **yes, **typed)
    saved = Competition.objects.get()
    assert (saved.assessor_types_needed, saved.assessors_per_bid, saved.is_blind) == ({"lay": 1}, 5, True)


def test_the_ceilings_of_the_regime_are_shown(draft, fund_manager):
    page = signed_in(fund_manager).get("/competitions/NEW-1/setup/subsidy").content.decode()
    words = ("as they are saved", "45%", "In force from 4 January 2023. Part 2.")
    assert [word for word in words if word not in page] == []


def test_a_question_is_added_with_its_bands(draft, post):
    post("setup/questions/add", **QUESTION)
    row = Question.objects.get(slug="new")
    assert (row.bands, row.weight, row.position) == ([[9, 10, "Superb"], [1, 8, "Less"]], 2, 14)


@pytest.mark.parametrize(
    ("bands", "why"),
    [
        ("good answers", "“good answers” is no band."),
        ("9 to 11: Superb", "must lie between 0 and 10"),
        ("1 to 5: Less\n5 to 10: More", "must lie below"),
    ],
)
def test_odd_bands_are_refused_and_kept(draft, post, bands, why):
    page = post("setup/questions/add", **QUESTION | {"bands": bands})
    assert why in page
    assert bands.splitlines()[0] in page


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"cost_max_pounds": "9,999"}, "The highest cost must be at least the lowest, £10,000."),
        ({"months_min": "13"}, "The longest length must be at least the shortest, 13 months."),
        ({"categories": []}, "Choose an answer for “Categories of work”."),
        ({"collaboration": "single", "claiming_partners_min": "1"}, "Single bidders have no partners: enter 0."),
    ],
)
def test_odd_strands_are_refused(draft, post, typed, why):
    assert why in post("setup/strands/add", **STRAND | typed)
    assert Strand.objects.count() == 2


def test_a_strand_is_added_changed_and_removed(draft, post):
    post("setup/strands/add", **STRAND)
    row = Strand.objects.get(title="Studies")
    post(f"setup/strands/{row.pk}", **STRAND | {"cost_max_pounds": "60000"})
    assert Strand.objects.get(pk=row.pk).cost_max_pounds == 60_000
    assert "It is removed." in post(f"setup/strands/{row.pk}/remove")


def test_somebody_reads_what_would_be_lost_before_a_row_is_removed(draft, fund_manager):
    row = draft.questions.get(slug="need")
    path = f"/competitions/NEW-1/setup/questions/{row.pk}/remove"
    page = unescape(signed_in(fund_manager).get(path).content.decode())
    assert ("Remove this question?" in page, row.guidance in page, draft.questions.count()) == (True, True, 13)


def test_the_list_of_questions_says_how_much_each_weighs(draft, fund_manager):
    draft.questions.filter(slug="need").update(weight=2)
    page = signed_in(fund_manager).get("/competitions/NEW-1/setup/questions/list").content.decode()
    assert ("weight 2: 18.2% of the score" in page, page.count("weight 1: 9.1% of the score")) == (True, 9)


def test_the_preview_shows_every_part_of_the_form(draft, auditor):
    page = unescape(signed_in(auditor).get("/competitions/NEW-1/setup/preview").content.decode())
    parts = ("The project", "Industrial research, Experimental development", "at least 1 partner claiming grant",
             "You have 400 words remaining.", "Capital usage", "45%", "Equity investment", "No document")  # fmt: skip
    assert [part for part in parts if part not in page] == []


@pytest.mark.parametrize("part", ["basics", "dates", "who", "consortium", "subsidy", "costs", "match", "assessment",
                                  "letter", "strands/add", "questions/add", "documents/add"])  # fmt: skip
def test_hostile_values_are_refused_or_kept_as_text(draft, fund_manager, part):
    client, path = signed_in(fund_manager), f"/competitions/NEW-1/setup/{part}"
    names = re.findall(r'name="([a-z_]+)"', client.get(path).content.decode())
    for value in HOSTILE:
        answer = client.post(path, dict.fromkeys(names, value) | {"then": "later"}, follow=True)
        assert (answer.status_code, b"<script>alert" in answer.content) == (200, False)


@pytest.mark.parametrize("path", ["setup/nothing", "setup/money/list", "setup/who/list", "setup/questions/999999",
                                  "corrections/questions/nothing"])  # fmt: skip
def test_parts_and_rows_that_are_not_there_are_not_found(draft, competition, fund_manager, path):
    assert signed_in(fund_manager).get(f"/competitions/NEW-1/{path}").status_code == 404


def test_parts_of_a_published_competition_are_not_there(competition, fund_manager):
    assert signed_in(fund_manager).get("/competitions/DHTC-T-1/setup/who").status_code == 404


def test_rows_of_another_competition_are_not_found(draft, competition, fund_manager):
    other = competition.questions.first().pk
    assert signed_in(fund_manager).get(f"/competitions/NEW-1/setup/questions/{other}").status_code == 404


def test_nothing_is_put_forward_that_is_not_complete(draft, post):
    assert "Mark “Basics” as complete." in post("publish/forward")
    assert not Proposal.objects.filter(kind="competition").exists()


def test_the_second_person_reads_everything_and_publishes(draft, fund_manager, second_manager, post):
    post("setup/money", pounds="100,000", reason="The pot")
    client = signed_in(second_manager)
    money = Proposal.objects.get(kind="allocation", reference="NEW-1")
    client.post("/competitions/NEW-1/setup/money/approve", {"sha256": money.content_sha256})
    Competition.objects.update(parts_to_do=[])
    post("publish/forward")
    page = unescape(client.get("/competitions/NEW-1/publish").content.decode())
    proposal = Proposal.objects.get(kind="competition", reference="NEW-1")
    asked = [q.guidance for q in draft.questions.all()] + [q.text for q in draft.questions.all()]
    assert [text for text in [*asked, "£100,000", proposal.content_sha256] if text not in page] == []
    client.post("/competitions/NEW-1/publish", {"sha256": proposal.content_sha256})
    assert Competition.objects.get().state == "published"
    assert "Its terms are fixed" in client.get("/competitions/NEW-1/publish").content.decode()


def test_a_stale_page_publishes_nothing(draft, second_manager, fund_manager):
    assert signed_in(second_manager).post("/competitions/NEW-1/publish", {"sha256": "x"}).status_code == 302
    assert Competition.objects.get().state == "draft"


def test_an_auditor_reads_and_changes_nothing(draft, auditor):
    client = signed_in(auditor)
    assert client.get("/competitions/NEW-1/setup").status_code == 200
    paths = ("setup/who", "publish", "publish/forward", "setup/money", "setup/questions/mark")
    assert {client.post(f"/competitions/NEW-1/{path}", {"pounds": 1, "reason": "x"}).status_code for path in paths} == {
        403
    }


def test_a_correction_and_a_move_of_the_deadline(competition, post, second_manager):
    page = post("corrections/note", "DHTC-T-1", note="Charities may be <b>partners</b>.")
    assert "Charities may be <b>partners</b>." in page
    assert "500 words" in post(
        "corrections/questions/question-1", "DHTC-T-1", word_limit="500", guidance="", reason="Short."
    )
    new = {"closes_on_day": "2", "closes_on_month": "3", "closes_on_year": "2027", "closes_time": "17:00"}
    assert "Put forward another one instead" in post("deadline", "DHTC-T-1", reason="Snow.", **new)
    sha256 = Proposal.objects.get(kind="deadline").content_sha256
    signed_in(second_manager).post("/competitions/DHTC-T-1/deadline/approve", {"sha256": sha256})
    assert Competition.objects.get().closes_at.isoformat() == "2027-03-02T17:00:00+00:00"


def test_after_closing_the_outage_is_asked_for(competition, fund_manager, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: competition.closes_at + dt.timedelta(minutes=30))
    page = unescape(
        signed_in(fund_manager).post("/competitions/DHTC-T-1/deadline", {"reason": "Snow."}).content.decode()
    )
    assert "Fill in “It was away from”." in page


@pytest.mark.parametrize(
    "path",
    [
        "/competitions/NEW-1/setup/basics", "/competitions/NEW-1/setup/questions/add",
        "/competitions/DHTC-T-1/corrections/plan", "/competitions/DHTC-T-1/corrections/note",
        "/competitions/DHTC-T-1/corrections/questions/question-1", "/competitions/DHTC-T-1/answers/1/change",
    ],
)  # fmt: skip
def test_what_is_sent_with_an_old_token_stands_in_the_page_again(draft, shown_answer, fund_manager, path):
    client = signed_in(fund_manager)
    form = html.fromstring(client.get(path).content).xpath("//main//form[.//textarea]")[0]
    typed = {name: value or "" for name, value in form.fields.items()} | {"csrfmiddlewaretoken": "old"}
    typed |= dict.fromkeys(form.xpath(".//textarea/@name"), "A long text.")
    client.handler.enforce_csrf_checks = True
    client.post(path, urlencode(typed), content_type="application/x-www-form-urlencoded")
    page = unescape(client.get(path).content.decode())
    assert ("A long text." in page, "before you were signed out" in page) == (True, True)


@pytest.mark.parametrize("more", [0, 20])
def test_the_list_of_questions_asks_the_same_number_of_queries(draft, fund_manager, more, django_assert_num_queries):
    for i in range(more):
        Question.objects.create(
            competition=draft, position=100 + i, slug=f"q{i}", heading=f"Q{i}", text="?", word_limit=10
        )
    client = signed_in(fund_manager)
    with django_assert_num_queries(10):
        client.get("/competitions/NEW-1/setup/questions/list")
