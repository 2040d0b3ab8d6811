"""The panel of the demo: the same deeds as its chapter, on a small competition."""

from types import SimpleNamespace

import pytest

from assessments import actions
from assessments.models import Decision, PanelMeeting
from infra.demo import panels
from tests.cast_assessments import CLOSED, STAFF, assessed, assessment, submitted_bid

pytestmark = pytest.mark.django_db
__all__ = ["assessment"]


def test_the_demo_holds_a_panel_and_decides(assessment, fund_manager, second_manager):
    for points, grant in ((9, 400_000), (8, 200_000), (4, 50_000)):
        assessed(submitted_bid(assessment, grant=grant), [points, points], fund_manager)
    competition = actions.go_to_panel(competition=assessment, by=fund_manager, **STAFF)
    panels.decide(competition, SimpleNamespace(managers=[fund_manager, second_manager]), CLOSED)
    outcomes = list(Decision.objects.order_by("rank").values_list("outcome", flat=True))
    assert outcomes == ["successful", "reserve", "unsuccessful"]
    assert PanelMeeting.objects.get().state == "agreed"
