"""Assessors and bids for tests of the room `assessments`."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection

from accounts.models import Organisation, User
from accounts.states import OrganisationKind, Role
from assessments import actions, agreement
from assessments.models import Assessment, Assessor, Seat
from bids.actions.submissions import hand_in
from bids.models import Bid, Partner
from bids.queries import content_of
from funds.models import Competition
from tests.cast import NOW, organisation, person

CLOSED = NOW + dt.timedelta(days=30)
STAFF = {"role": Role.FUND_MANAGER, "at": CLOSED}
_references = iter(range(500_001, 599_999))


def submitted_bid(competition: Competition, lead: Organisation | None = None, *, grant: int = 42_000, **fields) -> Bid:
    """Return a bid that was handed in, whose lead asks for `grant` pounds, 70 % of its costs."""
    lead = lead or organisation()
    by = User.objects.create_user(f"applicant.{next(_references)}@example.org", full_name="Fictional applicant")
    bid = Bid.objects.create(
        reference=f"B{next(_references)}", competition=competition, strand=competition.strands.get(), lead=lead,
        created_by=by, created_at=NOW, category="feasibility", **{"title": "A fictional bid", **fields},
    )  # fmt: skip
    cost = -(-grant * 10 // 7)
    Partner.objects.create(
        bid=bid, organisation=lead, is_lead=True, size=lead.size, percent=Decimal(70), cost_pounds=cost,
        grant_pounds=cost * 7 // 10, match_pounds=cost - cost * 7 // 10,
    )  # fmt: skip
    hand_in(bid, content_of(bid), by=by, at=NOW, first_contact=NOW, key="press", grace=False)
    return bid


def assessor(
    network: Organisation | None = None, *, types=("clinical",), capacity: int = 8, agrees: bool = True, **fields
) -> Assessor:
    """Return an assessor; without a network they are independent, and some have not agreed to the terms yet."""
    user = person(Role.ASSESSOR, network or organisation(OrganisationKind.CHARITY))
    made = actions.register_assessor(
        user=user, network=network, types=types, capacity=capacity, by=None, at=NOW, **fields
    )
    if agrees:
        actions.agree(assessor=made, read_sha256=agreement.SHA256, by=user, at=NOW)
    actions.declare_for_the_year(assessor=made, by=user, at=NOW)
    return made


def accepted_seat(bid: Bid, by: User, who: Assessor | None = None) -> Seat:
    """Return a seat on the bid that its assessor has accepted."""
    seat = actions.invite(bid=bid, assessor=who or assessor(), by=by, **STAFF)
    return actions.accept(seat=seat, by=seat.assessor.user, at=CLOSED)


def write(
    seat: Seat, points: list[int], *, is_in_scope: bool = True, is_fundable: bool = True, reason: str = "Because."
) -> None:
    """Save points on each scored question, in order, and the judgement on the whole."""
    facts = {"seat": seat, "by": seat.assessor.user, "at": CLOSED}
    questions = seat.bid.competition.questions.filter(is_scored=True)
    for question, value in zip(questions, points, strict=True):
        actions.save_score(question=question, points=value, reason=reason, **facts)
    actions.save_overall(is_in_scope=is_in_scope, is_fundable=is_fundable, feedback="Well done.", note="", **facts)


def assessed(bid: Bid, points: list[int], by: User, **judgement: bool) -> Assessment:
    """Return an assessment handed in by an assessor of its own."""
    seat = accepted_seat(bid, by)
    write(seat, points, **judgement)
    return actions.submit_assessment(seat=seat, by=seat.assessor.user, at=CLOSED)


def as_web_role(sql: str, *values: object) -> None:
    """Run SQL past all Python, as the role that serves pages."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.fixture
def assessment(competition, fund_manager) -> Competition:
    """The competition of the cast after its deadline, in assessment."""
    return actions.begin_assessment(competition=competition, by=fund_manager, **STAFF)


@pytest.fixture
def bid(competition) -> Bid:
    """A submitted bid of £42,000 grant; ask for it before `assessment`."""
    return submitted_bid(competition)


@pytest.fixture
def seat(bid, assessment, fund_manager) -> Seat:
    """An accepted seat on the bid, while the competition is in assessment."""
    return accepted_seat(bid, fund_manager)
