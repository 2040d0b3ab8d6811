"""Questions from bidders: asked by anybody, answered to one or to all, and never with the name of who asked."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, ProgrammingError, connection, connections
from django.db.models import Max
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import Message
from accounts.rules import Refused
from accounts.states import Role
from audit.models import Event
from funds import tasks
from funds.actions import enquiries as actions
from funds.models import Enquiry, PublishedAnswer
from tests.asking import get, post, text, told
from tests.cast import NOW, organisation, person
from tests.cast_bids import draft
from tests.cast_public import FM, answered, asked
from tests.signing_in import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
REF = "DHTC-T-1"


def publish(enquiry: Enquiry, by, question: str = "May charities bid?", answer: str = "Yes.") -> PublishedAnswer:
    return actions.publish_answer(enquiry=enquiry, question=question, answer=answer, by=by, **FM)


def privately(enquiry: Enquiry, by, answer: str = "Yes, you may.") -> Enquiry:
    return actions.answer_privately(enquiry=enquiry, answer=answer, by=by, **FM)


def written(user, template: str) -> int:
    return Message.objects.filter(to=user, template=template).count()


# Asking


def test_a_question_waits_and_the_responsible_officer_is_told(competition, applicant, fund_manager):
    enquiry = asked(competition, applicant)
    assert (enquiry.state, written(fund_manager, "enquiry_asked")) == ("asked", 1)


def test_the_same_question_that_waits_is_not_asked_twice(competition, applicant):
    assert asked(competition, applicant) == asked(competition, applicant, "  May a charity be a partner?\r\n")


@pytest.mark.parametrize(
    ("words", "why"), [("", "Write the question"), ("word " * 201, "Take out 1."), (" \n ", "Write")]
)
def test_a_question_has_1_to_200_words(words, why, competition, applicant):
    with pytest.raises(Refused, match=why):
        asked(competition, applicant, words)


def test_200_words_are_taken(competition, applicant):
    assert asked(competition, applicant, "word " * 200).state == "asked"


def test_ten_questions_in_24_hours_are_enough(competition, applicant):
    for number in range(10):
        asked(competition, applicant, f"Question {number}?")
    with pytest.raises(Refused, match="10 questions in 24 hours"):
        asked(competition, applicant, "One more?")
    later = NOW + dt.timedelta(days=1)
    assert asked(competition, applicant, "One more?", at=later).state == "asked"


def test_what_cannot_be_sent_is_kept_in_the_field(competition, applicant):
    shown = html.fromstring(post(applicant, "enquiry_ask", REF, text="word " * 201).content)
    assert shown.xpath("//textarea")[0].text.strip() == ("word " * 201).strip()
    assert "Shorten the text by 1 word" in shown.text_content()


@pytest.mark.parametrize("evil", ["a\0b", "\u202eabc" + "x" * 60_000, "<script>alert(1)</script>", "word " * 50_000])
def test_odd_texts_are_kept_or_told_and_never_break_the_page(evil, competition, applicant):
    assert post(applicant, "enquiry_ask", REF, text=evil).status_code in (200, 302)


def test_people_see_their_own_questions_and_nobody_elses(competition, applicant, sme):
    asked(competition, applicant, "Mine?")
    asked(competition, person(Role.APPLICANT, sme), "Theirs?")
    shown = text(get(applicant, "my_enquiries"))
    assert ("Mine?" in shown, "Theirs?" in shown) == (True, False)


def test_officials_of_the_fund_do_not_ask(competition, fund_manager):
    assert post(fund_manager, "enquiry_ask", REF, text="Why?").status_code == 403


# Answering


def test_a_private_answer_reaches_the_person_and_nobody_else(shown_enquiry, fund_manager, applicant):
    privately(shown_enquiry, fund_manager)
    assert written(applicant, "enquiry_answered") == 1
    assert "Yes, you may." in text(get(applicant, "my_enquiries"))
    assert "Yes, you may." not in text(get(None, "competition", REF))


def test_a_published_answer_stands_on_the_page_without_who_asked(shown_enquiry, fund_manager, applicant):
    publish(shown_enquiry, fund_manager)
    shown = text(get(None, "competition", REF))
    assert ("May charities bid?" in shown, applicant.full_name in shown) == (True, False)


def test_a_published_answer_is_told_to_who_asked_and_to_everybody_with_a_bid(competition, sme, fund_manager):
    asker, bidder = (person(Role.APPLICANT, o) for o in (organisation("sme"), sme))
    draft(competition, sme, bidder)
    publish(asked(competition, asker), fund_manager)
    tasks.tell_bidders(**ProcrastinateJob.objects.filter(task_name="funds.tell_bidders").latest("id").args)
    assert [written(user, "answer_published") for user in (asker, bidder)] == [1, 1]


@pytest.mark.parametrize("part", ["ada applicant", "Breathe Example Ltd", "@example.org"])
def test_a_text_for_everybody_that_names_who_asked_is_refused(part, shown_enquiry, fund_manager, applicant):
    name = applicant.email if part.startswith("@") else part
    with pytest.raises(Refused, match="names who asked"):
        publish(shown_enquiry, fund_manager, answer=f"We told {name} so.")


def test_an_answer_can_be_published_after_it_was_given_privately(shown_enquiry, fund_manager):
    assert publish(privately(shown_enquiry, fund_manager), fund_manager).number == 1


def test_a_question_is_answered_once(shown_enquiry, fund_manager):
    publish(shown_enquiry, fund_manager)
    for deed in (publish, privately):
        with pytest.raises(Refused, match="already"):
            deed(shown_enquiry, fund_manager)


def test_only_fund_managers_answer(shown_enquiry, finance_officer, auditor):
    for user in (finance_officer, auditor):
        assert post(user, "enquiry", shown_enquiry.pk, to="privately", answer="No.").status_code == 403
        with pytest.raises(Refused, match="Only fund managers"):
            actions.answer_privately(enquiry=shown_enquiry, answer="No.", by=user, role=Role.AUDITOR, at=NOW)


def test_answers_are_numbered_within_their_competition(competition, another, fund_manager, applicant):
    other = another(2)
    made = [
        answered(c, fund_manager, applicant, f"Number {n}?") for n, c in enumerate((competition, other, competition))
    ]
    assert [answer.number for answer in made] == [1, 1, 2]


def test_the_page_asks_which_of_both_and_then_does_it(shown_enquiry, fund_manager):
    assert "Choose who reads the answer" in text(post(fund_manager, "enquiry", shown_enquiry.pk, answer="Yes."))
    done = post(fund_manager, "enquiry", shown_enquiry.pk, to="for_all", question="May charities?", answer="Yes.")
    assert (told(done), done.status_code) == (["The answer is published."], 302)


def test_who_answers_second_is_told_and_keeps_the_text(shown_enquiry, fund_manager):
    typed = {"to": "for_all", "question": "May charities?", "answer": "Yes, they may."}
    for _ in range(2):
        answer = post(fund_manager, "enquiry", shown_enquiry.pk, **typed)
    said = text(answer)
    assert ("This answer is published already" in said, "Yes, they may." in said) == (True, True)


def test_what_is_for_everybody_needs_a_question_in_our_own_words(shown_enquiry, fund_manager):
    answer = post(fund_manager, "enquiry", shown_enquiry.pk, to="for_all", question="", answer="Yes.")
    assert "Write the question as everybody will read it" in text(answer)


def test_the_record_holds_digests_and_no_words(shown_enquiry, fund_manager):
    publish(shown_enquiry, fund_manager)
    events = Event.objects.filter(verb__startswith="enquiry.")
    assert [event.verb for event in events.order_by("pk")] == ["enquiry.asked", "enquiry.published"]
    assert "harit" not in str([event.changes for event in events])


# The queue


def test_the_queue_shows_the_oldest_first_with_its_age(competition, applicant, auditor):
    asked(competition, applicant, "Older?", at=NOW - dt.timedelta(hours=20))
    asked(competition, applicant, "Newer?")
    rows = html.fromstring(get(auditor, "enquiries").content).xpath("//tbody/tr")
    assert [row.xpath("string(th/a)") for row in rows] == ["Older?", "Newer?"]
    assert "20 hours" in rows[0].text_content()


def test_the_queue_is_narrowed_by_state_and_competition(competition, applicant, fund_manager):
    answered(competition, fund_manager, applicant, "Done?")
    asked(competition, applicant, "Waits?")
    shown = [text(get(fund_manager, "enquiries", **q)) for q in ({}, {"state": "published"}, {"competition": "other"})]
    assert [("Waits?" in s, "Done?" in s) for s in shown] == [(True, False), (False, True), (False, False)]


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_ask_the_same_number_of_queries(count, competition, applicant, fund_manager):
    for number in range(count):
        answered(competition, fund_manager, applicant, f"Done {number}?")
        asked(competition, applicant, f"Waits {number}?")
    counted = []
    for user, name, query in ((applicant, "my_enquiries", {}), (fund_manager, "enquiries", {"state": "any"})):
        client = signed_in(user)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(name), query)
        counted.append(len(queries))
    assert counted == [5, 5]


# Corrections


def corrected(answer: PublishedAnswer, by, words: str = "No.") -> PublishedAnswer:
    at = NOW + dt.timedelta(days=1)
    facts = {"published": answer, "question": answer.question, "by": by, "role": Role.FUND_MANAGER, "at": at}
    return actions.correct_answer(answer=words, **facts)


def test_a_correction_says_when_it_was_changed_and_keeps_the_earlier_words(shown_answer, fund_manager):
    corrected(shown_answer, fund_manager)
    public = text(get(None, "competition_answers", REF))
    assert ("changed on 3 February 2027" in public, "Yes." in public) == (True, False)
    assert "Yes." in text(get(fund_manager, "answer_correct", REF, 1))


def test_a_correction_is_a_change_of_the_competition(shown_answer, fund_manager, competition):
    corrected(shown_answer, fund_manager)
    assert [change.what for change in competition.changes.all()] == ["The answer to question 1 was changed."]


def test_a_correction_is_told_to_everybody_with_a_bid(shown_answer, fund_manager, competition, sme, applicant):
    draft(competition, sme, applicant)
    corrected(shown_answer, fund_manager)
    tasks.tell_bidders(**ProcrastinateJob.objects.filter(task_name="funds.tell_bidders").latest("id").args)
    subjects = Message.objects.filter(to=applicant, template="answer_published").values_list("subject", flat=True)
    assert "An answer about Test round has changed" in subjects


def test_the_same_words_are_no_correction(shown_answer, fund_manager):
    assert corrected(shown_answer, fund_manager, "Yes.") == shown_answer


def test_two_corrections_of_one_version_do_not_overwrite_each_other(shown_answer, fund_manager):
    corrected(shown_answer, fund_manager)
    with pytest.raises(Refused, match="meanwhile"):
        corrected(shown_answer, fund_manager, "Perhaps.")


def test_a_stale_page_is_told_and_keeps_what_was_typed(shown_answer, fund_manager):
    corrected(shown_answer, fund_manager)
    sent = {"question": "May charities?", "answer": "Perhaps.", "version": 1}
    shown = text(post(fund_manager, "answer_correct", REF, 1, **sent))
    assert ("meanwhile" in shown, "Perhaps." in shown) == (True, True)


@pytest.mark.parametrize(
    "change", ["UPDATE funds_publishedanswer SET answer = 'x'", "DELETE FROM funds_publishedanswer"]
)
def test_the_database_changes_no_published_answer(change, shown_answer):
    with pytest.raises((IntegrityError, ProgrammingError)), connection.cursor() as cursor:
        cursor.execute(change)


@pytest.mark.parametrize(
    "change",
    ["SET text = 'x'", "SET state = 'answered'", "SET state = 'published'", "SET answered_at = now()"],
)
def test_the_database_keeps_a_question_as_it_was_asked(change, shown_enquiry):
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute(f"UPDATE funds_enquiry {change}")


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_of_two_managers_who_publish_at_once_one_does(shown_enquiry, fund_manager, second_manager):
    def attempt(user) -> str:
        try:
            publish(shown_enquiry, user)
        except Refused as refused:
            return str(refused)
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(attempt, (fund_manager, second_manager)))
    assert said == ["This answer is published already. Correct the published answer instead.", "done"]
    assert PublishedAnswer.objects.aggregate(last=Max("number"))["last"] == 1
