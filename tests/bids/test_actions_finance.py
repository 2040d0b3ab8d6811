"""Costs and funding of a partner: the identity holds after every deed, and in the database without us."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.rules import Refused
from audit.models import Event
from bids import actions, costs
from bids.models import CostLine, Partner
from tests.cast import NOW
from tests.cast_bids import LABOUR, lead_partner

pytestmark = pytest.mark.django_db


def money(partner: Partner) -> tuple[int, int, int, int]:
    p = Partner.objects.get(pk=partner.pk)
    return p.cost_pounds, p.grant_pounds, p.other_public_pounds, p.match_pounds


def fund(partner: Partner, by, percent=70, other=0) -> Partner:
    return actions.set_funding(partner=partner, percent=percent, other_public_pounds=other, by=by, at=NOW)


@pytest.fixture
def partner(bid, applicant) -> Partner:
    """The lead with costs of £60,000: £67,500 ÷ 225 × 200."""
    return actions.set_costs(partner=lead_partner(bid), lines=[LABOUR], by=applicant, at=NOW)


def test_costs_are_worked_out_and_kept(partner):
    line = CostLine.objects.get(partner=partner)
    assert (line.amount, line.description, line.inputs["days"]) == (Decimal(60_000), "Engineer", "200")
    assert money(partner) == (60_000, 0, 0, 60_000)


def test_costs_are_replaced_as_a_whole(partner, applicant):
    other = {"category": "other", "description": "Ethics", "inputs": {"cost_pounds": "500"}}
    actions.set_costs(partner=partner, lines=[other], by=applicant, at=NOW)
    assert money(partner) == (500, 0, 0, 500)


def test_wrong_costs_change_nothing(partner, applicant):
    with pytest.raises(costs.BadCosts):
        actions.set_costs(partner=partner, lines=[LABOUR, {"category": "other"}], by=applicant, at=NOW)
    assert money(partner) == (60_000, 0, 0, 60_000)


def test_other_working_days_give_another_rate(partner, applicant):
    actions.set_costs(partner=partner, lines=[LABOUR], working_days=250, by=applicant, at=NOW)
    assert money(partner) == (54_000, 0, 0, 54_000)


def test_grant_and_match_follow_the_percentage_and_the_costs(partner, applicant):
    fund(partner, applicant, "62.5", 1_000)
    assert money(partner) == (60_000, 36_500, 1_000, 22_500)
    actions.set_costs(partner=partner, lines=[LABOUR, LABOUR], by=applicant, at=NOW)
    assert money(partner) == (120_000, 74_000, 1_000, 45_000)


def test_a_change_of_money_is_on_the_record_before_and_after(partner, applicant):
    fund(partner, applicant)
    changes = Event.objects.get(verb="funding.set").changes
    assert changes["grant_pounds"] == [0, 42_000]
    assert changes["match_pounds"] == [60_000, 18_000]


def test_a_claim_above_the_ceiling_is_refused_with_its_reason(partner, applicant):
    with pytest.raises(Refused, match="70 % because small, feasibility study"):
        fund(partner, applicant, "70.01")


@pytest.mark.parametrize("percent", ["", "ten", "-1", "101", "NaN", "69.999"])
def test_a_percentage_is_a_number(partner, applicant, percent):
    with pytest.raises(Refused):
        fund(partner, applicant, percent)


@pytest.mark.parametrize("other", [-1, 60_001, "1.50", "x"])
def test_other_public_funding_lies_within_the_costs(partner, applicant, other):
    with pytest.raises(Refused):
        fund(partner, applicant, 70, other)


def test_another_size_sets_the_percentage_back(partner, applicant):
    fund(partner, applicant)
    assert actions.set_size(partner=partner, size="medium", by=applicant, at=NOW).percent == 0
    with pytest.raises(Refused, match="60 % because medium"):
        fund(partner, applicant)


def test_a_size_fits_the_kind_of_organisation(partner, applicant):
    with pytest.raises(Refused):
        actions.set_size(partner=partner, size="non_business", by=applicant, at=NOW)


def test_a_partner_changes_its_own_part_only(bid, partner, applicant, trust, trust_person, stranger):
    own = actions.add_partner(bid=bid, organisation=trust, by=applicant, at=NOW)
    assert actions.set_costs(partner=own, lines=[LABOUR], by=trust_person, at=NOW).cost_pounds == 60_000
    for person, part in ((trust_person, partner), (stranger, own)):
        with pytest.raises(Refused, match="Only people of"):
            actions.set_costs(partner=part, lines=[LABOUR], by=person, at=NOW)


@pytest.mark.parametrize(
    "change",
    ["grant_pounds = grant_pounds + 1", "match_pounds = match_pounds + 1", "percent = 71", "other_public_pounds = -1"],
)
def test_the_database_keeps_the_identity_without_us(partner, applicant, change):
    fund(partner, applicant)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE bids_partner SET {change} WHERE id = %s", [partner.pk])


def test_the_database_fixes_the_costs_of_a_submitted_bid(submitted_bid):
    key = lead_partner(submitted_bid).pk
    for statement in (
        "UPDATE bids_costline SET amount = 1 WHERE partner_id = %s",
        "DELETE FROM bids_costline WHERE partner_id = %s",
        "UPDATE bids_partner SET working_days = 1 WHERE id = %s",
    ):
        with pytest.raises(IntegrityError, match="submitted"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [key])
