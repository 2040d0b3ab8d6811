"""Who directs a company, as Companies House names them: asked once a month, and never in the way."""

import datetime as dt

import pytest

from accounts.directors import look_up
from accounts.models import Directors
from tests.cast import NOW
from tests.registers import registers

__all__ = ["registers"]
pytestmark = pytest.mark.django_db
NUMBER = "99000001"


def officer(name: str, role: str = "director", **facts) -> dict:
    return {"name": name, "officer_role": role, "date_of_birth": {"year": 1970, "month": 5}, **facts}


def people(number: str = NUMBER) -> list:
    return Directors.objects.get(company_number=number).people


def test_who_runs_a_company_now_is_kept(registers):
    registers.officers[NUMBER] = [
        officer("EXAMPLE, Ada Mary, Dr"),
        officer("GONE, Guy", resigned_on="2020-01-01"),
        officer("WRITER, Sue", role="secretary"),
        officer("Parent plc", date_of_birth=None),
    ]
    assert look_up([NUMBER, "", NUMBER], at=NOW) == 1
    assert people() == [{"name": "Ada Mary EXAMPLE", "born": "1970-05"}, {"name": "Parent plc", "born": ""}]


def test_a_company_is_asked_for_once_a_month(registers, settings):
    look_up([NUMBER], at=NOW)
    assert look_up([NUMBER], at=NOW + dt.timedelta(days=29)) == 0
    assert look_up([NUMBER], at=NOW + dt.timedelta(days=31)) == 1


def test_a_company_that_is_not_there_has_no_directors(registers):
    assert look_up(["88888888"], at=NOW) == 1
    assert people("88888888") == []


@pytest.mark.parametrize("trouble", ["500", "nonsense", "cut"])
def test_a_register_that_is_away_changes_nothing(registers, trouble):
    registers.tell(f"always {trouble}")
    assert look_up([NUMBER], at=NOW) == 0
    assert not Directors.objects.exists()


def test_without_a_register_nothing_is_asked():
    assert look_up([NUMBER], at=NOW) == 0


@pytest.mark.parametrize("born", [{"year": "1970", "month": 5}, {"year": 1970, "month": 13}, [], "1970", {}])
def test_an_odd_month_of_birth_is_none(registers, born):
    registers.officers[NUMBER] = [officer("EXAMPLE, Ada", date_of_birth=born)]
    look_up([NUMBER], at=NOW)
    assert people() == [{"name": "Ada EXAMPLE", "born": ""}]
