"""The whole bid on paper: its pages, its marks, and texts that stay texts."""

import subprocess

import page
import pytest
from django.urls import reverse

from bids import actions, printed, tasks
from bids.models import Bid
from tests.cast import NOW
from tests.object_store import store, store_of_the_session  # noqa: F401 - fixtures
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db
HOSTILE = (
    '<script>alert(1)</script> <img src="file:///etc/passwd"> <link href="http://127.0.0.1/x"> @import url(http://x)'
)


def pages(pdf: bytes) -> list[str]:
    """Return the text of each page, as a reader copies it."""
    found = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    return [" ".join(text.split()) for text in found.split("\f")[:-1]]


def read(pdf: bytes) -> str:
    return " ".join(pages(pdf))


def answered(bid: Bid, by, text: str) -> Bid:
    question = bid.competition.questions.first()
    actions.save_answer(bid=bid, question=question, text=text, version=0, by=by, at=NOW)
    return Bid.objects.get(pk=bid.pk)


def test_a_draft_is_marked_on_each_page(bid, applicant):
    texts = pages(printed.draft_pdf(answered(bid, applicant, "word " * 2_000), NOW))
    assert len(texts) > 2
    assert all("Draft" in text and "not submitted" in text for text in texts)


def test_a_version_carries_reference_version_hash_and_page_numbers(submitted_bid):
    version = submitted_bid.versions.get()
    text = read(printed.version_pdf(version))
    for fact in (
        submitted_bid.reference,
        "Version 1, received 2 February 2027, 12:00:00 GMT",
        version.sha256,
        "Page 1 of",
    ):
        assert fact in text
    assert "Draft" not in text


def test_the_same_version_makes_the_same_bytes(submitted_bid):
    version = submitted_bid.versions.get()
    assert printed.version_pdf(version) == printed.version_pdf(version)


def failures(pdf: bytes) -> list[str]:
    """Return what keeps a PDF from being PDF/UA-1."""
    return [f.message for f in page.validate_pdf_bytes(pdf, profile="ua1").failures]


@pytest.mark.parametrize("make", [printed.version_pdf, printed.receipt_pdf])
def test_the_pdf_is_accessible(submitted_bid, make):
    assert [
        f.message for f in page.validate_pdf_bytes(make(submitted_bid.versions.get()), profile="ua1").failures
    ] == []


def test_a_draft_is_accessible(bid):
    assert failures(printed.draft_pdf(bid, NOW)) == []


def test_hostile_text_stays_text_and_nothing_is_fetched(bid, applicant):
    text = read(printed.draft_pdf(answered(bid, applicant, HOSTILE), NOW))
    assert HOSTILE in text
    assert "root:" not in text


def test_what_no_font_can_draw_is_spelt_out(bid, applicant):
    assert "[U+6F22]" in read(printed.draft_pdf(answered(bid, applicant, "漢"), NOW))


def test_characters_that_hide_or_reorder_text_are_left_out(bid, applicant):
    content_page = printed.draft_pdf(answered(bid, applicant, "pay\u200b 10\u00ad0"), NOW)
    assert "pay 100" in read(content_page)


def test_the_download_is_named_after_the_bid(bid, applicant):
    answer = signed_in(applicant).get(reverse("bid_draft_paper", args=[bid.reference]))
    assert answer["Content-Disposition"] == f'attachment; filename="{bid.reference}-draft.pdf"'


def test_officials_take_the_submitted_version_away_as_the_applicants_do(submitted_bid, auditor):
    address = reverse("competition_bid_paper", args=[submitted_bid.competition.reference, submitted_bid.reference])
    answer = signed_in(auditor).get(address)
    assert answer.content == printed.version_pdf(submitted_bid.versions.get())
    assert answer["Content-Disposition"] == f'attachment; filename="{submitted_bid.reference}-version-1.pdf"'


def test_after_submission_the_pdf_is_that_of_the_version(submitted_bid, applicant):
    answer = signed_in(applicant).get(reverse("bid_draft_paper", args=[submitted_bid.reference]))
    assert answer["Location"] == reverse("bid_version_paper", args=[submitted_bid.reference, 1])


def test_a_long_bid_is_printed_by_a_worker(bid, applicant, store, monkeypatch):  # noqa: F811 - the fixture
    monkeypatch.setattr(printed, "LONGEST_AT_ONCE", 10)
    bid = answered(bid, applicant, "We count breaths.")
    path = reverse("bid_draft_paper", args=[bid.reference])
    waits = signed_in(applicant).get(path)
    assert (waits.status_code, waits["Refresh"]) == (202, f"3; url={path}?waits=1")
    tasks.print_bid(bid_id=bid.pk, number=0)
    assert f"{bid.reference}-draft.pdf" in signed_in(applicant).get(path)["Location"]
