"""Earlier aid and this grant are added up over three financial years, and held to the regime's limit to the penny."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.rules import Refused
from accounts.states import OrganisationKind
from audit.record import digest
from bids import actions, aid, queries
from bids.actions.aid import add_aid, confirm_aid, remove_aid
from bids.cumulation import Aid, Declared, Limit, is_declared, problems, standing
from bids.models import AidDeclaration, Bid, Partner
from bids.readiness import NotReady
from funds.models import SubsidyRegime
from funds.states import AidCurrency
from funds.years import financial_year, first_day_of_years
from tests import cast_bids
from tests.cast import NOW, organisation

RATE = Decimal("0.80000")
POUNDS, EUROS = AidCurrency.GBP, AidCurrency.EUR
MFA = Limit(315_000, POUNDS, 3, RATE)
DE_MINIMIS = Limit(200_000, EUROS, 3, RATE)
TODAY = dt.date(2027, 2, 2)  # in 2026-27: counts since 1 April 2024


def sum_of(amount: int | str, day: dt.date = dt.date(2026, 5, 1), currency: AidCurrency = POUNDS) -> Aid:
    return Aid(day, Decimal(amount), currency, RATE)


def confirmed(*received: Aid) -> Declared:
    return Declared(received, True)


def test_the_working_is_shown_in_words():
    stands = standing([sum_of(120_000)], 200_000, MFA, TODAY)
    assert stands.working == "£120,000 + this grant £200,000 = £320,000 is above £315,000"


@pytest.mark.parametrize(("earlier", "is_over"), [("115000", False), ("114999.99", False), ("115000.01", True)])
def test_the_limit_itself_is_allowed_and_a_penny_more_is_not(earlier, is_over):
    assert standing([sum_of(earlier)], 200_000, MFA, TODAY).is_over is is_over


@pytest.mark.parametrize(("earlier", "is_over"), [("40000", False), ("40000.01", True)])
def test_euros_are_held_to_a_limit_in_euros(earlier, is_over):
    """£128,000 at £0.80 to the euro is €160,000."""
    assert standing([sum_of(earlier, currency=EUROS)], 128_000, DE_MINIMIS, TODAY).is_over is is_over


def test_each_sum_is_turned_by_the_rate_of_its_own_day():
    old = Aid(dt.date(2025, 5, 1), Decimal(90_000), POUNDS, Decimal("0.9"))
    assert standing([old], 0, DE_MINIMIS, TODAY).before == 100_000


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (dt.date(2027, 3, 31), dt.date(2024, 4, 1)), (dt.date(2027, 4, 1), dt.date(2025, 4, 1)),
        (dt.date(2027, 4, 5), dt.date(2025, 4, 1)), (dt.date(2027, 4, 6), dt.date(2025, 4, 1)),
    ],
)  # fmt: skip
def test_the_years_change_on_1_april_and_not_with_the_tax_year(day, first):
    assert MFA.since(day) == first


@pytest.mark.parametrize(
    ("granted_on", "before"),
    [(dt.date(2024, 3, 31), 0), (dt.date(2024, 4, 1), 1000), (TODAY, 1000), (dt.date(2027, 2, 3), 0)],
)
def test_only_this_and_the_two_previous_years_count(granted_on, before):
    assert standing([sum_of(1000, granted_on)], 0, MFA, TODAY).before == before


@given(st.dates(dt.date(2000, 1, 1), dt.date(2090, 1, 1)), st.integers(1, 5))
def test_the_first_day_begins_the_financial_year_that_many_years_ago(day, count):
    first = first_day_of_years(day, count)
    assert int(financial_year(day)[:4]) - int(financial_year(first)[:4]) == count - 1
    assert financial_year(first) != financial_year(first - dt.timedelta(days=1))


@given(st.lists(st.decimals(0, 10**6, places=2), max_size=8), st.integers(0, 10**6))
def test_the_sum_is_exact_and_more_aid_is_never_less(amounts, grant):
    received = [sum_of(str(a)) for a in amounts]
    stands = standing(received, grant, MFA, TODAY)
    assert stands.total == sum(amounts, Decimal(grant))
    assert stands.is_over == (stands.total > 315_000)
    assert standing([*received, sum_of(1)], grant, MFA, TODAY).total > stands.total


def test_a_partner_without_a_grant_declares_nothing():
    assert problems(Declared((), False), 0, MFA, TODAY) == []


def test_a_missing_declaration_is_told_with_its_first_day():
    assert problems(Declared((), False), 1, MFA, TODAY) == [
        "declare the public aid that was granted since 1 April 2024, or that there was none."
    ]


def test_a_sum_above_the_limit_is_told_with_its_working():
    (sentence,) = problems(confirmed(sum_of(300_000)), 20_000, MFA, TODAY)
    assert sentence.startswith("£300,000 + this grant £20,000 = £320,000 is above £315,000.")


@pytest.mark.parametrize(
    ("granted_on", "low", "high", "expected"),
    [
        (dt.date(2026, 5, 1), None, None, True), (dt.date(2025, 1, 1), 1000, 1000, True),
        (dt.date(2025, 1, 1), 999, 999, False), (dt.date(2025, 1, 1), 500, 1500, True),
        (dt.date(2025, 1, 1), 900, None, True), (dt.date(2025, 1, 1), None, None, False),
    ],
)  # fmt: skip
def test_an_award_of_the_register_is_found_in_the_list_by_day_or_amount(granted_on, low, high, expected):
    ends = [None if end is None else Decimal(end) for end in (low, high)]
    assert is_declared(granted_on, *ends, [sum_of(1000)]) is expected


# With a bid


@pytest.fixture
def limited(regime) -> SubsidyRegime:
    """The regime of the cast, now one that limits the sum of aid as minimal financial assistance does."""
    SubsidyRegime.objects.filter(pk=regime.pk).update(aid_limit=315_000, aid_currency="GBP")
    return SubsidyRegime.objects.get(pk=regime.pk)


@pytest.fixture
def part(limited, competition, sme, applicant) -> Partner:
    return cast_bids.lead_partner(cast_bids.ready(competition, sme, applicant))


def sentences(part: Partner) -> list[str]:
    bid = Bid.objects.get(pk=part.bid_id)
    return [p.sentence for p in queries.problems(bid, NOW.date()) if p.section == "aid"]


def listed(part: Partner, by, amount: int = 1000, **changed):
    facts = {
        "giver": "A fund", "scheme": "", "granted_on": dt.date(2026, 5, 1), "amount": Decimal(amount),
        "currency": "GBP",
    }  # fmt: skip
    return add_aid(partner=part, by=by, at=NOW, **(facts | changed))


def confirm(part: Partner, by) -> AidDeclaration:
    return confirm_aid(partner=part, sha256=aid.digest_of(part.aid_received.all()), by=by, at=NOW)


def test_a_regime_without_a_limit_asks_nothing(competition, sme, applicant):
    part = cast_bids.lead_partner(cast_bids.ready(competition, sme, applicant))
    assert sentences(part) == []
    with pytest.raises(Refused, match="does not ask"):
        listed(part, applicant)


def test_a_bid_without_its_declaration_cannot_be_submitted(part, applicant):
    with pytest.raises(NotReady, match="declare the public aid"):
        actions.submit(bid=part.bid, by=applicant, at=NOW, first_contact=NOW, key="k")


def test_none_confirmed_in_writing_is_enough_and_kept_in_the_version(part, applicant):
    confirm(part, applicant)
    version = actions.submit(bid=part.bid, by=applicant, at=NOW, first_contact=NOW, key="k")
    kept = version.content["partners"][0]["aid"]
    assert (kept["rows"], kept["confirmed_by"]) == ([], applicant.pk)


def test_a_change_of_the_list_needs_a_new_confirmation(part, applicant):
    confirm(part, applicant)
    row = listed(part, applicant)
    assert len(sentences(part)) == 1
    confirm(part, applicant)
    assert sentences(part) == []
    remove_aid(partner=part, row=row.pk, by=applicant, at=NOW)
    assert len(sentences(part)) == 1


def test_a_list_that_changed_since_it_was_read_is_not_confirmed(part, applicant):
    seen = aid.digest_of(part.aid_received.all())
    listed(part, applicant)
    with pytest.raises(Refused, match="has changed since"):
        confirm_aid(partner=part, sha256=seen, by=applicant, at=NOW)


def test_above_the_limit_the_bid_cannot_be_submitted(part, applicant):
    listed(part, applicant, 300_000)
    confirm(part, applicant)
    (sentence,) = sentences(part)
    assert "£300,000 + this grant £42,000 = £342,000 is above £315,000" in sentence


def test_a_partner_that_is_no_undertaking_declares_nothing(part, applicant):
    university = organisation(OrganisationKind.UNIVERSITY)
    other = Partner.objects.create(bid=part.bid, organisation=university, size="non_business")
    with pytest.raises(Refused, match="does not ask"):
        listed(other, applicant)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"granted_on": dt.date(2027, 2, 3)}, "lies in the future"), ({"amount": Decimal("NaN")}, "above 0"),
        ({"amount": Decimal(0)}, "above 0"), ({"amount": Decimal("1e15")}, "above 0"),
        ({"amount": Decimal("0.001")}, "two decimals"), ({"giver": " "}, "which body"),
        ({"giver": "a\x00"}, "cannot be kept"), ({"pounds_per_euro": Decimal(100)}, "The rate"),
    ],
)  # fmt: skip
def test_a_sum_that_cannot_be_is_refused(part, applicant, changed, words):
    with pytest.raises(Refused, match=words):
        listed(part, applicant, **changed)


def test_a_submitted_bid_keeps_its_declaration(part, applicant):
    confirm(part, applicant)
    actions.submit(bid=part.bid, by=applicant, at=NOW, first_contact=NOW, key="k")
    with pytest.raises(Refused, match="cannot be changed"):
        listed(part, applicant)
    with pytest.raises(Exception, match="fixed"):
        AidDeclaration.objects.all().delete()


def test_giving_up_changes_brings_the_declaration_back(part, applicant):
    row = listed(part, applicant, 5000)
    confirm(part, applicant)
    version = actions.submit(bid=part.bid, by=applicant, at=NOW, first_contact=NOW, key="k")
    facts = {"bid": part.bid, "by": applicant, "at": NOW}
    actions.reopen(**facts)
    remove_aid(partner=part, row=row.pk, by=applicant, at=NOW)
    listed(part, applicant, 7)
    actions.give_up_changes(**facts)
    assert digest(queries.content_of(Bid.objects.get(pk=part.bid_id))) == version.sha256


def test_strangers_declare_nothing(part, fund_manager):
    with pytest.raises(Refused):
        listed(part, fund_manager)


def test_readiness_asks_no_query_more_where_nothing_is_asked(
    competition, sme, applicant, django_assert_max_num_queries
):
    bid = cast_bids.ready(competition, sme, applicant)
    with django_assert_max_num_queries(12):
        queries.problems(Bid.objects.select_related("competition", "strand").get(pk=bid.pk), NOW.date())
