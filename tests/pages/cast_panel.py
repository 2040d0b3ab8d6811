"""A panel that meets, and a complaint after its decision, for the pages."""

import datetime as dt

import pytest

from assessments import actions
from assessments.models import Complaint, PanelMeeting
from tests.cast_assessments import STAFF
from tests.cast_panel import decided, opened


@pytest.fixture
def shown_meeting(shown_panel, fund_manager) -> PanelMeeting:
    """The panel of the assessed bid, open on its sheet, chaired by the fund manager of the cast."""
    return opened(shown_panel, fund_manager)


@pytest.fixture
def shown_complaint(shown_panel, fund_manager, second_manager, applicant) -> Complaint:
    """A complaint of that bid's applicant after the decision."""
    bid = shown_panel.bids.get()
    decided(shown_panel, {bid.reference: "successful"}, fund_manager, second_manager)
    until = STAFF["at"].date() + dt.timedelta(days=20)
    facts = {"outliers": "There were none.", "complaints_until": until, "by": fund_manager, **STAFF}
    actions.release_feedback(competition=shown_panel, **facts)
    return actions.complain(bid=bid, text="Nobody read the appendix.", by=applicant, at=STAFF["at"])
