"""What officials take away: every submitted answer and cost, and not a word of a draft."""

import csv
import io

import pytest
from openpyxl import load_workbook

from bids import actions
from bids.models import Bid
from tests.asking import clock, get
from tests.cast import NOW, organisation
from tests.cast_assessments import submitted_bid
from tests.cast_bids import draft, submitted

__all__ = ["clock"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TABLES = ("bids", "partners", "costs", "match")


def table(user, competition, name, **wanted) -> list[dict[str, str]]:
    """Return the rows of a CSV export by the names of its columns."""
    answer = get(user, "bids_csv", competition.reference, name, **wanted)
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode(), newline="")))


def everything(user, competition) -> str:
    """Return all that can be taken away, as one text."""
    book = b"".join(get(user, "bids_xlsx", competition.reference).streaming_content)
    sheets = [str(list(sheet.values)) for sheet in load_workbook(io.BytesIO(book))]
    return " ".join([*sheets, *(str(table(user, competition, name)) for name in TABLES)])


@pytest.fixture
def bid(competition, sme, applicant) -> Bid:
    """A bid of £60,000 with three answers."""
    return submitted(competition, sme, applicant)


def test_a_row_holds_the_bid_and_its_answers(bid, auditor):
    (row,) = table(auditor, bid.competition, "bids")
    wanted = ("bid", "version", "state", "lead", "cost_pounds", "grant_pounds", "match_pounds", "months")
    assert [row[name] for name in wanted] == [
        bid.reference, "1", "Submitted", "Breathe Example Ltd", "60000", "42000", "18000", "12",
    ]  # fmt: skip
    assert [row[name] for name in ("Project summary", "Question 1", "Question 2")] == ["Because it helps patients."] * 3


def test_costs_partners_and_match_have_rows_of_their_own(bid, auditor):
    costs, partners, match = (table(auditor, bid.competition, name) for name in ("costs", "partners", "match"))
    assert [(c["category"], c["pounds"]) for c in costs] == [("Labour", "60000.00000")]
    assert [(p["organisation"], p["percent"], p["grant_pounds"]) for p in partners] == [
        ("Breathe Example Ltd", "70.00", "42000")
    ]
    assert [(m["kind"], m["pounds"]) for m in match] == [("Own reserves", "18000")]


def test_the_workbook_has_the_same_rows(bid, auditor):
    book = b"".join(get(auditor, "bids_xlsx", bid.competition.reference).streaming_content)
    sheets = load_workbook(io.BytesIO(book))
    assert [(sheet.title, sheet.max_row) for sheet in sheets] == [
        ("Bids", 2), ("Partners", 2), ("Costs", 2), ("Match funding", 2),
    ]  # fmt: skip
    assert sheets["Bids"]["A2"].value == bid.reference


def test_nothing_of_a_draft_or_of_a_reopened_bid_leaves(bid, sme, applicant, auditor):
    secret = draft(bid.competition, sme, applicant, "Secret plan")
    actions.reopen(bid=bid, by=applicant, at=NOW)
    for at in (bid, secret):
        question = at.competition.questions.first()
        kept = at.answers.filter(question=question).first()
        version = kept.version if kept else 0
        actions.save_answer(bid=at, question=question, text="Secret words", version=version, by=applicant, at=NOW)
    Bid.objects.filter(pk=bid.pk).update(title="Secret title")
    left = everything(auditor, bid.competition)
    assert ("Secret" in left, secret.reference in left, "Because it helps patients." in left) == (False, False, True)


def test_formulas_leave_as_texts(competition, auditor):
    submitted_bid(competition, organisation(name="=HYPERLINK(1)"), title="+cmd")
    (row,) = table(auditor, competition, "bids")
    assert (row["title"], row["lead"]) == ("'+cmd", "'=HYPERLINK(1)")


def test_the_filters_of_the_list_hold_for_the_export(competition, auditor):
    for title in ("Breath", "Heart"):
        submitted_bid(competition, title=title)
    assert [row["title"] for row in table(auditor, competition, "bids", q="heart")] == ["Heart"]


def test_more_bids_than_are_read_at_once_leave_whole(competition, auditor, monkeypatch):
    monkeypatch.setattr("bids.exports.BATCH", 2)
    made = [submitted_bid(competition).reference for _ in range(5)]
    assert [row["bid"] for row in table(auditor, competition, "partners")] == made


def test_other_tables_are_not_there(bid, auditor):
    assert get(auditor, "bids_csv", bid.competition.reference, "drafts").status_code == 404


def test_applicants_take_nothing_away(bid, applicant):
    answers = [get(applicant, "bids_xlsx", bid.competition.reference), get(applicant, "bids_csv", "DHTC-T-1", "bids")]
    assert [answer.status_code for answer in answers] == [403, 403]
