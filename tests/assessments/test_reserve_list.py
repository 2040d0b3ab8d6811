"""Money that is free again is offered to the bids in reserve, and every fund manager is told."""

import pytest

from accounts.models import Message
from assessments import actions, queries, tasks
from assessments.actions.reserve_list import offer_to_reserve
from funds import approvals
from tests.cast_assessments import CLOSED, STAFF, assessed, submitted_bid
from tests.cast_panel import minuted

pytestmark = pytest.mark.django_db


@pytest.fixture
def decided(assessment, fund_manager, second_manager):
    """Return a function that lets a panel with £500,000 decide on £200,000 at 90 % and £`second` at 80 %."""

    def decide(second: int, outcome: str = "reserve"):
        for points, grant in ((9, 200_000), (8, second)):
            assessed(submitted_bid(assessment, grant=grant), [points, points], fund_manager)
        panel = actions.go_to_panel(competition=assessment, by=fund_manager, **STAFF)
        first, other = (row.reference for row in queries.ranked(panel))
        reason = "Too late for this call."
        minuted(panel, {first: "successful", other: outcome}, {other: reason})
        actions.propose_decision(competition=panel, by=fund_manager, **STAFF)
        actions.approve_decision(competition=panel, by=second_manager, **STAFF)
        return type(panel).objects.get(pk=panel.pk)

    return decide


def offer(competition, by):
    facts = {"reference": "MFA-000001-U1", "pence": 5_000_000, "by": by, "at": CLOSED}
    return offer_to_reserve(competition=competition, **facts)


def told() -> dict[str, str]:
    return {m.address: m.body for m in Message.objects.filter(template="reserve_offered")}


def test_the_next_bid_in_reserve_is_put_forward_for_a_second_person(decided, fund_manager, second_manager):
    panel = decided(200_000)
    made = offer(panel, second_manager)
    (reference,) = made.content["bids"]
    (decision,) = actions.approve_decision(competition=panel, by=fund_manager, **STAFF)
    assert (decision.bid.reference, decision.outcome, made.by) == (reference, "successful", second_manager)


def test_every_fund_manager_is_told_which_bid(decided, fund_manager, second_manager):
    made = offer(decided(200_000), second_manager)
    assert {fund_manager.email, second_manager.email} <= set(told())
    assert all("".join(made.content["bids"]) in body for body in told().values())


def test_what_does_not_fit_is_said(decided, second_manager):
    assert offer(decided(400_000), second_manager) is None
    assert "£300,000 is left, which funds no bid in reserve" in told()[second_manager.email]


def test_a_decision_that_waits_is_not_replaced(decided, fund_manager, second_manager):
    panel = decided(200_000)
    waiting = actions.promote_reserve(competition=panel, by=fund_manager, **STAFF)
    assert offer(panel, second_manager) is None
    assert approvals.newest("decision", panel.reference) == waiting


def test_the_job_offers_once(decided, second_manager):
    panel = decided(200_000)
    for _ in range(2):
        tasks.offer_to_reserve(panel.pk, "MFA-000001-U1", 5_000_000, second_manager.pk)
    assert Message.objects.filter(template="reserve_offered", to=second_manager).count() == 1


def test_nobody_is_named_as_the_maker_who_is_no_fund_manager(decided, finance_officer, second_manager):
    assert offer(decided(200_000), finance_officer) is None
    assert "is no fund manager" in told()[second_manager.email]
