"""Documents of a submitted bid, for its assessors and for officials."""

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments import actions
from audit.models import Event
from bids import actions as bids
from bids.models import Bid, Document, MatchSource
from tests.cast import NOW
from tests.cast_assessments import CLOSED, STAFF, assessor
from tests.cast_bids import evidence, pdf, ready
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def after_the_deadline(monkeypatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: CLOSED)


@pytest.fixture
def bid(competition, sme, applicant) -> Bid:
    """A submitted bid with a clean appendix, one that was not scanned, and a bank statement."""
    bid = ready(competition, sme, applicant)
    facts = {"bid": bid, "kind": "appendix", "by": applicant, "at": NOW}
    clean = bids.attach_document(file=pdf("plan"), filename="plan.pdf", **facts)
    bids.record_scan(document=clean, clean=True, at=NOW)
    bids.attach_document(file=pdf("new"), filename="new.pdf", **facts)
    evidence(MatchSource.objects.get(), applicant)
    bids.submit(bid=bid, by=applicant, at=NOW, first_contact=NOW, key="press")
    return Bid.objects.get()


def for_assessor(seat, filename: str) -> str:
    return reverse("assessment_document", args=[seat.pk, Document.objects.get(filename=filename).pk])


def for_official(bid, filename: str) -> str:
    key = Document.objects.get(filename=filename).pk
    return reverse("competition_document", args=[bid.competition.reference, bid.reference, key])


def test_an_assessor_is_sent_to_an_appendix_and_it_is_on_the_record(seat):
    answer = signed_in(seat.assessor.user).get(for_assessor(seat, "plan.pdf"))
    assert (answer.status_code, "X-Amz-Expires=60" in answer.headers["Location"]) == (302, True)
    assert Event.objects.latest("id").verb == "document.downloaded"


def test_an_assessor_never_gets_a_bank_statement(seat):
    assert signed_in(seat.assessor.user).get(for_assessor(seat, "statement.pdf")).status_code == 404


def test_an_assessor_gets_nothing_before_accepting(bid, assessment, fund_manager):
    seat = actions.invite(bid=bid, assessor=assessor(), by=fund_manager, **STAFF)
    assert signed_in(seat.assessor.user).get(for_assessor(seat, "plan.pdf")).status_code == 404


def test_nobody_gets_a_document_by_somebody_elses_seat(seat):
    assert signed_in(assessor().user).get(for_assessor(seat, "plan.pdf")).status_code == 404


def test_what_was_not_scanned_is_not_handed_out(seat):
    answer = signed_in(seat.assessor.user).get(for_assessor(seat, "new.pdf"), follow=True)
    assert "so it cannot be opened" in answer.content.decode()


@pytest.mark.parametrize("filename", ["plan.pdf", "statement.pdf"])
def test_officials_are_sent_to_every_document(bid, filename, auditor):
    answer = signed_in(auditor).get(for_official(bid, filename))
    assert (answer.status_code, "X-Amz-Expires=60" in answer.headers["Location"]) == (302, True)


def test_applicants_have_an_address_of_their_own(bid, applicant):
    assert signed_in(applicant).get(for_official(bid, "plan.pdf")).status_code == 403


def test_the_sheet_links_to_the_appendices_only(seat):
    shown = signed_in(seat.assessor.user).get(reverse("assessment", args=[seat.pk])).content.decode()
    assert [name in shown for name in ("plan.pdf", "new.pdf", "statement.pdf")] == [True, True, False]
