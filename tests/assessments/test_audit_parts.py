"""What the auditor's pack says about an assessment."""

from decimal import Decimal

import pytest

from assessments import actions
from assessments.audit_parts import parts
from audit.models import Event
from audit.record import digest
from tests.cast import NOW
from tests.cast_assessments import CLOSED, STAFF, assessed, assessor
from tests.cast_panel import decided

pytestmark = pytest.mark.django_db


@pytest.fixture
def pack(bid, assessment, fund_manager, second_manager) -> dict[str, list[dict]]:
    """The parts after a decision on one bid, scored 90 %."""
    who = assessor()
    facts = {"kind": "employer", "organisation": bid.lead, "by": who.user, "at": NOW}
    actions.declare_interest(assessor=who, **facts)
    assessed(bid, [9, 9], fund_manager)
    competition = actions.go_to_panel(competition=assessment, by=fund_manager, **STAFF)
    decided(competition, {bid.reference: "successful"}, fund_manager, second_manager)
    return {name: list(rows) for name, rows in parts()}


def test_each_part_has_a_row_per_fact(pack):
    assert {name: len(rows) for name, rows in pack.items()} == {
        "interests.jsonl": 1, "declarations.jsonl": 2, "agreements.jsonl": 2, "blocks.jsonl": 1,
        "conflict_decisions.jsonl": 0, "seats.jsonl": 1, "scores.jsonl": 2, "decisions.jsonl": 1,
        "handed_in.jsonl": 1, "discussions.jsonl": 0, "remarks.jsonl": 0, "interviews.jsonl": 0,
        "interview_scores.jsonl": 0, "frozen_sheets.jsonl": 1, "panel_meetings.jsonl": 1, "panel_members.jsonl": 2,
        "panel_conflicts.jsonl": 0, "panel_items.jsonl": 1, "panel_votes.jsonl": 0, "feedback_releases.jsonl": 0,
    }  # fmt: skip


def test_sheets_minutes_and_papers_are_named_by_the_hashes_of_their_events(pack):
    def named(verb: str, key: str) -> str:
        return Event.objects.get(verb=verb).changes[key]

    [meeting], [frozen], [kept] = (pack[f"{name}.jsonl"] for name in ("panel_meetings", "frozen_sheets", "handed_in"))
    assert meeting["minutes_sha256"] == named("panel.minutes_agreed", "sha256")
    assert meeting["sheet_sha256"] == frozen["sha256"] == named("competition.at_panel", "sheet_sha256")
    assert (frozen["sha256"], kept["sha256"]) == (digest(frozen["lines"]), named("assessment.submitted", "sha256"))


def test_a_score_carries_the_same_hash_as_its_event(pack):
    event = Event.objects.filter(verb="score.saved").order_by("id")[0]
    score = pack["scores.jsonl"][0]
    assert event.changes["reason_sha256"][1] == score["reason_sha256"]
    assert (score["question"], score["points"], score["state"], score["submitted_at"]) == (
        "question-1", 9, "submitted", CLOSED,
    )  # fmt: skip


def test_a_decision_names_its_proposal_by_hash(pack, bid, fund_manager):
    decision = pack["decisions.jsonl"][0]
    approved = Event.objects.get(verb="decision.approved").changes["sha256"]
    assert (decision["bid"], decision["sha256"], decision["proposed_by_id"]) == (
        bid.reference,
        approved,
        fund_manager.pk,
    )
    assert (decision["outcome"], decision["score"]) == ("successful", Decimal("90.0"))


def test_no_part_names_a_person_or_quotes_one(pack, bid):
    assert "Because." not in str(pack)
    assert "@example.org" not in str(pack)
    assert bid.created_by.full_name not in str(pack)
