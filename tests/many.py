"""Rows in bulk, for tests that hold a page to the same queries at 3 rows and at 300; the first is made by actions."""

from collections.abc import Callable
from itertools import count
from typing import Any

from django.db.models import Model

from accounts.models import Organisation, User
from assessments.models import Assessment, Assessor, Seat
from bids.models import Bid
from bids.states import BidState
from funds.models import Competition
from tests.cast import NOW
from tests.cast_assessments import CLOSED, submitted_bid

_numbers = count(700_001)


def copies[M: Model](row: M, many: int, **changed: Callable[[int], Any]) -> list[M]:
    """Insert copies of a row; `changed` gives the fields in which they differ, by their number from 0."""
    model = type(row)
    fields = {f.attname: getattr(row, f.attname) for f in model._meta.concrete_fields if not f.primary_key}
    rows = (model(**fields | {name: value(n) for name, value in changed.items()}) for n in range(many))
    return list(model._default_manager.bulk_create(rows))


def many_companies(many: int, like: Organisation) -> list[Organisation]:
    """Return companies that differ from another in their names and numbers."""
    number = [next(_numbers) for _ in range(many)]
    return copies(like, many, name=lambda n: f"Company {number[n]}", company_number=lambda n: f"{number[n]:08}")


def many_bids(competition: Competition, many: int) -> list[Bid]:
    """Return bids that were handed in, each of a company of its own."""
    first, rest = submitted_bid(competition), many - 1
    number = [next(_numbers) for _ in range(rest)]
    leads = many_companies(rest, first.lead)
    people = copies(first.created_by, rest, email=lambda n: f"bidder.{number[n]}@example.org")
    blank = Bid(competition_id=first.competition_id, strand_id=first.strand_id, title=first.title, created_at=NOW)
    blank.category, blank.version = first.category, 0
    bids = copies(
        blank, rest, reference=lambda n: f"B{number[n]}", lead_id=lambda n: leads[n].pk,
        created_by_id=lambda n: people[n].pk,
    )  # fmt: skip
    of_bid = {"bid_id": lambda n: bids[n].pk}
    copies(first.partners.get(), rest, organisation_id=lambda n: leads[n].pk, **of_bid)
    made = Bid.objects.filter(pk__in=[bid.pk for bid in bids]).order_by("pk")
    made.update(state=BidState.SUBMITTED, version=1, submitted_at=NOW, submitted_by=first.created_by)
    copies(first.versions.get(), rest, by_id=lambda n: people[n].pk, **of_bid)
    copies(first.standing, rest, lead_name=lambda n: leads[n].name, **of_bid)
    return [first, *made]


def many_drafts(like: Bid, many: int) -> list[Bid]:
    """Return drafts of the same people as another."""
    number = [next(_numbers) for _ in range(many)]
    bids = copies(like, many, reference=lambda n: f"B{number[n]}", title=lambda n: f"Bid {number[n]}")
    for row in (*like.partners.all(), *like.members.all()):
        copies(row, many, bid_id=lambda n: bids[n].pk)
    return bids


def many_seats(bids: list[Bid], like: Seat, assessors: list[Assessor], state: str = "accepted") -> list[Seat]:
    """Return seats, of the first assessor on the first bid and so on."""
    blank = Seat(invited_at=like.invited_at)
    seats = copies(
        blank, len(bids), bid_id=lambda n: bids[n].pk, assessor_id=lambda n: assessors[n % len(assessors)].pk
    )
    made = Seat.objects.filter(pk__in=[seat.pk for seat in seats]).order_by("pk")
    if state != "invited":
        made.update(state=state, answered_at=CLOSED)
    return list(made)


def many_assessors(many: int, like: Assessor) -> list[Assessor]:
    """Return assessors, each a person with a membership of their own."""
    number = [next(_numbers) for _ in range(many)]
    users: list[User] = copies(like.user, many, email=lambda n: f"assessor.{number[n]}@example.org")
    copies(like.user.memberships.get(), many, user_id=lambda n: users[n].pk)
    made = copies(like, many, user_id=lambda n: users[n].pk)
    copies(like.declarations.get(), many, assessor_id=lambda n: made[n].pk)
    return made


def many_assessed(competition: Competition, many: int, like: Assessment) -> list[Assessment]:
    """Return assessments of as many bids, each by an assessor of its own, handed in with points from 0 to 10."""
    assessors = many_assessors(many, like.seat.assessor)
    seats = many_seats(many_bids(competition, many), like.seat, assessors)
    blank = Assessment(is_in_scope=True, is_fundable=True, feedback=like.feedback)
    begun = copies(blank, many, seat_id=lambda n: seats[n].pk)
    for score in like.scores.all():
        copies(score, many, assessment_id=lambda n: begun[n].pk, points=lambda n: n % 11)
    made = Assessment.objects.filter(pk__in=[assessment.pk for assessment in begun]).order_by("pk")
    made.update(state="submitted", submitted_at=CLOSED)
    return list(made)
