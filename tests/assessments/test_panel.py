"""From the close of bids to the panel's decision."""

from decimal import Decimal

import pytest

from assessments import actions, queries
from tests.cast_assessments import STAFF, assessed

pytestmark = pytest.mark.django_db


def test_a_whole_competition_is_decided_by_two_people(bid, assessment, fund_manager, second_manager):
    assessed(bid, [9, 8], fund_manager)
    assessed(bid, [7, 7], fund_manager)
    competition = actions.go_to_panel(competition=assessment, by=fund_manager, **STAFF)
    sheet = queries.ranked(competition)
    assert [(r.rank, r.counted, r.score, r.spread, r.grant_pounds) for r in sheet] == [
        (1, 2, Decimal("77.5"), Decimal("15.0"), 42_000)
    ]
    actions.propose_decision(competition=competition, outcomes={bid.reference: "successful"}, by=fund_manager, **STAFF)
    (decision,) = actions.approve_decision(competition=competition, by=second_manager, **STAFF)
    assert (decision.outcome, decision.score) == ("successful", Decimal("77.5"))
    assert type(bid).objects.get(pk=bid.pk).state == "successful"
