"""One line of costs at a time, for several people at once."""

import pytest

from accounts.rules import Refused
from bids import actions
from bids.actions.lines import LineGone, put_line, set_working_days, take_line
from bids.costs import BadCosts
from bids.models import Partner
from bids.overview import line_key
from tests.cast import NOW
from tests.cast_bids import LABOUR, lead_partner

pytestmark = pytest.mark.django_db
SENSORS = {"category": "materials", "description": "Sensors", "inputs": {"quantity": "40", "unit_pounds": "10"}}


@pytest.fixture
def part(bid, applicant) -> Partner:
    """The lead's part with one engineer."""
    return actions.set_costs(partner=lead_partner(bid), lines=[LABOUR], by=applicant, at=NOW)


def lines(part: Partner) -> list[str]:
    return [line.description for line in part.cost_lines.all()]


def key(part: Partner, description: str) -> str:
    return line_key(part.cost_lines.get(description=description))


def test_a_line_is_added_to_those_that_are_there(part, applicant):
    put_line(partner=part, line=SENSORS, by=applicant, at=NOW)
    assert lines(part) == ["Engineer", "Sensors"]
    assert lead_partner(part.bid).cost_pounds == 60_400


def test_a_line_is_changed_in_its_place(part, applicant):
    changed = LABOUR | {"description": "Nurse"}
    put_line(partner=part, line=changed, was=key(part, "Engineer"), by=applicant, at=NOW)
    assert lines(part) == ["Nurse"]


def test_another_line_that_was_saved_meanwhile_is_kept(part, applicant):
    seen = key(part, "Engineer")
    put_line(partner=part, line=SENSORS, by=applicant, at=NOW)
    put_line(partner=part, line=LABOUR | {"description": "Nurse"}, was=seen, by=applicant, at=NOW)
    assert lines(part) == ["Nurse", "Sensors"]


def test_a_line_that_was_changed_meanwhile_is_not_written_over(part, applicant):
    seen = key(part, "Engineer")
    put_line(partner=part, line=LABOUR | {"description": "Nurse"}, was=seen, by=applicant, at=NOW)
    with pytest.raises(LineGone):
        put_line(partner=part, line=LABOUR | {"description": "Doctor"}, was=seen, by=applicant, at=NOW)
    assert lines(part) == ["Nurse"]


def test_a_line_is_taken_out_once(part, applicant):
    seen = key(part, "Engineer")
    take_line(partner=part, was=seen, by=applicant, at=NOW)
    with pytest.raises(LineGone):
        take_line(partner=part, was=seen, by=applicant, at=NOW)
    assert lead_partner(part.bid).cost_pounds == 0


def test_a_bad_line_changes_nothing(part, applicant):
    with pytest.raises(BadCosts):
        put_line(partner=part, line=SENSORS | {"inputs": {"quantity": "-1"}}, by=applicant, at=NOW)
    assert lines(part) == ["Engineer"]


def test_working_days_work_labour_out_anew(part, applicant):
    set_working_days(partner=part, working_days=250, by=applicant, at=NOW)
    assert lead_partner(part.bid).cost_pounds == 54_000


def test_somebody_else_cannot_add_a_line(part, stranger):
    with pytest.raises(Refused):
        put_line(partner=part, line=SENSORS, by=stranger, at=NOW)
