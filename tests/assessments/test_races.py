"""Two people at once: a seat cannot slip past a block, capacity holds, and nobody hands in what is withdrawn."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from accounts.rules import Refused
from assessments import actions, agreement, queries
from assessments.models import Assessor, Block, Seat
from tests.cast import NOW
from tests.cast_assessments import CLOSED, STAFF, as_web_role, assessor, submitted_bid, write

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def at_once(*deeds: Callable[[], object]) -> list[str]:
    """Do all deeds at once, each on a connection of its own; return "done" or why not, in order."""
    start = threading.Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> str:
        try:
            start.wait(timeout=60)
            deed()
            return "done"
        except (Refused, IntegrityError) as refusal:
            return str(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def test_capacity_holds_when_eight_invite_at_once(competition, fund_manager):
    bids = [submitted_bid(competition) for _ in range(8)]
    actions.begin_assessment(competition=competition, by=fund_manager, **STAFF)
    who = assessor(capacity=3)
    answers = at_once(*(lambda b=bid: actions.invite(bid=b, assessor=who, by=fund_manager, **STAFF) for bid in bids))
    assert (answers.count("done"), Seat.objects.count()) == (3, 3)


def test_one_network_sits_once_when_four_are_invited_at_once(bid, assessment, network, fund_manager):
    four = [assessor(network) for _ in range(4)]
    answers = at_once(*(lambda w=who: actions.invite(bid=bid, assessor=w, by=fund_manager, **STAFF) for who in four))
    assert (answers.count("done"), Seat.objects.count()) == (1, 1)


def test_a_seat_waits_for_a_block_that_is_being_written(bid):
    who, written = assessor(), threading.Event()

    def block():
        with transaction.atomic():
            Block.objects.create(bid=bid, assessor=who, because="x", found_at=CLOSED)
            written.set()
            threading.Event().wait(0.3)

    def sit():
        written.wait(timeout=60)
        as_web_role(
            "INSERT INTO assessments_seat (bid_id, assessor_id, state, invited_at, decline_reason, withdrawn_reason)"
            " VALUES (%s, %s, 'invited', now(), '', '')",
            bid.pk, who.pk,
        )  # fmt: skip

    _, answer = at_once(block, sit)
    assert ("a conflict of interest blocks" in answer, Seat.objects.count()) == (True, 0)


def test_handing_in_while_an_official_withdraws_is_one_or_the_other(seat, fund_manager):
    write(seat, [7, 7])
    answers = at_once(
        lambda: actions.submit_assessment(seat=seat, by=seat.assessor.user, at=CLOSED),
        lambda: actions.withdraw_seat(seat=seat, reason="Absent", by=fund_manager, **STAFF),
    )
    assert answers in (["done", "done"], ["This bid is no longer yours to assess.", "done"])
    assert Seat.objects.get().state == "withdrawn"


def test_an_interest_declared_while_the_assessor_accepts_takes_the_seat(bid, assessment, fund_manager):
    seat = actions.invite(bid=bid, assessor=assessor(), by=fund_manager, **STAFF)
    by = seat.assessor.user
    facts = {"assessor": seat.assessor, "kind": "family", "organisation": bid.lead, "by": by, "at": CLOSED}
    at_once(
        lambda: actions.accept(seat=seat, by=by, at=CLOSED),
        lambda: actions.declare_interest(**facts),
    )
    assert (Seat.objects.get().state, Block.objects.count()) == ("withdrawn", 1)


def test_an_interest_declared_while_the_assessment_is_handed_in_lets_it_not_count(seat):
    write(seat, [7, 7])
    by = seat.assessor.user
    facts = {"assessor": seat.assessor, "kind": "money", "organisation": seat.bid.lead, "by": by, "at": CLOSED}
    at_once(lambda: actions.submit_assessment(seat=seat, by=by, at=CLOSED), lambda: actions.declare_interest(**facts))
    (row,) = queries.ranked(seat.bid.competition)
    assert (row.counted, Block.objects.count()) == (0, 1)


def test_an_invitation_accepted_twice_at_once_makes_one_assessor(network, fund_manager):
    user = User.objects.create_user("nia.new@example.org", full_name="Nia New")
    invitation = actions.invite_assessor(
        email=user.email, network=network, by=fund_manager, role="fund_manager", at=NOW
    )
    profile = {"types": ["lay"], "about": "", "expertise": [], "clinical_areas": [], "capacity": 3, "fee_pence": 0}
    facts = {"invitation": invitation, "read_sha256": agreement.SHA256, "by": user, "at": NOW, **profile}
    answers = at_once(lambda: actions.become_assessor(**facts), lambda: actions.become_assessor(**facts))
    assert sorted(answers) == ["This invitation is accepted already.", "done"]
    assert Assessor.objects.count() == 1
