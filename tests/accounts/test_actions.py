"""Deeds about organisations: who is let in, what the registers confirm, and that a size is never just set."""

import datetime as dt
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from accounts import actions
from accounts.models import EuroRate, JoinRequest, Organisation, SizeDeclaration, User
from accounts.rules import Refused
from accounts.size import Figures
from accounts.states import JoinAnswer, OrganisationKind, Role
from audit.models import Event
from tests.cast import NOW, organisation, person
from tests.registers import registers

__all__ = ["registers"]
pytestmark = pytest.mark.django_db
YEAR_END = dt.date(2026, 12, 31)


@pytest.fixture
def rate(db) -> EuroRate:
    """A price of the euro at the end of the year."""
    return EuroRate.objects.get_or_create(on=YEAR_END, defaults={"pounds_per_euro": "0.85", "source": "A test"})[0]


@pytest.fixture
def newcomer(db) -> User:
    """Somebody who has just signed up."""
    return User.objects.create_user("new@example.org", full_name="Nia New")


def declare(sme: Organisation, by: User, staff: int = 3) -> SizeDeclaration:
    figures = Figures(Decimal(staff), 1, 1)
    return actions.declare_size(organisation=sme, year_end=YEAR_END, figures=figures, related=[], by=by, at=NOW)[1]


def run(sql: str, *values) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_the_database_lets_no_size_change_without_a_declaration(sme, applicant, rate):
    with pytest.raises(IntegrityError, match="changes by a declaration of its figures"):
        run("UPDATE accounts_organisation SET size = 'micro' WHERE id = %s", sme.pk)
    declare(sme, applicant)
    with pytest.raises(IntegrityError, match="changes by a declaration of its figures"):
        run("UPDATE accounts_organisation SET size = 'medium' WHERE id = %s", sme.pk)


@pytest.mark.parametrize(
    "statement", ["UPDATE accounts_{} SET id = id WHERE id = %s", "DELETE FROM accounts_{} WHERE id = %s"]
)
@pytest.mark.parametrize("table", ["sizedeclaration", "eurorate"])
def test_what_was_declared_and_its_rate_are_never_changed(sme, applicant, rate, table, statement):
    row = declare(sme, applicant) if table == "sizedeclaration" else rate
    with pytest.raises(Exception, match=r"permission denied|never changed"):
        run(statement.format(table), row.pk)


def test_only_its_people_declare_a_size(sme, rate, newcomer):
    with pytest.raises(Refused, match="Only applicants of Breathe Example Ltd"):
        declare(sme, newcomer)


@pytest.mark.parametrize("days", [-1, 3 * 366 + 1])
def test_the_year_has_ended_not_long_ago(rate, days):
    with pytest.raises(Refused, match="The year must have ended"):
        actions.size_of(NOW.date() - dt.timedelta(days), Figures(Decimal(1), 1, 1), [], NOW.date())


def test_the_rate_is_the_last_one_before_the_year_ended(rate):
    assert actions.rate_for(YEAR_END + dt.timedelta(days=40)) == rate
    assert actions.rate_for(YEAR_END - dt.timedelta(days=1)).on < YEAR_END
    assert actions.rate_for(dt.date(1990, 1, 1)) == EuroRate.objects.order_by("on").first()


def test_a_deed_on_an_organisation_is_on_the_record(sme, applicant, rate):
    declare(sme, applicant)
    actions.change_address(organisation=sme, lines=["1 Road", "Town"], postcode="zz99 9zz", by=applicant, at=NOW)
    events = Event.objects.filter(subject=f"organisation:{sme.pk}", actor_id=applicant.pk).order_by("id")
    assert [event.verb for event in events] == ["organisation.size_declared", "organisation.address_changed"]


def test_saving_the_same_address_again_changes_nothing(sme, applicant):
    for _ in range(2):
        actions.change_address(organisation=sme, lines=["1 Road", "Town"], postcode="ZZ99 9ZZ", by=applicant, at=NOW)
    assert Event.objects.filter(verb="organisation.address_changed").count() == 1


def test_asking_again_is_one_wish(sme, applicant, newcomer):
    first, second = (actions.ask_to_join(organisation=sme, by=newcomer, at=NOW) for _ in range(2))
    assert first == second


def test_nobody_asks_everybody(newcomer):
    for _ in range(5):
        there = organisation()
        person(Role.APPLICANT, there)
        actions.ask_to_join(organisation=there, by=newcomer, at=NOW)
    another = organisation()
    person(Role.APPLICANT, another)
    with pytest.raises(Refused, match="You have asked 5 organisations"):
        actions.ask_to_join(organisation=another, by=newcomer, at=NOW)


def test_nobody_asks_where_nobody_can_answer(newcomer):
    with pytest.raises(Refused, match="Nobody acts for"):
        actions.ask_to_join(organisation=organisation(), by=newcomer, at=NOW)


def test_who_has_become_an_official_meanwhile_is_not_let_in(sme, applicant, newcomer, department):
    asked = actions.ask_to_join(organisation=sme, by=newcomer, at=NOW)
    actions.grant_role(user=newcomer, organisation=department, role=Role.AUDITOR, by=None, at=NOW)
    with pytest.raises(Refused, match="Officials of the fund cannot bid"):
        actions.answer_join(asked=asked, accept=True, by=applicant, at=NOW)
    assert JoinRequest.objects.get().answer == JoinAnswer.WAITING


def test_an_answer_stands_in_the_database(sme, applicant, newcomer):
    asked = actions.ask_to_join(organisation=sme, by=newcomer, at=NOW)
    actions.answer_join(asked=asked, accept=False, by=applicant, at=NOW)
    with pytest.raises(IntegrityError, match="cannot be changed"):
        run("UPDATE accounts_joinrequest SET answer = 'accepted' WHERE id = %s", asked.pk)


def test_the_nightly_job_confirms_what_was_typed(registers):
    typed = organisation(name="New", company_number="98000002")
    trust = organisation(OrganisationKind.NHS_BODY, "Manchester", ods_code="R0A")
    unknown = organisation()
    assert actions.check_unverified(at=NOW) == 3
    assert Organisation.objects.filter(is_verified=True, pk__in=[typed.pk, trust.pk]).count() == 2
    assert Organisation.objects.get(pk=unknown.pk).unverified_because == "Its register does not have it."


def test_the_nightly_job_asks_a_register_that_is_away_once(registers):
    for _ in range(3):
        organisation()
    registers.tell("always 403")
    assert actions.check_unverified(at=NOW) == 0
    assert len(registers.asked) == 1


def test_a_rate_is_added_once_and_on_the_record():
    said = StringIO()
    call_command("euro_rate", "2026-06-30", "0.86905", "A test", stdout=said)
    assert said.getvalue() == "£0.86905 to the euro on 2026-06-30 (A test).\n"
    assert Event.objects.filter(verb="euro_rate.added").count() == 1
    with pytest.raises(CommandError, match="Rates are never changed"):
        call_command("euro_rate", "2026-06-30", "0.9", "A test")


@pytest.mark.parametrize("words", [("x", "1", "s"), ("2026-06-30", "NaN", "s"), ("2026-06-30", "-1", "s"),
                                   ("2026-06-30", "0.8", " "), ("2026-06-30", "0.1234567", "s")])  # fmt: skip
def test_a_silly_rate_is_refused(words):
    with pytest.raises(CommandError):
        call_command("euro_rate", *words)
