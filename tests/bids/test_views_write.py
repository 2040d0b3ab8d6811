"""Write a bid through the pages: nobody loses a word."""

from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from bids import actions
from bids.models import Answer, Bid
from tests.cast import NOW
from tests.cast_bids import answer_all, decided, lead_partner
from tests.signing_in import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def page_of(user: User, bid: Bid, path: str = "", **typed) -> str:
    """Return the page that a person gets; what they typed is posted."""
    client, address = signed_in(user), f"/bids/{bid.reference}/{path}"
    answer = client.post(address, typed, follow=True) if typed else client.get(address, follow=True)
    return unescape(answer.content.decode())


def question(bid: Bid, slug: str = "summary") -> str:
    return f"questions/{slug}"


def test_the_task_list_names_every_part_with_its_status(bid, applicant):
    page = page_of(applicant, bid)
    for text in ("Project details", "Project summary", "Question 2", "Money of Breathe Example Ltd", "Match funding"):
        assert text in page
    assert "1 of 8 parts are complete." in page
    assert "What is still missing: 7 points" in page


def test_a_bid_that_lacks_nothing_says_so(ready_bid, applicant):
    page = page_of(applicant, ready_bid)
    assert "8 of 8 parts are complete." in page
    assert "Nothing is missing." in page


def test_a_person_of_a_partner_changes_its_own_money_only(bid, applicant, trust, trust_person):
    part = actions.add_partner(bid=bid, organisation=trust, by=applicant, at=NOW)
    page = page_of(trust_person, bid)
    assert f'href="/bids/{bid.reference}/partners/{part.pk}/costs"' in page
    assert f'href="/bids/{bid.reference}/partners/{lead_partner(bid).pk}/costs"' not in page
    assert f'href="/bids/{bid.reference}/questions/summary"' not in page


@pytest.mark.parametrize("path", ["details", "questions/summary", "partners/add", "documents", "submit"])
def test_a_person_of_a_partner_is_told_what_is_not_theirs(bid, applicant, trust, trust_person, path):
    actions.add_partner(bid=bid, organisation=trust, by=applicant, at=NOW)
    assert "Only people of the lead organisation can change this part of the bid." in page_of(trust_person, bid, path)


def test_the_page_of_a_bid_takes_the_same_queries_however_much_is_in_it(bid, ready_bid, applicant):
    client, counts = signed_in(applicant), []
    for one in (bid, ready_bid):
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/bids/{one.reference}/")
        counts.append(len(queries))
    assert counts == [17, 17]


def test_the_details_are_saved(bid, applicant):
    typed = {"title": "A heart test", "clinical_area": "Diabetes", "start_on": "2027-06-01", "months": "9"}
    assert "The project details are saved." in page_of(applicant, bid, "details", **typed)
    saved = Bid.objects.get(pk=bid.pk)
    assert [saved.title, saved.clinical_area, str(saved.start_on), str(saved.months)] == list(typed.values())


@pytest.mark.parametrize(
    ("months", "why"),
    [
        ("0", "The project must last at least 1 month."),
        ("13", "The project must last between 1 and 12 months."),
        ("1e3", "Enter the months as a whole number, such as 12."),
        ("9" * 15, "The project cannot last that long."),
        ("٩٩", "The project must last between 1 and 12 months."),
    ],
)
def test_a_length_that_cannot_be_is_refused_and_all_that_was_typed_is_kept(bid, applicant, months, why):
    page = page_of(applicant, bid, "details", title="A heart test", start_on="2027-06-01", months=months)
    assert why in page
    assert 'href="#id_months"' in page
    assert "<title>Error: Project details" in page
    assert 'value="A heart test"' in page
    assert f'value="{months}"' in page
    assert Bid.objects.get(pk=bid.pk).title == "A breath test"


@pytest.mark.parametrize("start_on", ["2027-06-15", "2027-01-01", "1 June", "2999-01-01"])
def test_a_project_starts_on_a_month_of_the_list(bid, applicant, start_on):
    page = page_of(applicant, bid, "details", title="A heart test", start_on=start_on, months="9")
    assert "There is a problem" in page
    assert Bid.objects.get(pk=bid.pk).start_on is None


def test_an_answer_is_saved_and_marked(bid, applicant):
    page = page_of(applicant, bid, question(bid), text="We count breaths.\r\nTwice.", version=0, is_complete="on")
    assert "Your answer to “Project summary” is saved." in page
    answer = Answer.objects.get()
    assert (answer.text, answer.is_complete) == ("We count breaths.\nTwice.", True)


def test_the_next_question_follows(bid, applicant):
    typed = {"text": "Breaths.", "version": 0, "then": "next"}
    answer = signed_in(applicant).post(f"/bids/{bid.reference}/questions/summary", typed)
    assert answer.headers["Location"] == f"/bids/{bid.reference}/questions/question-1"


def test_an_answer_that_is_too_long_is_kept_whole_but_not_marked(bid, applicant):
    text = "word " * 401
    page = page_of(applicant, bid, question(bid), text=text, version=0, is_complete="on")
    assert "401 words are more than the 400 allowed. Take out 1." in page
    assert "Your text is saved, but not marked as finished." in page
    answer = Answer.objects.get()
    assert (answer.text, answer.is_complete) == (text, False)
    assert 'name="version" value="1"' in page


def test_what_is_mended_on_that_page_is_no_conflict_with_oneself(bid, applicant):
    page_of(applicant, bid, question(bid), text="word " * 401, version=0, is_complete="on")
    page_of(applicant, bid, question(bid), text="word " * 400, version=1, is_complete="on")
    assert Answer.objects.get().is_complete


def test_fifty_thousand_words_are_kept(bid, applicant):
    text = "word " * 50_000
    page_of(applicant, bid, question(bid), text=text, version=0)
    assert Answer.objects.get().text == text


@pytest.mark.parametrize("text", ["a\x00b", "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace")])
def test_odd_characters_are_refused_in_words_or_kept(bid, applicant, text):
    page = page_of(applicant, bid, question(bid), text=text, version=0)
    assert "characters that cannot be kept" in page or Answer.objects.get().text == text


def test_two_people_in_one_answer_see_both_texts(bid, applicant, sme):
    page_of(applicant, bid, question(bid), text="Theirs & more", version=0)
    page = page_of(applicant, bid, question(bid), text="Mine", version=0)
    assert "Two versions of “Project summary”" in page
    assert "Theirs & more" in page
    assert ">Mine</textarea>" in page
    assert Answer.objects.get().text == "Theirs & more"


def test_after_a_conflict_ones_own_text_can_be_saved(bid, applicant):
    page_of(applicant, bid, question(bid), text="Theirs", version=0)
    page = page_of(applicant, bid, question(bid), text="Mine", version=0)
    assert 'name="version" value="1"' in page
    page_of(applicant, bid, question(bid), text="Mine and theirs", version=1)
    assert Answer.objects.get().text == "Mine and theirs"


def test_a_version_that_is_no_number_is_refused_with_the_text_kept(bid, applicant):
    page = page_of(applicant, bid, question(bid), text="Mine", version="x")
    assert ">Mine</textarea>" in page
    assert Answer.objects.count() == 0


def test_a_question_of_another_competition_is_not_found(bid, applicant):
    assert signed_in(applicant).get(f"/bids/{bid.reference}/questions/nothing").status_code == 404


def test_who_looks_at_a_form_of_a_submitted_bid_is_told_why_it_is_closed(submitted_bid, applicant):
    assert "The bid is submitted, so it cannot be changed." in page_of(applicant, submitted_bid, "details")


def test_words_typed_while_somebody_submitted_the_bid_stay_on_the_page(submitted_bid, applicant):
    page = page_of(applicant, submitted_bid, question(submitted_bid), text="Too late", version=1)
    assert "The bid is submitted, so it cannot be changed." in page
    assert ">Too late</textarea>" in page


def test_an_ineligible_bid_says_why(submitted_bid, applicant, fund_manager):
    facts = {"bid": submitted_bid, "by": fund_manager, "role": "fund_manager", "at": NOW}
    actions.find_ineligible(reason="Out of scope.", **facts)
    actions.inform(**facts)
    assert "Out of scope." in page_of(applicant, submitted_bid)


def test_a_bid_that_won_leads_to_the_awards(submitted_bid, applicant):
    decided(submitted_bid)
    assert 'href="/awards/"' in page_of(applicant, submitted_bid).split("<main")[1]


def test_every_answer_is_read_back_with_its_words(bid, applicant):
    answer_all(bid, applicant, "Three little words")
    page = page_of(applicant, bid, "check")
    assert page.count("Three little words") == 3
    assert page.count("3 words") == 3


def test_what_people_type_never_becomes_markup(bid, applicant):
    actions.save_basics(bid=bid, title="<script>alert(1)</script>", by=applicant, at=NOW)
    answer_all(bid, applicant, "<b>bold</b>")
    for path in ("", "check", "questions/summary", "partners", "submit"):
        page = signed_in(applicant).get(f"/bids/{bid.reference}/{path}").content.decode()
        assert "<script>alert" not in page
        assert "<b>bold" not in page
