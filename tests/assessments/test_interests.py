"""Registering assessors and keeping those with an interest away, whenever the interest comes to light."""

import pytest

from accounts.rules import BadIdentifier, Refused
from accounts.states import Role
from assessments import actions, queries
from assessments.models import Block, Interest, Seat
from audit.models import Event
from bids.models import Bid, Partner
from tests.cast import NOW, organisation, person
from tests.cast_assessments import CLOSED, STAFF, accepted_seat, assessed, assessor, submitted_bid, write
from tests.cast_bids import decided

pytestmark = pytest.mark.django_db


def declare(who, **facts):
    return actions.declare_interest(**{"assessor": who, "kind": "shareholding", "by": who.user, "at": NOW, **facts})


def state_of(seat) -> str:
    return Seat.objects.get(pk=seat.pk).state


def test_registering_again_with_other_facts_changes_those(network, applicant, fund_manager):
    facts = {"user": applicant, "network": network, "types": ["lay"], "by": fund_manager, "at": NOW}
    first = actions.register_assessor(capacity=2, **facts)
    again = actions.register_assessor(capacity=5, **facts)
    assert (again.pk, again.capacity) == (first.pk, 5)
    assert Event.objects.get(verb="assessor.changed").changes == {"capacity": [2, 5]}


def test_a_network_registers_its_own_assessors_only(network, applicant):
    lead = person(Role.AHSN_LEAD, network)
    facts = {"user": applicant, "types": ["lay"], "capacity": 1, "by": lead, "at": NOW}
    assert actions.register_assessor(network=network, **facts).network == network
    with pytest.raises(Refused, match="lead of the assessor's own network"):
        actions.register_assessor(network=organisation("ahsn", "Another AHSN"), **facts)


@pytest.mark.parametrize(
    ("facts", "words"), [({"capacity": -1}, "zero or more"), ({"types": ["vet"]}, "one or more of")]
)
def test_facts_that_make_no_sense_are_refused(applicant, facts, words):
    with pytest.raises(Refused, match=words):
        actions.register_assessor(
            **{"user": applicant, "network": None, "types": ["lay"], "capacity": 1, "by": None, "at": NOW, **facts}
        )


def test_only_a_network_supplies_assessors(applicant, sme):
    with pytest.raises(Refused, match="not an Academic Health Science Network"):
        actions.register_assessor(user=applicant, network=sme, types=["lay"], capacity=1, by=None, at=NOW)


def test_an_interest_blocks_the_bids_that_are_in(bid):
    who = assessor()
    found = declare(who, organisation_name=bid.lead.name.upper())
    assert [(b.bid, b.assessor) for b in found.blocks] == [(bid, who)]
    assert (found.released, found.flagged) == ([], [])


def test_an_interest_finds_the_registered_organisation_by_its_number(bid):
    who = assessor()
    declare(who, organisation_name="Old name", company_number=f" {bid.lead.company_number.lower()} ")
    assert Interest.objects.get(assessor=who).organisation == bid.lead
    assert Block.objects.get().because == "Shareholding in Old name: the lead, by the organisation"


def test_declaring_the_same_again_adds_nothing(bid):
    who = assessor()
    declare(who, organisation=bid.lead)
    assert declare(who, organisation=bid.lead).blocks == []
    assert (Interest.objects.count(), Block.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("facts", "words"),
    [({}, "Name the organisation"), ({"kind": "pet", "organisation_name": "A"}, "one of: employer")],
)
def test_an_interest_is_of_a_kind_and_in_something(facts, words):
    with pytest.raises(Refused, match=words):
        declare(assessor(), **facts)


def test_an_odd_company_number_is_refused():
    with pytest.raises(BadIdentifier, match="not a Companies House number"):
        declare(assessor(), organisation_name="A", company_number="12-34")


def test_nobody_declares_for_another(bid):
    with pytest.raises(Refused, match="their own interests"):
        declare(assessor(), organisation_name="A", by=bid.created_by)


def test_a_new_interest_releases_seats_not_handed_in(seat):
    write(seat, [9, 9])
    found = declare(seat.assessor, organisation=seat.bid.lead)
    assert (found.released, state_of(seat)) == ([seat], "withdrawn")
    assert queries.seats_of(seat.assessor.user).count() == 0


def test_a_new_interest_flags_what_was_handed_in(bid, assessment, fund_manager):
    seat = assessed(bid, [9, 9], fund_manager).seat
    found = declare(seat.assessor, organisation=bid.lead)
    assert (found.flagged, found.released, state_of(seat)) == ([seat], [], "accepted")
    assert list(queries.flagged(assessment)) == [seat]
    assert queries.seats_of(seat.assessor.user).count() == 0


def test_a_partner_who_comes_late_releases_the_seat(seat, sme):
    declare(seat.assessor, organisation=sme)
    assert state_of(seat) == "accepted"
    bid = Bid.objects.get(pk=seat.bid_id)
    bid.reopen()
    bid.save()
    Partner.objects.create(bid=bid, organisation=sme, size=sme.size)
    found = actions.check_conflicts(bid=bid, at=CLOSED)
    assert (found.released, state_of(seat)) == ([seat], "withdrawn")


def test_drafts_and_decided_bids_are_left_alone(competition):
    bid = submitted_bid(competition)
    bid = decided(bid, "unsuccessful")
    assert declare(assessor(), organisation=bid.lead).blocks == []


def test_an_interest_that_has_ended_blocks_no_further_bid(competition, sme):
    who = assessor()
    declare(who, organisation=sme)
    interest = Interest.objects.get()
    assert actions.end_interest(interest=interest, by=who.user, at=NOW).ended_at == NOW
    assert actions.check_conflicts(bid=submitted_bid(competition, sme), at=NOW).blocks == []


def test_the_record_holds_ids_and_no_words_about_people(bid):
    who = assessor()
    declare(who, organisation=bid.lead)
    events = Event.objects.filter(verb__in=["interest.declared", "pair.blocked"]).order_by("id")
    assert [(e.subject, sorted(e.changes)) for e in events] == [
        (f"assessor:{who.pk}", ["interest", "kind", "name_sha256", "organisation"]),
        (f"bid:{bid.reference}", ["assessor", "kind", "matched_by", "part"]),
    ]


def test_a_blocked_assessor_cannot_be_invited(bid, assessment, fund_manager):
    who = assessor()
    declare(who, organisation=bid.lead)
    with pytest.raises(Refused, match=r"conflict of interest blocks .*Shareholding in"):
        actions.invite(bid=bid, assessor=who, by=fund_manager, **STAFF)


def test_beginning_the_assessment_looks_for_every_conflict(competition, fund_manager):
    who, bid = assessor(), submitted_bid(competition)
    Interest.objects.create(assessor=who, kind="family", organisation_name=bid.lead.name, declared_at=NOW)
    actions.begin_assessment(competition=competition, by=fund_manager, **STAFF)
    assert [(b.bid_id, b.assessor_id) for b in queries.blocks_of(competition)] == [(bid.pk, who.pk)]


def test_accepting_looks_once_more(bid, assessment, fund_manager):
    who = assessor()
    seat = actions.invite(bid=bid, assessor=who, by=fund_manager, **STAFF)
    Interest.objects.create(assessor=who, kind="family", organisation_name=bid.lead.name, declared_at=NOW)
    with pytest.raises(Refused, match="You have an interest in this bid"):
        actions.accept(seat=seat, by=who.user, at=CLOSED)


def test_staff_may_declare_for_an_assessor(bid, fund_manager):
    assert len(declare(assessor(), organisation=bid.lead, by=fund_manager).blocks) == 1


def test_a_conflict_keeps_only_that_pair_apart(bid, assessment, fund_manager):
    declare(assessor(), organisation=bid.lead)
    assert accepted_seat(bid, fund_manager).state == "accepted"
