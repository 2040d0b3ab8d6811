"""Versions of documents, appendices, what a competition asks for, and evidence that holds a virus."""

import io
import threading

import pytest
from django.db import IntegrityError, connection

from accounts.models import Message
from accounts.rules import Refused
from bids import actions, queries
from bids.documents import shelf
from bids.models import Document, MatchSource
from funds.models import AskedDocument, Question
from tests.bids.test_actions_documents import attach
from tests.cast import NOW
from tests.cast_bids import draft, evidence, lead_partner, pdf, pledge, ready

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]


@pytest.fixture
def draft_competition(draft_competition):
    """A competition that lets question 1 have an appendix and asks for two documents."""
    Question.objects.filter(competition=draft_competition, slug="question-1").update(takes_appendix=True)
    for position, (title, must) in enumerate({"Project plan": True, "Letters of support": False}.items(), start=1):
        AskedDocument.objects.create(competition=draft_competition, position=position, title=title, is_required=must)
    return draft_competition


@pytest.fixture
def question(competition) -> Question:
    return Question.objects.get(competition=competition, slug="question-1")


@pytest.fixture
def plan(competition) -> AskedDocument:
    return AskedDocument.objects.get(competition=competition, title="Project plan")


def replaced(document, by, text="next") -> Document:
    return actions.replace_document(document=document, file=pdf(text), filename="next.pdf", by=by, at=NOW)


def infected(source, by) -> Document:
    """Hand in evidence in which a virus is found afterwards."""
    facts = {"file": pdf("bad"), "filename": "bad.pdf", "kind": "match_evidence", "dated_on": NOW.date()}
    document = actions.attach_document(bid=source.partner.bid, source=source, by=by, at=NOW, **facts)
    actions.give_evidence(source=source, document=document, by=by, at=NOW)
    return actions.record_scan(document=document, clean=False, at=NOW)


def numbers(bid) -> list[tuple[int, bool]]:
    return [(d.number, d.deleted_at is None) for d in bid.documents.order_by("pk")]


def test_a_new_file_is_the_next_version_of_the_same_document(bid, applicant):
    first = attach(bid, applicant)
    second = replaced(first, applicant)
    assert (second.series, second.number, second.kind) == (first.series, 2, first.kind)
    assert numbers(bid) == [(1, False), (2, True)]


def test_what_is_submitted_is_the_version_that_is_in_the_bid(bid, applicant):
    second = replaced(attach(bid, applicant), applicant)
    assert [(d["id"], d["number"]) for d in queries.content_of(bid)["documents"]] == [(second.pk, 2)]


def test_one_goes_back_to_an_earlier_version(bid, applicant):
    first = attach(bid, applicant)
    replaced(first, applicant)
    actions.restore_document(document=first, by=applicant, at=NOW)
    assert numbers(bid) == [(1, True), (2, False)]


def test_after_going_back_the_numbers_go_on(bid, applicant):
    first = attach(bid, applicant)
    replaced(first, applicant)
    actions.restore_document(document=first, by=applicant, at=NOW)
    assert replaced(first, applicant, "third").number == 3


def test_a_removed_document_comes_back(bid, applicant):
    document = actions.delete_document(document=attach(bid, applicant), by=applicant, at=NOW)
    assert actions.restore_document(document=document, by=applicant, at=NOW).deleted_at is None


def test_two_versions_of_one_document_are_never_in_the_bid_together(bid, applicant):
    first = attach(bid, applicant)
    replaced(first, applicant)
    with pytest.raises(IntegrityError, match="one_version_in_the_bid"):
        Document.objects.filter(pk=first.pk).update(deleted_at=None)


@pytest.mark.parametrize("field", ["series", "number", "question", "asked"])
def test_what_a_document_is_does_not_change(bid, applicant, question, plan, field):
    document = attach(bid, applicant)
    new = {"series": "00000000-0000-0000-0000-000000000000", "number": 9, "question": question, "asked": plan}[field]
    with pytest.raises(IntegrityError, match="cannot be changed"):
        Document.objects.filter(pk=document.pk).update(**{field: new})


def test_a_second_appendix_to_a_question_is_its_next_version(bid, applicant, question):
    for text in ("one", "two"):
        attach(bid, applicant, pdf(text), kind="appendix", question=question)
    assert numbers(bid) == [(1, False), (2, True)]


def test_an_appendix_says_to_which_question(bid, applicant, question):
    attach(bid, applicant, kind="appendix", question=question)
    assert queries.content_of(bid)["documents"][0]["question"] == "question-1"


def test_an_appendix_to_a_question_is_a_pdf(bid, applicant, question):
    picture = io.BytesIO(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x08\0\0\0\x08\x08\x02\0\0\0")
    with pytest.raises(Refused, match="must be a PDF"):
        attach(bid, applicant, picture, kind="appendix", question=question)


def test_only_a_question_that_takes_an_appendix_gets_one(bid, applicant, competition):
    other = competition.questions.get(slug="question-2")
    with pytest.raises(Refused, match="“Question 2” takes no appendix"):
        attach(bid, applicant, kind="appendix", question=other)


def test_an_appendix_brought_back_takes_the_place_of_the_newer_one(bid, applicant, question):
    old = attach(bid, applicant, kind="appendix", question=question)
    actions.delete_document(document=old, by=applicant, at=NOW)
    attach(bid, applicant, pdf("other"), kind="appendix", question=question)
    actions.restore_document(document=old, by=applicant, at=NOW)
    assert numbers(bid) == [(1, True), (1, False)]


def test_a_document_that_must_be_given_stops_the_bid_until_it_is(competition, sme, applicant, plan):
    bid = ready(competition, sme, applicant)
    assert [p.sentence for p in queries.problems(bid, NOW.date())] == ["Upload “Project plan”."]
    attach(bid, applicant, kind="other", asked=plan)
    assert queries.problems(bid, NOW.date()) == []


def test_a_removed_document_that_must_be_given_is_missing_again(competition, sme, applicant, plan):
    bid = ready(competition, sme, applicant)
    document = attach(bid, applicant, kind="other", asked=plan)
    actions.delete_document(document=document, by=applicant, at=NOW)
    assert [p.section for p in queries.problems(bid, NOW.date())] == ["documents"]


def test_evidence_with_a_virus_is_taken_back_and_the_source_is_declared_again(bid, applicant):
    source = pledge(lead_partner(bid), applicant, 10)
    document = infected(source, applicant)
    actions.delete_document(document=document, by=applicant, at=NOW)
    assert MatchSource.objects.get(pk=source.pk).state == "declared"


def test_a_source_with_other_evidence_stays_evidenced(bid, applicant):
    source = pledge(lead_partner(bid), applicant, 10)
    bad = infected(source, applicant)
    evidence(source, applicant, "good")
    actions.delete_document(document=bad, by=applicant, at=NOW)
    assert MatchSource.objects.get(pk=source.pk).state == "evidenced"


def test_evidence_without_a_virus_stays_on_the_record(bid, applicant):
    document = evidence(pledge(lead_partner(bid), applicant, 10), applicant)
    for deed in (actions.delete_document, actions.restore_document):
        with pytest.raises(Refused):
            deed(document=document, by=applicant, at=NOW)


def test_infected_evidence_stops_a_bid_only_until_it_is_taken_back(competition, sme, applicant, plan):
    bid = ready(competition, sme, applicant)
    attach(bid, applicant, kind="other", asked=plan)
    document = infected(lead_partner(bid).match_sources.get(), applicant)
    assert [p.section for p in queries.problems(bid, NOW.date())] == ["match"]
    actions.delete_document(document=document, by=applicant, at=NOW)
    assert queries.problems(bid, NOW.date()) == []


def test_the_uploader_is_told_of_a_virus_once(bid, applicant):
    document = attach(bid, applicant)
    for _ in range(2):
        actions.record_scan(document=document, clean=False, at=NOW)
    assert [m.subject for m in Message.objects.filter(to=applicant)] == [
        f"A virus was found in a document of {bid.reference}"
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_documents_costs_the_same_for_one_and_three(bid, applicant, count, django_assert_num_queries):
    for i in range(count):
        replaced(attach(bid, applicant, pdf(f"file {i}")), applicant, f"next {i}")
    with django_assert_num_queries(3):
        found = shelf(bid)
    assert [len(held) for place, held in found.places if place.key == "overhead_workings"] == [count]


def test_a_bid_takes_no_more_documents_than_fit(bid, applicant, monkeypatch):
    monkeypatch.setattr("bids.actions.documents.MOST_DOCUMENTS", 1)
    attach(bid, applicant)
    with pytest.raises(Refused, match="no more fit"):
        attach(bid, applicant, pdf("second"))


@pytest.mark.django_db(transaction=True)
def test_two_uploads_of_one_appendix_that_race_become_two_versions(competition, sme, applicant):
    bid, question = draft(competition, sme, applicant), competition.questions.get(slug="question-1")
    start = threading.Barrier(2)

    def upload(text: str) -> None:
        start.wait()
        try:
            attach(bid, applicant, pdf(text), kind="appendix", question=question)
        finally:
            connection.close()

    threads = [threading.Thread(target=upload, args=[text]) for text in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers(bid) == [(1, False), (2, True)]
