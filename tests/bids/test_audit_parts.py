"""What the auditor's pack says about bids."""

import pytest

from accounts.states import Role
from audit.models import Event
from bids import actions
from bids.audit_parts import parts
from bids.match_checks import codes
from bids.models import Document, MatchSource
from tests.cast import NOW
from tests.cast_bids import evidence

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]


def pack() -> dict[str, list[dict]]:
    return {name: list(rows) for name, rows in parts()}


def test_a_version_carries_the_hash_of_its_event(submitted_bid):
    (row,) = pack()["bid_versions.jsonl"]
    assert row["sha256"] == Event.objects.get(verb="bid.submitted").changes["sha256"]
    assert (row["bid"], row["number"], row["at"]) == (submitted_bid.reference, 1, NOW)


def test_a_decision_on_match_funding_names_the_officer_and_the_files(submitted_bid, applicant, finance_officer):
    source = MatchSource.objects.get()
    assert pack()["match_verifications.jsonl"] == []
    evidence(source, applicant)
    evidence(source, applicant, "more")
    actions.verify_match(
        source=source, pounds=17_000, checks=codes(source.kind), by=finance_officer, role=Role.FINANCE_OFFICER, at=NOW
    )
    (row,) = pack()["match_verifications.jsonl"]
    assert (row["pounds"], row["by_id"], row["outcome"], row["number"]) == (17_000, finance_officer.pk, "verified", 1)
    assert row["evidence"] == list(Document.objects.order_by("id").values_list("sha256", flat=True))
