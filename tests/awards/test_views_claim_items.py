"""The pages on which a claim is written: items, match funding, files, a spreadsheet; and where it is questioned."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from awards import actions
from awards.models import Claim, ClaimDocument
from awards.states import ClaimState
from bids.models import MatchSource
from tests.asking import get, post, queries_of, text, told
from tests.cast_awards import QUARTER_OVER, draft_claim, line

pytestmark = pytest.mark.django_db
ITEM = {
    "category": "labour", "description": "Engineers", "invoice_number": "PAY-4", "supplier": "Payroll Ltd",
    "incurred_on_day": "30", "incurred_on_month": "4", "incurred_on_year": "2027", "pence": "£10,000.50",
    "no_evidence_reason": "Kept by the accountant",
}  # fmt: skip
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def in_june(clock) -> None:
    clock(QUARTER_OVER)


@pytest.fixture
def draft(live_award, people) -> Claim:
    return draft_claim(live_award, people)


def now(claim: Claim) -> Claim:
    return Claim.objects.get(pk=claim.pk)


def pdf(name: str = "invoice.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, "application/pdf")


def mark(page: str) -> str:
    return page.split('name="was" value="')[1].split('"')[0]


def test_an_item_is_added_with_its_evidence(draft, people):
    answer = post(people.applicant, "claim_item_add", draft.reference, **ITEM, file=pdf())
    assert answer.headers["Location"] == f"/claims/{draft.reference}/edit"
    item = draft.lines.get(description="Engineers")
    assert (item.pence, item.supplier, item.evidence.get().document.filename) == (
        1_000_050,
        "Payroll Ltd",
        "invoice.pdf",
    )
    assert now(draft).eligible_pence == 2_000_050


@pytest.mark.parametrize(
    ("field", "typed", "problem"),
    [
        ("pence", "ten", "Enter a sum in pounds and pence, such as 1,234.50."),
        ("pence", "NaN", "Enter a sum in pounds and pence, such as 1,234.50."),
        ("pence", "-1", "Enter a sum of £0.01 or more."),
        ("incurred_on_day", "31", "There is no such day."),
        ("description", "", "Fill in “What was bought, or who was paid”."),
        ("category", "bribes", "Select a valid choice."),
    ],
)
def test_what_is_wrong_is_told_and_nothing_typed_is_lost(field, typed, problem, draft, people):
    answer = post(people.applicant, "claim_item_add", draft.reference, **ITEM | {field: typed})
    assert problem in text(answer)
    assert 'value="PAY-4"' in answer.content.decode()
    assert draft.lines.count() == 1


def test_a_file_that_is_not_taken_leaves_nothing_behind(draft, people):
    bad = SimpleUploadedFile("a.pdf", b"MZ not a document", "application/pdf")
    answer = post(people.applicant, "claim_item_add", draft.reference, **ITEM, file=bad)
    assert "Give a PDF" in text(answer)
    assert (draft.lines.count(), ClaimDocument.objects.count()) == (1, 0)


def test_an_item_that_a_colleague_changed_is_not_written_over(draft, people):
    item = draft.lines.get()
    was = mark(get(people.applicant, "claim_item", draft.reference, item.pk).content.decode())
    post(people.applicant, "claim_item", draft.reference, item.pk, **ITEM, was=was)
    answer = post(people.applicant, "claim_item", draft.reference, item.pk, **ITEM | {"pence": "1"}, was=was)
    assert "Somebody has changed or removed this item meanwhile." in text(answer)
    assert draft.lines.get().pence == 1_000_050


def test_an_item_is_copied_and_removed(draft, people):
    item = draft.lines.get()
    page = get(people.applicant, "claim_item_add", draft.reference, copy=item.pk).content.decode()
    assert 'value="Engineers in April"' in page
    was = mark(get(people.applicant, "claim_edit", draft.reference).content.decode())
    assert told(post(people.applicant, "claim_item_remove", draft.reference, item.pk, was=was)) == [
        "The item is removed."
    ]
    assert (draft.lines.count(), now(draft).eligible_pence) == (0, 0)


def test_what_an_item_would_bring_is_told_while_it_is_typed(draft, people):
    page = text(post(people.applicant, "claim_item_try", draft.reference, category="labour", pence="100"))
    assert "comes to £10,100 of spend: grant £7,070, match funding £3,030. £29,900 of labour would be left." in page
    assert "more labour" in text(
        post(people.applicant, "claim_item_try", draft.reference, category="labour", pence="9e4")
    )


def test_match_funding_comes_from_one_s_own_sources(draft, people):
    source = MatchSource.objects.get()
    entry = {key: value for key, value in ITEM.items() if key not in ("incurred_on_day", "incurred_on_month")}
    entry |= {"source": source.pk, "spent_on_day": "1", "spent_on_month": "5", "spent_on_year": "2027", "pence": "12"}
    post(people.applicant, "claim_match_add", draft.reference, **entry)
    assert now(draft).match_pence == 301_200
    answer = post(people.applicant, "claim_match_add", draft.reference, **entry | {"source": 0})
    assert "Select a valid choice." in text(answer)


def test_a_file_is_replaced_and_removed(draft, people):
    post(people.applicant, "claim_item_add", draft.reference, **ITEM, file=pdf())
    first = ClaimDocument.objects.get()
    post(people.applicant, "claim_document_replace", draft.reference, first.pk, file=pdf("better.pdf"))
    second = ClaimDocument.objects.get(deleted_at=None)
    assert (second.number, second.proves.get().line.description) == (2, "Engineers")
    post(people.applicant, "claim_document_remove", draft.reference, second.pk)
    assert (ClaimDocument.objects.filter(deleted_at=None).count(), second.proves.count()) == (0, 0)


def test_a_sheet_is_read_through_before_it_is_taken_over(draft, people):
    content = "Category,Description,Date incurred,Cost (£),Supplier\nLabour,Tester,27/03/2027,12.50,A Ltd\n"
    sheet = SimpleUploadedFile("items.csv", content.encode(), "text/csv")
    page = post(people.applicant, "claim_import", draft.reference, file=sheet).content.decode()
    sealed = page.split('name="sheet" value="')[1].split('"')[0]
    assert draft.lines.count() == 1
    post(people.applicant, "claim_import_confirm", draft.reference, sheet=sealed, how="replace")
    assert list(draft.lines.values_list("description", "pence", "incurred_on")) == [
        ("Tester", 1_250, dt.date(2027, 3, 27))
    ]


def test_a_sheet_with_errors_tells_them_row_by_row(draft, people):
    content = "Category,Description,Date incurred,Cost (£)\nLabour,A,27/03/2027,12\nBribes,B,yesterday,much\n"
    sheet = SimpleUploadedFile("items.csv", content.encode(), "text/csv")
    page = text(post(people.applicant, "claim_import", draft.reference, file=sheet))
    assert "3 errors in items.csv" in page
    assert "3 Date incurred Enter a date such as 27/03/2027." in page


def test_a_sheet_of_another_claim_is_not_taken_over(draft, people):
    answer = post(people.applicant, "claim_import_confirm", draft.reference, sheet="x:y:z", how="add")
    assert told(answer) == ["This sheet was read too long ago or not whole. Upload it again."]


def test_nothing_spent_is_declared_and_noted(live_award, people):
    empty = actions.start_claim(
        award=live_award, organisation=live_award.bid.lead, number=1, by=people.applicant, at=QUARTER_OVER
    )
    assert "Nothing was spent on this project" in text(get(people.applicant, "claim_submit", empty.reference))
    post(people.applicant, "claim_submit", empty.reference, is_declared="on")
    seen = {"sha256": now(empty).content_sha256}
    post(people.monitoring_officer, "claim_review", empty.reference, **seen)
    assert (now(empty).state, now(empty).is_nil) == (ClaimState.NIL, True)


def test_a_question_is_asked_answered_and_settled_on_the_pages(claim, people):
    item = claim.lines.get()
    post(people.monitoring_officer, "claim_query", claim.reference, reason="Look.", **{f"item_{item.pk}": "Who?"})
    query = claim.queries.get()
    assert "Who?" in text(get(people.applicant, "claim_answer", claim.reference, query.pk))
    post(people.applicant, "claim_answer", claim.reference, query.pk, text="Ann.")
    post(people.applicant, "claim_submit", claim.reference, is_declared="on")
    page = text(get(people.monitoring_officer, "claim", claim.reference))
    assert "Answered" in page
    assert "Ann." in page
    post(people.monitoring_officer, "claim_settle", claim.reference, query.pk)
    assert claim.queries.get().state == "settled"


def test_a_part_is_disallowed_on_a_page(claim, people):
    item = claim.lines.get()
    post(
        people.monitoring_officer, "claim_disallow", claim.reference, item.pk, pence="1000", reason="Not of this work."
    )
    assert (now(claim).eligible_pence, now(claim).grant_pence) == (900_000, 630_000)
    assert "£1,000 disallowed: Not of this work." in text(get(people.applicant, "claim", claim.reference))


def test_the_copy_is_the_same_bytes_each_time(claim, people):
    first, second = (get(people.applicant, "claim_copy", claim.reference).content for _ in range(2))
    assert (first[:5], first) == (b"%PDF-", second)


def test_the_items_cost_the_same_with_one_and_three(draft, people):
    one = queries_of(people.applicant, "claim_edit", draft.reference)
    lines = [line(pence=pence, invoice_number=f"A{pence}") for pence in (100, 200, 300)]
    actions.set_claim_lines(claim=draft, lines=lines, match_pence=180, by=people.applicant, at=QUARTER_OVER)
    assert queries_of(people.applicant, "claim_edit", draft.reference) == one


@pytest.mark.parametrize("page", ["claim_item_add", "claim_match_add"])
def test_what_is_sent_with_a_file_after_the_session_has_ended_comes_back_without_the_file(page, draft, people):
    address = reverse(page, args=[draft.reference])
    shown = get(people.applicant, page, draft.reference).content.decode()
    writer = shown.split('name="writer" value="')[1].split('"')[0]
    lost = Client()
    lost.post(address, ITEM | {"writer": writer, "description": "Nearly lost", "file": pdf()})
    lost.force_login(people.applicant)
    assert 'value="Nearly lost"' in lost.get(address).content.decode()
