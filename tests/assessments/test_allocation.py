"""Seating assessors on all bids of a competition at once."""

import pytest

from accounts.rules import Refused
from accounts.states import OrganisationKind, Role
from assessments import actions, question
from assessments.models import Assessor, Interest, Seat
from assessments.question import Terms
from audit.models import Event
from bids.models import Bid
from tests.cast import NOW, organisation
from tests.cast_assessments import CLOSED, STAFF, accepted_seat, assessor, submitted_bid

pytestmark = pytest.mark.django_db
TYPES = (["clinical"], ["commercial"], ["methodology", "lay"])


@pytest.fixture
def allocate(assessment, fund_manager):
    """Allocate in the competition of the cast."""
    return lambda: actions.allocate(competition=assessment, by=fund_manager, **STAFF)


def networks(count: int) -> list[Assessor]:
    """Return assessors of as many networks, their types in turn."""
    return [assessor(organisation(OrganisationKind.AHSN, f"Network {i}"), types=TYPES[i % 3]) for i in range(count)]


def sitting(bid: Bid) -> set[int]:
    return set(Seat.objects.filter(bid=bid, state__in=["invited", "accepted"]).values_list("assessor", flat=True))


def test_every_bid_gets_its_three_with_a_clinical_and_a_commercial_one(bid, competition, allocate):
    second, people = submitted_bid(competition), networks(6)
    allocated = allocate()
    assert (len(allocated.seats), allocated.shortfalls, allocated.is_optimal) == (6, [], True)
    for one in (bid, second):
        seated = [a.types for a in people if a.pk in sitting(one)]
        assert (len(seated), ["clinical"] in seated, ["commercial"] in seated) == (3, True, True)


def test_the_best_suited_sit(bid, competition, allocate):
    diabetes = submitted_bid(competition, clinical_area="Diabetes")
    people = networks(9)
    for person in people[:3]:
        person.clinical_areas = ["Diabetes"]
        person.save()
    for person in people[3:]:
        person.clinical_areas = ["Stroke"]
        person.save()
    allocate()
    assert sitting(diabetes) == {a.pk for a in people[:3]}


def test_a_conflict_is_never_seated_and_held_seats_stay(bid, allocate, fund_manager):
    people = networks(4)
    accepted_seat(bid, fund_manager, people[3])
    Interest.objects.create(assessor=people[0], kind="family", organisation_name=bid.lead.name, declared_at=NOW)
    assert {seat.assessor_id for seat in allocate().seats} == {people[1].pk, people[2].pk}
    assert sitting(bid) == {people[1].pk, people[2].pk, people[3].pk}


def test_what_an_assessor_has_declined_is_not_offered_again(bid, allocate):
    people = networks(3)
    seat = next(s for s in allocate().seats if s.assessor_id == people[0].pk)
    actions.decline(seat=seat, reason="too_many", by=people[0].user, at=CLOSED)
    shortfall = allocate().shortfalls[0]
    assert (shortfall["bid"], shortfall["missing"], "conflict" in shortfall["because"]) == (bid.reference, 1, False)
    assert sitting(bid) == {people[1].pk, people[2].pk}


def test_allocating_again_invites_nobody_twice(bid, allocate):
    networks(3)
    assert [len(allocate().seats), len(allocate().seats)] == [3, 0]
    assert Event.objects.filter(verb="seat.invited").count() == 3


@pytest.mark.parametrize("people", [0, 3])
def test_no_assessors_or_no_capacity_is_answered_in_words(bid, allocate, people):
    for person in networks(people):
        person.capacity = 0
        person.save()
    allocated = allocate()
    assert (allocated.seats, allocated.shortfalls[0]["bid"]) == ([], bid.reference)
    assert allocated.shortfalls[0]["because"] != ""


def test_everyone_conflicted_is_answered_in_words(bid, allocate):
    for person in networks(3):
        Interest.objects.create(assessor=person, kind="family", organisation_name=bid.lead.name, declared_at=NOW)
    shortfall = allocate().shortfalls[0]
    assert (shortfall["bid"], shortfall["missing"]) == (bid.reference, 3)
    assert "3 more are barred by a conflict of interest" in shortfall["because"]


def test_a_competition_without_bids_has_nothing_to_allocate(allocate):
    networks(3)
    assert allocate()[:2] == ([], [])


def test_the_run_is_on_the_record(bid, allocate, fund_manager):
    networks(3)
    allocate()
    event = Event.objects.get(verb="competition.allocated")
    assert (event.actor_id, event.changes["seats"], event.changes["unfilled"]) == (fund_manager.pk, 3, 0)


def test_only_fund_managers_and_only_in_assessment(competition, fund_manager):
    with pytest.raises(Refused, match="Only a fund manager"):
        actions.allocate(competition=competition, by=fund_manager, role=Role.AUDITOR, at=CLOSED)
    with pytest.raises(Refused, match="has not begun"):
        actions.allocate(competition=competition, by=fund_manager, **STAFF)


@pytest.mark.parametrize("size", [1, 3])
def test_the_question_takes_as_many_queries_whatever_the_size(competition, size, django_assert_num_queries):
    for _ in range(size):
        submitted_bid(competition)
    networks(size)
    with django_assert_num_queries(19):
        asked = question.read(competition, Terms.of(competition), today=CLOSED.date())
        suited = question.how_well(asked.bids.values(), asked.assessors.values())
        assert len(asked.instance(suited)["affinity"]) == size * size
