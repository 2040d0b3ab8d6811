"""A bid that is being assessed, and the same bid before the panel, for the pages."""

import pytest

from accounts.models import Organisation
from accounts.states import Role
from assessments import actions, agreement
from assessments.actions.discussions import open_discussion
from assessments.models import AllocationRun, Assessor, Seat
from assessments.question import Terms
from bids.models import Bid
from funds.models import Competition
from tests.cast import NOW, person
from tests.cast_assessments import CLOSED, STAFF, assessed, write
from tests.cast_bids import submitted


@pytest.fixture
def asa(network: Organisation) -> Assessor:
    """The assessor of the access table."""
    user = person(Role.ASSESSOR, network, "Asa Assessor")
    made = actions.register_assessor(user=user, network=network, types=["clinical"], capacity=8, by=None, at=NOW)
    actions.agree(assessor=made, read_sha256=agreement.SHA256, by=user, at=NOW)
    actions.declare_for_the_year(assessor=made, by=user, at=NOW)
    return made


@pytest.fixture
def shown_invitation(competition, sme, applicant, asa, fund_manager) -> Seat:
    """Asa's invitation to assess a bid, which another assessor has assessed already."""
    bid = submitted(competition, sme, applicant)
    actions.begin_assessment(competition=competition, by=fund_manager, **STAFF)
    assessed(bid, [9, 7], fund_manager)
    return actions.invite(bid=bid, assessor=asa, by=fund_manager, **STAFF)


@pytest.fixture
def shown_seat(shown_invitation, asa) -> Seat:
    """Asa's accepted seat, with one question scored."""
    seat = actions.accept(seat=shown_invitation, by=asa.user, at=CLOSED)
    question = seat.bid.competition.questions.filter(is_scored=True).first()
    actions.save_score(seat=seat, question=question, points=8, reason="Convincing.", by=asa.user, at=CLOSED)
    return seat


@pytest.fixture
def shown_talk(shown_seat, asa, fund_manager) -> Seat:
    """Asa's seat, handed in, of a bid that is discussed."""
    write(shown_seat, [2, 2])
    actions.submit_assessment(seat=shown_seat, by=asa.user, at=CLOSED)
    open_discussion(bid=shown_seat.bid, reason="They are far apart.", by=fund_manager, **STAFF)
    return shown_seat


@pytest.fixture
def shown_bid(shown_seat) -> Bid:
    """The bid of that seat."""
    return Bid.objects.get(pk=shown_seat.bid_id)


@pytest.fixture
def shown_panel(shown_seat, fund_manager) -> Competition:
    """The competition of that bid, at the panel."""
    return actions.go_to_panel(competition=shown_seat.bid.competition, by=fund_manager, **STAFF)


@pytest.fixture
def shown_run(shown_seat, fund_manager) -> AllocationRun:
    """A run over the competition of that bid, which waits for somebody to accept it."""
    asked = {"competition": shown_seat.bid.competition, "terms": Terms.of(shown_seat.bid.competition), "seconds": 10}
    run = actions.ask_for_run(**asked, by=fund_manager, **STAFF)
    return actions.carry_out_run(run.pk, at=CLOSED)
