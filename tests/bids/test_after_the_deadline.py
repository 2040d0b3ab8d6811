"""Once a competition has closed nothing of a bid changes, and what was typed stays on the page."""

import datetime as dt
from html import unescape

import pytest
from django.utils import timezone

from bids.models import Answer, Bid, CostLine, Document, Invitation, MatchSource, Partner
from tests.cast_bids import lead_partner
from tests.signing_in import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon", "store")]
WHY = "The competition has closed, so the bid can no longer be changed. You can copy it into another."
TYPED = "Words typed in the last minute"
DAY = {f"{name}_{part}": value for name in ("secured_on", "available_on")
       for part, value in (("day", "4"), ("month", "1"), ("year", "2027"))}  # fmt: skip
FORMS = {
    "details": {"title": TYPED, "start_on": "2027-06-01", "months": "9", "category": "feasibility"},
    "questions/{slug}": {"text": TYPED, "version": "0"},
    "questions/{slug}/save": {"text": TYPED, "version": "0"},
    "partners/{part}/costs": {"working_days": "111"},
    "partners/{part}/costs/materials/add": {"description": TYPED, "quantity": "1", "unit_pounds": "1"},
    "partners/{part}/funding": {"percent": "12", "other_public_pounds": "0"},
    "partners/{part}/match/add": DAY | {
        "kind": "equity", "funder": "Ada Angel", "chosen": "person", "amount_pounds": "1",
    },
}  # fmt: skip


def everything() -> list[object]:
    models = (Bid, Answer, Partner, CostLine, MatchSource, Document, Invitation)
    return [list(model.objects.order_by("pk").values()) for model in models]


def send(bid: Bid, user, path: str, seconds: float, monkeypatch) -> str:
    at = bid.competition.closes_at + dt.timedelta(seconds=seconds)
    monkeypatch.setattr(timezone, "now", lambda: at)
    keys = {"slug": bid.competition.questions.first().slug, "part": lead_partner(bid).pk}
    answer = signed_in(user).post(f"/bids/{bid.reference}/{path.format(**keys)}", FORMS[path], follow=True)
    return unescape(answer.content.decode())


@pytest.mark.parametrize("path", FORMS)
def test_121_seconds_after_the_deadline_nothing_changes(bid, applicant, path, monkeypatch):
    before = everything()
    page = send(bid, applicant, path, 121, monkeypatch)
    assert WHY in page
    assert everything() == before
    if TYPED in FORMS[path].values() and not path.endswith("save"):
        assert TYPED in page


def test_a_save_that_waited_with_us_is_taken(bid, applicant, monkeypatch):
    send(bid, applicant, "questions/{slug}", 0.001, monkeypatch)
    assert Answer.objects.get(bid=bid).text == TYPED


def test_the_bid_is_then_read_and_no_longer_worked_on(bid, applicant, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: bid.competition.closes_at + dt.timedelta(seconds=121))
    page = unescape(signed_in(applicant).get(f"/bids/{bid.reference}/").content.decode())
    assert "The deadline passed before it was submitted." in page
    assert "Copy into another competition" in page
    assert "Check your answers" not in page
