"""Who may do what, when and for how much."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.rules import Refused
from accounts.states import Role
from awards import claim_rules, rules
from awards.rules import Entitlement, Line
from awards.states import ConditionKind

DAY = dt.date
PERIOD = {"starts_on": DAY(2027, 3, 1), "ends_on": DAY(2027, 5, 31)}


def due(**changed) -> Entitlement:
    """Return a company's entitlement: £40,000 of labour at 70 %."""
    facts = {
        "costs": {"labour": 40_000}, "percent": Decimal(70), "cost_pounds": 40_000, "grant_pounds": 28_000,
        "other_public_pounds": 0, "match_pounds": 12_000, "used_by_category": {}, "used_grant_pence": 0,
    }  # fmt: skip
    return Entitlement(**facts | changed)


def line(pence: int = 1_000_000, **changed) -> Line:
    facts = {
        "category": "labour", "description": "Engineer", "incurred_on": DAY(2027, 4, 1), "invoice_number": "A-1",
        "has_evidence": True,
    }  # fmt: skip
    return Line(pence=pence, **facts | changed)


def problems(*lines: Line, match: int = 300_000, **changed) -> list[str]:
    found = claim_rules.claim_problems(lines=lines, match_pence=match, due=due(**changed), **PERIOD)
    return [problem.sentence for problem in found]


def test_a_deed_needs_a_role_that_the_person_holds():
    with pytest.raises(Refused, match="Only a fund manager may do this"):
        rules.must_act_as(Role.FUND_MANAGER, {Role.FINANCE_OFFICER}, rules.OFFERS)


def test_a_role_that_is_held_but_not_needed_is_refused():
    with pytest.raises(Refused, match="Only a fund manager may do this"):
        rules.must_act_as(Role.FINANCE_OFFICER, {Role.FINANCE_OFFICER}, rules.OFFERS)


def test_an_official_of_the_recipient_is_refused():
    with pytest.raises(Refused, match="belong to an organisation of this award"):
        rules.must_be_outsider({1, 2}, {2, 3})


@pytest.mark.parametrize(
    ("wanted", "offered", "expected"),
    [
        (DAY(2027, 3, 1), DAY(2027, 2, 2), (DAY(2027, 3, 1), DAY(2028, 2, 29))),
        (DAY(2027, 1, 1), DAY(2027, 2, 2), (DAY(2027, 3, 1), DAY(2028, 2, 29))),
        (DAY(2027, 2, 1), DAY(2027, 2, 1), (DAY(2027, 3, 1), DAY(2028, 2, 29))),
        (None, DAY(2026, 12, 31), (DAY(2027, 1, 1), DAY(2027, 12, 31))),
    ],
)
def test_a_project_never_starts_before_its_offer(wanted, offered, expected):
    assert rules.project_dates(wanted, 12, offered) == expected


def test_each_claiming_partner_is_checked_and_each_match_verified():
    kinds = [ConditionKind.BANK, ConditionKind.VIABILITY, ConditionKind.DUE_DILIGENCE, ConditionKind.FRAUD]
    expected = [(ConditionKind.MATCH, 1), *((kind, 1) for kind in kinds), (ConditionKind.MATCH, 2)]
    assert rules.conditions([(1, 700, 300), (2, 0, 50)]) == expected


def settle(**changed) -> None:
    facts = {"kind": ConditionKind.MATCH, "rating": "green", "note": "", "verified_pounds": 9, "match_pounds": 9}
    rules.must_settle(**facts | changed)


def test_verified_match_to_the_pound_settles():
    assert settle() is None


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"rating": "purple"}, "Choose a rating"),
        ({"rating": "amber"}, "Say in the note why"),
        ({"rating": "red", "note": "  "}, "Say in the note why"),
        ({"verified_pounds": 8}, "£8 is verified, but £9 is needed. Verify another £1 first"),
    ],
)
def test_a_judgement_that_says_too_little_is_refused(changed, words):
    with pytest.raises(Refused, match=words):
        settle(**changed)


@pytest.mark.parametrize(("ends", "count"), [(DAY(2027, 3, 31), 1), (DAY(2027, 5, 31), 1), (DAY(2027, 6, 30), 2)])
def test_a_begun_quarter_counts_as_a_period(ends, count):
    assert rules.periods(DAY(2027, 3, 1), ends) == count


def period(number: int, today: dt.date) -> tuple[dt.date, dt.date]:
    return rules.period(DAY(2027, 3, 1), DAY(2027, 6, 30), number, today)


def test_a_period_can_be_claimed_the_day_after_it_ends():
    assert period(1, DAY(2027, 6, 1)) == (DAY(2027, 3, 1), DAY(2027, 5, 31))


def test_the_last_period_ends_with_the_project():
    assert period(2, DAY(2027, 7, 1)) == (DAY(2027, 6, 1), DAY(2027, 6, 30))


@pytest.mark.parametrize(
    ("number", "today", "words"),
    [
        (1, DAY(2027, 5, 31), "can be claimed from 1 June 2027"),
        (0, DAY(2028, 1, 1), "claim periods 1 to 2"),
        (3, DAY(2028, 1, 1), "claim periods 1 to 2"),
    ],
)
def test_no_claim_before_the_period_is_over(number, today, words):
    with pytest.raises(Refused, match=words):
        period(number, today)


def test_grant_is_the_rate_of_eligible_spend_rounded_down():
    assert rules.claim_sums([line(1_001)], due()).grant == 700


def test_other_public_funding_pays_its_share_of_every_claim():
    partner = due(cost_pounds=10_000, grant_pounds=6_000, other_public_pounds=1_000, match_pounds=3_000)
    assert rules.claim_sums([line(500_000)], partner) == rules.ClaimSums(500_000, 300_000, 50_000, 150_000)


@given(st.integers(1, 10**8), st.decimals(0, 100, places=2), st.data())
def test_spending_all_the_cost_earns_exactly_the_grant(cost, percent, data):
    ceiling = int(cost * percent // 100)
    other = data.draw(st.integers(0, ceiling))
    partner = due(cost_pounds=cost, percent=percent, grant_pounds=ceiling - other, other_public_pounds=other)
    assert rules.claim_sums([line(cost * 100)], partner).grant == (ceiling - other) * 100


def test_a_whole_claim_has_no_problems():
    assert problems(line()) == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"incurred_on": DAY(2027, 2, 28)}, "“Engineer” was incurred on 28 February 2027, outside this period"),
        ({"incurred_on": DAY(2027, 6, 1)}, "“Engineer” was incurred on 1 June 2027, outside this period"),
        ({"category": "materials"}, "Materials: £10,000 is claimed, but only £0 of the eligible cost is left."),
    ],
)
def test_a_line_that_breaks_a_rule_is_told(changed, words):
    assert problems(line(**changed))[0].startswith(words)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"description": " "}, "Type what was bought"),
        ({"description": "x" * 201}, "at most 200 characters; it has 201"),
        ({"description": "a\x00b"}, "characters that cannot be kept"),
        ({"invoice_number": "9" * 61}, "at most 60 characters"),
        ({"pence": 0}, "must cost more than nothing"),
        ({"pence": 10**11 + 1}, "at most £1,000,000,000"),
        ({"category": "champagne"}, "“champagne” is no cost category"),
    ],
)
def test_what_cannot_be_kept_is_refused_at_once(changed, words):
    with pytest.raises(Refused, match=words):
        rules.must_be_keepable([line(**changed)], 0)


@pytest.mark.parametrize("pence", [-1, 10**11 + 1])
def test_match_funding_out_of_range_is_refused(pence):
    with pytest.raises(Refused, match="between £0 and £1,000,000,000"):
        rules.must_be_keepable([line()], pence)


def test_more_than_500_items_are_refused():
    with pytest.raises(Refused, match="at most 500 items"):
        rules.must_be_keepable([line()] * 501, 0)


def test_an_empty_claim_is_refused():
    assert problems() == ["Add at least one item of spend, or say that nothing was spent in this period."]


def test_a_penny_above_the_category_is_refused():
    told = problems(line(1), match=0, used_by_category={"labour": 4_000_000})
    assert told[0] == "Labour: £0.01 is claimed, but only £0 of the eligible cost is left."


def test_the_last_penny_of_a_category_can_be_claimed():
    assert problems(line(100), match=30, used_by_category={"labour": 3_999_900}) == []


def test_a_claim_never_takes_more_grant_than_is_left():
    sums = rules.claim_sums([line()], due(used_grant_pence=2_100_001))
    assert (sums.grant, sums.match_needed) == (699_999, 300_001)


@pytest.mark.parametrize(
    ("match", "words"),
    [(299_999, "needs £3,000."), (300_001, "state at most £3,000 as match funding.")],
)
def test_match_funding_is_spent_beside_the_grant_to_the_penny(match, words):
    assert problems(line(), match=match)[0].endswith(words)


def test_an_invoice_cannot_stand_twice_on_a_claim():
    told = problems(line(500_000), line(500_000, invoice_number="a 1"))
    assert told == [
        "Invoice a 1 is on this claim twice with the same amount. Remove one, or say on it why both are right."
    ]


def test_one_invoice_may_be_split_over_different_amounts():
    assert problems(line(400_000), line(600_000)) == []


def test_the_bank_takes_35_characters():
    assert rules.end_to_end_id("MFA-000001-P12-C28") == "MFMFA-000001-P12-C28"


def test_an_id_too_long_for_the_bank_is_refused():
    with pytest.raises(Refused, match="too long for the bank"):
        rules.end_to_end_id("X" * 34)


def test_the_day_is_that_of_the_united_kingdom():
    assert rules.uk_day(dt.datetime(2027, 6, 30, 23, 30, tzinfo=dt.UTC)) == DAY(2027, 7, 1)
