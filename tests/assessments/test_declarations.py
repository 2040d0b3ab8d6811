"""Assessors declare their interests once a year; without a declaration they accept no bid."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection

from accounts.models import Message
from accounts.rules import Refused
from assessments import actions, queries, rules
from assessments.models import Assessor, Declaration
from tests.asking import get, post, text, told
from tests.cast import NOW
from tests.cast_assessments import STAFF, accepted_seat, assessor

pytestmark = pytest.mark.django_db
YEAR_LATER = dt.timedelta(days=366)


@pytest.fixture
def asa() -> Assessor:
    """An assessor who declared at noon on 2 February 2027."""
    return assessor()


@pytest.mark.parametrize(
    ("on", "until"),
    [
        (dt.date(2027, 2, 2), dt.date(2028, 2, 1)),
        (dt.date(2028, 2, 29), dt.date(2029, 2, 27)),
        (dt.date(2027, 3, 1), dt.date(2028, 2, 29)),
    ],
)
def test_a_declaration_holds_until_the_day_before_its_anniversary(on, until):
    assert rules.declared_until(on) == until


def test_declaring_twice_on_a_day_is_one_declaration(asa):
    actions.declare_for_the_year(assessor=asa, by=asa.user, at=NOW)
    assert asa.declarations.count() == 1


def test_a_changed_list_is_declared_anew(asa):
    actions.declare_interest(assessor=asa, kind="employer", organisation_name="Other Ltd", by=asa.user, at=NOW)
    actions.declare_for_the_year(assessor=asa, by=asa.user, at=NOW)
    assert asa.declarations.count() == 2


def test_nobody_declares_for_somebody_else(asa, fund_manager):
    with pytest.raises(Refused, match="Only the assessor"):
        actions.declare_for_the_year(assessor=asa, by=fund_manager, at=NOW)


def test_a_declaration_stands(asa):
    with pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("UPDATE assessments_declaration SET until = '2099-01-01'")


def test_no_bid_is_accepted_once_the_declaration_has_run_out(bid, assessment, fund_manager, asa):
    seat = actions.invite(bid=bid, assessor=asa, by=fund_manager, **STAFF)
    with pytest.raises(Refused, match="Declare your interests for this year first"):
        actions.accept(seat=seat, by=asa.user, at=NOW + YEAR_LATER)


def test_a_bid_is_accepted_after_declaring_again(bid, assessment, fund_manager, asa):
    actions.declare_for_the_year(assessor=asa, by=asa.user, at=NOW + dt.timedelta(days=20))
    assert accepted_seat(bid, fund_manager, asa).state == "accepted"


def test_who_takes_no_invitations_is_not_invited(bid, assessment, fund_manager, asa):
    describe(asa, is_available=False)
    with pytest.raises(Refused, match="takes no invitations at present"):
        actions.invite(bid=bid, assessor=asa, by=fund_manager, **STAFF)


def test_who_takes_no_invitations_is_not_allocated(bid, assessment, fund_manager, asa):
    describe(asa, is_available=False)
    assert actions.allocate(competition=assessment, by=fund_manager, **STAFF).seats == []


def describe(who: Assessor, **changed) -> Assessor:
    facts = {"about": "", "expertise": ["sensors"], "clinical_areas": [], "capacity": 8, "is_available": True}
    return actions.describe_oneself(assessor=who, by=who.user, at=NOW, **(facts | changed))


def test_tags_are_kept_once_and_tidy(asa):
    assert describe(asa, expertise=[" wearable  sensors", "Wearable sensors", ""]).expertise == ["Wearable sensors"]


@pytest.mark.parametrize(
    "changed", [{"capacity": -1}, {"capacity": 101}, {"expertise": ["x" * 61]}, {"about": "word " * 201}]
)
def test_what_cannot_be_is_refused(asa, changed):
    with pytest.raises(Refused):
        describe(asa, **changed)


@pytest.mark.parametrize(("days", "told_to"), [(-1, 0), (0, 1), (30, 1), (31, 0)])
def test_a_reminder_comes_in_the_last_month(asa, days, told_to):
    until = queries.declared_until(asa)
    at = dt.datetime.combine(until - dt.timedelta(days=days), dt.time(9), dt.UTC)
    assert actions.remind_of_declarations(at=at) == told_to


def test_a_reminder_comes_once(asa):
    at = NOW + dt.timedelta(days=350)
    assert [actions.remind_of_declarations(at=at), actions.remind_of_declarations(at=at)] == [1, 0]
    assert Message.objects.get(template="declare_interests").address == asa.user.email


def test_the_page_lists_interests_and_takes_one(asa, clock):
    post(asa.user, "interests", kind="shareholding", organisation_name="Shares Example Ltd", company_number="1234567")
    page = text(get(asa.user, "interests"))
    assert "Shares Example Ltd Companies House 01234567 Shareholding" in page
    assert "Your declaration holds until 1 February 2028" in page


def test_a_number_that_cannot_be_is_refused_beside_the_field_and_kept(asa, clock):
    page = text(post(asa.user, "interests", kind="employer", organisation_name="Odd Ltd", company_number="12"))
    assert "Error: “12” is not a Companies House number" in page


def test_an_interest_ends_by_a_button(asa, clock):
    post(asa.user, "interests", kind="employer", organisation_name="Past Example Ltd")
    post(asa.user, "interest_end", asa.interests.get().pk)
    assert "There is none on the list." in text(get(asa.user, "interests"))


def test_another_assessors_interest_is_not_there(asa, clock):
    other = assessor()
    actions.declare_interest(assessor=other, kind="employer", organisation_name="Hers Ltd", by=other.user, at=NOW)
    assert post(asa.user, "interest_end", other.interests.get().pk).status_code == 404


def test_the_button_declares(asa, clock):
    clock(NOW + YEAR_LATER)
    assert "declaration of interests for this year is missing" in text(get(asa.user, "assessments"))
    assert told(post(asa.user, "interests_declare")) == ["Thank you. Your declaration holds for a year."]
    assert Declaration.objects.filter(assessor=asa).count() == 2


def test_the_profile_is_saved(asa, clock):
    typed = {"about": "Wards.", "expertise": "sensors, triage", "capacity": "3", "is_available": "on"}
    post(asa.user, "assessor_profile", types=["lay"], fee_pence="120.5", **typed)
    found = Assessor.objects.get(pk=asa.pk)
    assert (found.about, found.expertise, found.capacity, found.is_available, found.types, found.fee_pence) == (
        "Wards.", ["sensors", "triage"], 3, True, ["lay"], 12050,
    )  # fmt: skip
