"""Begin a competition, save its parts, and keep its rows."""

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.rules import Refused
from accounts.states import Role
from audit.models import Event
from bids.models import Answer, Bid
from funds import actions, parts, queries
from funds.models import AskedDocument, Competition, Question, Stream
from funds.parts import Part
from funds.starters import STARTERS
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def who(user, competition=None) -> dict:
    return {"by": user, "role": Role.FUND_MANAGER, "at": NOW} | ({"competition": competition} if competition else {})


def begun(stream, user, code="sme_match_funded", reference="NEW-1") -> Competition:
    return actions.set_up(stream=stream, starter=STARTERS[code], reference=reference, title="New round", **who(user))


@pytest.mark.parametrize("code", STARTERS)
def test_each_template_makes_a_competition_that_lacks_only_money_and_somebodys_look(code, stream, fund_manager):
    Stream.objects.filter(pk=stream.pk).update(code=code)
    competition = begun(stream, fund_manager, code)
    wrong = {part for part, texts in parts.problems(queries.set_up_of(competition), NOW).items() if texts}
    assert (wrong, competition.parts_to_do) == ({Part.MONEY}, list(parts.MARKED))


@pytest.mark.parametrize("starter", STARTERS.values())
def test_templates_have_unique_questions_with_guidance(starter):
    assert len({q["slug"] for q in starter.questions}) == len({q["heading"] for q in starter.questions})
    assert all(q["guidance"] and bool(q["bands"]) == q["is_scored"] for q in starter.questions)


@pytest.mark.parametrize("reference", ["a", "dhtc-1", "X" * 31, "DHTC/1", "DHTC 1", "-A-", "ＤＨＴＣ", "A\x00B", ""])
def test_an_odd_reference_is_refused(stream, fund_manager, reference):
    with pytest.raises(Refused, match="A reference has"):
        begun(stream, fund_manager, reference=reference)


def test_a_reference_is_given_once(stream, fund_manager):
    begun(stream, fund_manager)
    with pytest.raises(Refused, match="There is a competition NEW-1 already"):
        begun(stream, fund_manager)


def test_a_copy_has_everything_but_dates_money_state_and_reference(competition, stream, fund_manager):
    starter = actions.starter_of(competition)
    copy = actions.set_up(stream=stream, starter=starter, reference="COPY-1", title="Copy", **who(fund_manager))
    other = {"reference", "title", "pot_id", "pot_pence", "opens_at", "closes_at", "responsible_officer_id"}
    rows = ("strands", "questions", "asked_documents")
    kept, made = queries.content_of(competition), queries.content_of(copy)
    assert {k for k in kept if k not in rows and kept[k] != made[k]} <= other
    for name in rows:
        assert [_without_keys(row) for row in kept[name]] == [_without_keys(row) for row in made[name]]
    assert (copy.state, copy.pot.cap_pence) == ("draft", 0)


def _without_keys(row: dict) -> dict:
    return {k: v for k, v in row.items() if k not in ("id", "competition_id")}


def test_a_part_is_saved_and_marked(stream, fund_manager):
    competition = begun(stream, fund_manager)
    fields = {"lead_kinds": ["university"], "partner_kinds": ["sme"]}
    actions.save_part(part=Part.WHO, fields=fields, is_complete=True, **who(fund_manager, competition))
    saved = Competition.objects.get(pk=competition.pk)
    assert (saved.lead_kinds, saved.partner_kinds, Part.WHO in saved.parts_to_do) == (["university"], ["sme"], False)


def test_a_part_with_something_wrong_is_not_marked_and_not_saved(stream, fund_manager):
    competition = begun(stream, fund_manager)
    fields = {"lead_kinds": [], "partner_kinds": []}
    with pytest.raises(Refused, match="Choose who may lead a bid"):
        actions.save_part(part=Part.WHO, fields=fields, is_complete=True, **who(fund_manager, competition))
    assert Competition.objects.get(pk=competition.pk).lead_kinds == ["sme"]


def test_an_unfinished_part_is_saved_for_later(stream, fund_manager):
    competition = begun(stream, fund_manager)
    fields = {"lead_kinds": [], "partner_kinds": []}
    actions.save_part(part=Part.WHO, fields=fields, is_complete=False, **who(fund_manager, competition))
    assert Competition.objects.get(pk=competition.pk).lead_kinds == []


def test_the_record_keeps_digests_of_texts(stream, fund_manager):
    competition = begun(stream, fund_manager)
    fields = {"letter_conditions": ["A secret condition"], "months_per_claim": 6}
    actions.save_part(part=Part.LETTER, fields=fields, is_complete=True, **who(fund_manager, competition))
    event = Event.objects.filter(verb="competition.part_saved").get()
    assert "secret" not in str(event.changes)
    assert event.changes["months_per_claim"] == [3, 6]


def test_only_fund_managers_set_up(stream, finance_officer):
    with pytest.raises(Refused, match="Your role"):
        actions.set_up(
            stream=stream, starter=STARTERS["testbed"], reference="T-10", title="T", by=finance_officer,
            role=Role.FINANCE_OFFICER, at=NOW,
        )  # fmt: skip


def test_rows_are_added_at_the_end_under_a_name_of_their_own(draft_competition, fund_manager):
    asked = {"heading": "Question 1", "text": "Again?", "guidance": "", "word_limit": 100, "takes_appendix": False,
             "is_scored": True, "weight": 2, "bands": []}  # fmt: skip
    row = actions.save_row(part=Part.QUESTIONS, key=None, fields=asked, **who(fund_manager, draft_competition))
    assert (row.slug, row.position, row.weight) == ("question-1-2", 4, 2)


def test_a_question_moves_up_and_stays_at_the_top(draft_competition, fund_manager):
    last = draft_competition.questions.get(slug="question-2")
    for _ in range(4):
        actions.move_row(part=Part.QUESTIONS, key=last.pk, is_up=True, **who(fund_manager, draft_competition))
    slugs = list(draft_competition.questions.order_by("position").values_list("slug", flat=True))
    assert slugs == ["question-2", "summary", "question-1"]


@pytest.fixture
def complete(draft_competition):
    """A draft all of whose parts are marked as complete, and its first question."""
    Competition.objects.update(parts_to_do=[])
    return Competition.objects.get(), draft_competition.questions.first()


@pytest.mark.parametrize("deed", ["save", "add", "remove", "move"])
def test_a_part_whose_rows_change_is_to_be_marked_again(deed, complete, fund_manager):
    competition, row = complete
    facts = {"part": Part.QUESTIONS, **who(fund_manager, competition)}
    asked = {"heading": "New", "text": "What?", "word_limit": 100}
    if deed in ("save", "add"):
        actions.save_row(key=row.pk if deed == "save" else None, fields=asked, **facts)
    elif deed == "remove":
        actions.remove_row(key=row.pk, **facts)
    else:
        actions.move_row(key=row.pk, is_up=False, **facts)
    assert Competition.objects.get().parts_to_do == ["questions"]


def test_a_row_saved_as_it_was_stays_complete_and_leaves_no_trace(complete, fund_manager):
    competition, row = complete
    actions.save_row(part=Part.QUESTIONS, key=row.pk, fields={"text": row.text}, **who(fund_manager, competition))
    assert Competition.objects.get().parts_to_do == []
    assert not Event.objects.filter(verb="competition.row_saved").exists()


def test_a_row_of_another_competition_is_not_there(draft_competition, stream, fund_manager):
    other = begun(stream, fund_manager)
    with pytest.raises(Refused, match="removed this already"):
        actions.remove_row(part=Part.QUESTIONS, key=other.questions.first().pk, **who(fund_manager, draft_competition))


def test_two_documents_of_one_title_are_refused(draft_competition, fund_manager):
    facts = {"part": Part.DOCUMENTS, "key": None, "fields": {"title": "Letter", "guidance": "", "is_required": True}}
    actions.save_row(**facts, **who(fund_manager, draft_competition))
    with pytest.raises(Refused, match="has this title already"):
        actions.save_row(**facts, **who(fund_manager, draft_competition))
    assert AskedDocument.objects.count() == 1


def test_a_question_that_imported_bids_answer_stays(bid_with_answer, draft_competition, fund_manager):
    with pytest.raises(Refused, match="Bids stand on this"):
        actions.remove_row(part=Part.QUESTIONS, key=bid_with_answer.question_id, **who(fund_manager, draft_competition))


@pytest.fixture
def bid_with_answer(draft_competition, sme, applicant):
    """An answer to the first question of a draft, as the import of bids makes it."""
    bid = Bid.objects.create(
        reference="B900001", competition=draft_competition, strand=draft_competition.strands.get(), lead=sme,
        created_by=applicant, created_at=NOW, category="feasibility", title="Imported",
    )  # fmt: skip
    return Answer.objects.create(
        bid=bid, question=draft_competition.questions.first(), text="Yes.", saved_by=applicant, saved_at=NOW
    )


def test_nothing_is_set_up_once_it_is_published(competition, fund_manager):
    facts = who(fund_manager, competition)
    question = competition.questions.first()
    for deed in (
        lambda: actions.save_part(part=Part.WHO, fields={}, is_complete=False, **facts),
        lambda: actions.mark_part(part=Part.WHO, is_complete=False, **facts),
        lambda: actions.save_row(part=Part.QUESTIONS, key=question.pk, fields={"weight": 9}, **facts),
        lambda: actions.remove_row(part=Part.QUESTIONS, key=question.pk, **facts),
        lambda: actions.move_row(part=Part.QUESTIONS, key=question.pk, is_up=False, **facts),
    ):
        with pytest.raises(Refused, match="its terms are fixed"):
            deed()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE funds_competition SET title = 'Other'",
        "UPDATE funds_competition SET opens_at = opens_at - interval '1 day'",
        "UPDATE funds_competition SET quality_threshold = 10",
        "UPDATE funds_competition SET lead_kinds = '{}'",
        "UPDATE funds_competition SET match_kinds = '{}'",
        "UPDATE funds_strand SET cost_max_pounds = 999999",
        "UPDATE funds_question SET weight = 9",
        "UPDATE funds_question SET word_limit = 1",
        "UPDATE funds_question SET text = 'Other'",
        "DELETE FROM funds_question",
        "DELETE FROM funds_competition",
    ],
)
def test_the_database_keeps_what_was_published(competition, sql):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert Question.objects.filter(weight=1).count() == 3
