"""Payments held, money asked back, terms varied: new entries and two people; year, pot and stream always balance."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Message
from accounts.rules import Refused
from accounts.states import OrganisationKind, Role
from awards import actions, overview, queries, spend, varying
from awards.actions import claim_items, recovering, suspending, variations
from awards.models import Award, AwardPartner, Recovery, Variation
from funds import approvals, watchdog
from funds.models import Envelope, LedgerEntry
from funds.years import months_from
from tests.asking import get, text
from tests.cast import organisation
from tests.cast_awards import QUARTER_OVER, STARTS_ON, draft_claim
from tests.cast_runs import made, now, payer, ready, report, second_finance

__all__ = ["payer", "ready", "second_finance"]
pytestmark = pytest.mark.django_db
FM = {"role": Role.FUND_MANAGER, "at": QUARTER_OVER}
FO = {"role": Role.FINANCE_OFFICER, "at": QUARTER_OVER}
END = dt.date(2028, 2, 29)


@pytest.fixture
def paid(ready, people, second_finance):
    """A claim of £7,000 that the bank has paid."""
    made(ready, people=people, second=second_finance)
    report(f"MF{ready.reference},paid,,", by=people.finance_officer)
    return now(ready)


def ask(claim, people, pence: int = 200_000) -> Recovery:
    return recovering.propose_recovery(
        claim=claim, kind="clawback", pence=pence, reason="Not eligible", by=people.fund_manager, **FM
    )


def demand(claim, people, pence: int = 200_000) -> Recovery:
    return recovering.demand_recovery(recovery=ask(claim, people, pence), by=people.second_manager, **FM)


def fresh(award: Award) -> Award:
    return Award.objects.get(pk=award.pk)


def planned(award: Award) -> dict[str, int]:
    lines = award.spend_lines.all()
    return spend.by_year(spend.Cell(line.month, line.category, line.pence) for line in lines)


def refused_by_the_database(sql: str, *values: object) -> str:
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
    return str(refused.value)


def test_money_that_comes_back_is_recovered_and_released(paid, people):
    due = demand(paid, people)
    recovering.receive_recovery(recovery=due, bank_reference="IN 1", by=people.finance_officer, **FO)
    stream = Envelope.objects.get(kind="stream")
    assert (stream.paid_pence, stream.instructed_pence, stream.committed_pence) == (500_000, 500_000, 3_825_000)
    posted = LedgerEntry.objects.filter(reference=due.reference).order_by("id").values_list("kind", "year", "pence")
    assert list(posted) == [("recovered", "2027-28", 200_000), ("released", "2027-28", 200_000)]
    assert watchdog.differences() == []


def test_what_was_paid_back_is_not_shown_as_waiting_to_be_paid(paid, people):
    recovering.receive_recovery(recovery=demand(paid, people), bank_reference="IN 1", by=people.finance_officer, **FO)
    found = overview.money(paid.award)
    assert (found.claimed, found.paid, found.paid_back, found.to_instruct) == (700_000, 500_000, 200_000, 0)


def test_nothing_is_left_to_claim_of_an_award_that_has_ended(live_award, people):
    assert overview.money(live_award).left == 4_025_000
    ended = actions.terminate(award=live_award, reason="Wound up", by=people.fund_manager, **FM)
    assert overview.money(fresh(ended)).left == 0


def test_the_same_receipt_twice_changes_nothing(paid, people):
    due = demand(paid, people)
    for _ in range(2):
        recovering.receive_recovery(recovery=due, bank_reference="IN 1", by=people.finance_officer, **FO)
    assert LedgerEntry.objects.filter(kind="recovered").count() == 1


def test_nothing_is_demanded_on_one_word(paid, people):
    with pytest.raises(Refused, match="somebody else has to approve it"):
        recovering.demand_recovery(recovery=ask(paid, people), by=people.fund_manager, **FM)


def test_nothing_is_received_that_was_not_demanded(paid, people):
    with pytest.raises(Refused, match="is now “waits for a second person”"):
        recovering.receive_recovery(recovery=ask(paid, people), bank_reference="IN 1", by=people.finance_officer, **FO)


def test_no_more_is_asked_back_than_was_paid(paid, people):
    demand(paid, people, 600_000)
    with pytest.raises(Refused, match="£1,000 of claim"):
        ask(paid, people, 100_001)


@pytest.mark.parametrize("pence", [0, -1, 10**15])
def test_silly_sums_are_refused(pence, paid, people):
    with pytest.raises(Refused):
        ask(paid, people, pence)


def test_nothing_is_asked_back_of_a_claim_that_is_not_paid(ready, people):
    with pytest.raises(Refused, match="£0 of claim"):
        ask(ready, people)


def test_a_dropped_demand_can_be_made_again(paid, people):
    recovering.drop_recovery(recovery=demand(paid, people, 700_000), by=people.fund_manager, **FM)
    assert demand(paid, people, 700_000).state == "demanded"


def test_the_organisation_is_told_what_to_pay_back(paid, people):
    due = demand(paid, people)
    message = Message.objects.get(template="recovery_demanded")
    assert message.subject == f"Pay back £2,000 of claim {paid.reference}"
    assert due.reference in message.body


def test_the_claimant_finds_it_on_the_claim_once_it_is_demanded(paid, people):
    due = ask(paid, people)
    assert due.reference not in text(get(people.applicant, "claim", paid.reference))
    recovering.demand_recovery(recovery=due, by=people.second_manager, **FM)
    shown = text(get(people.applicant, "claim", paid.reference))
    assert (due.reference in shown, "£2,000" in shown) == (True, True)


def test_a_payment_under_recovery_cannot_be_returned_by_the_bank(paid, people):
    demand(paid, people)
    kept = report(f"MF{paid.reference},returned,AC04,", by=people.finance_officer)
    assert (kept.lines.get().outcome, now(paid).state) == ("refused", "paid")


def test_the_database_asks_back_no_more_than_was_paid(paid, people):
    demand(paid, people)
    told = refused_by_the_database(
        "INSERT INTO awards_recovery (reference, claim_id, kind, pence, reason, state, content_sha256, by_id, at,"
        " bank_reference) SELECT 'X', claim_id, kind, 500001, reason, 'proposed', content_sha256, by_id, at, ''"
        " FROM awards_recovery"
    )
    assert "asks back more than was paid" in told


def test_the_database_demands_nothing_on_one_word(paid, people):
    ask(paid, people)
    assert "without the approval" in refused_by_the_database("UPDATE awards_recovery SET state = 'demanded'")


def test_a_suspension_is_lifted_by_another_person(live_award, people):
    suspending.suspend(award=live_award, reason="Doubts", by=people.fund_manager, **FM)
    with pytest.raises(Refused, match="another fund manager"):
        suspending.lift_suspension(award=live_award, by=people.fund_manager, **FM)
    assert suspending.lift_suspension(award=live_award, by=people.second_manager, **FM).lifted_at == QUARTER_OVER


def test_an_award_is_held_once(live_award, people):
    suspending.suspend(award=live_award, reason="Doubts", by=people.fund_manager, **FM)
    with pytest.raises(Refused, match="are held already"):
        suspending.suspend(award=live_award, reason="Doubts", by=people.second_manager, **FM)


def test_the_database_lets_nobody_lift_their_own(live_award, people):
    suspending.suspend(award=live_award, reason="Doubts", by=people.fund_manager, **FM)
    told = refused_by_the_database("UPDATE awards_suspension SET lifted_by_id = by_id, lifted_at = now()")
    assert "lifted_by_another" in told


def later(award: Award, people, ends_on: dt.date = dt.date(2028, 8, 31)):
    return variations.propose_time(award=award, ends_on=ends_on, reason="Recruitment", by=people.fund_manager, **FM)


def test_a_later_end_moves_plan_and_commitment_together(live_award, people):
    variations.agree_variation(variation=later(live_award, people), by=people.second_manager, **FM)
    award = fresh(live_award)
    assert award.ends_on == dt.date(2028, 8, 31)
    assert sum(planned(award).values()) == award.grant_pence
    assert planned(award) == queries.left_by_year(award)
    assert watchdog.differences() == []


def test_the_organisation_is_told_what_was_changed_and_why(live_award, people):
    variations.agree_variation(variation=later(live_award, people), by=people.second_manager, **FM)
    message = Message.objects.get(template="award_varied")
    assert (message.to, "now ends on 31 August 2028" in message.body) == (people.applicant, True)
    assert "Recruitment" in message.body


def test_a_later_end_needs_two(live_award, people):
    with pytest.raises(Refused, match="somebody else has to approve it"):
        variations.agree_variation(variation=later(live_award, people), by=people.fund_manager, **FM)
    assert fresh(live_award).ends_on == END


@pytest.mark.parametrize("day", [END, dt.date(2028, 8, 30), dt.date(2030, 3, 31), dt.date(2027, 12, 31)])
def test_an_end_that_does_not_fit_is_refused(day, live_award, people):
    with pytest.raises(Refused):
        later(live_award, people, day)


def costs(award: Award, pounds: int) -> dict[str, int]:
    """Return the lead's costs with `pounds` moved from labour to materials."""
    before = award.partners.get().costs
    return before | {"labour": before["labour"] - pounds, "materials": before["materials"] + pounds}


def shift(award: Award, people, pounds: int):
    part = award.partners.get()
    return variations.propose_costs(part=part, costs=costs(award, pounds), reason="Need", by=people.fund_manager, **FM)


def test_a_tenth_is_moved_by_one_officer(live_award, people):
    assert shift(live_award, people, 5_750).state == "agreed"  # of £57,501
    assert live_award.partners.get().costs["materials"] == 9_501 + 5_750
    assert sum(planned(live_award).values()) == live_award.grant_pence


def test_above_a_tenth_waits_for_a_second_officer(live_award, people):
    waiting = shift(live_award, people, 5_751)
    assert (waiting.state, live_award.partners.get().costs["materials"]) == ("proposed", 9_501)
    variations.agree_variation(variation=waiting, by=people.second_manager, **FM)
    assert live_award.partners.get().costs["materials"] == 9_501 + 5_751


def test_small_moves_add_up(live_award, people):
    shift(live_award, people, 5_000)
    assert shift(live_award, people, 1_000).state == "proposed"


def test_what_was_claimed_cannot_be_moved_away(claim, people):
    with pytest.raises(Refused, match="is claimed for labour already"):
        shift(claim.award, people, 30_001)


def test_what_was_disallowed_can_be_moved_away(claim, people):
    claim_items.disallow(
        claim=claim, key=claim.lines.get().pk, pence=500_000, reason="Private", by=people.monitoring_officer,
        role=Role.MONITORING_OFFICER, at=QUARTER_OVER,
    )  # fmt: skip
    assert shift(claim.award, people, 35_000).state == "proposed"


def test_what_was_claimed_since_it_was_put_forward_cannot_be_moved_away_not_even_by_sql(live_award, people):
    waiting = shift(live_award, people, 30_001)
    actions.submit_claim(claim=draft_claim(live_award, people), by=people.applicant, at=QUARTER_OVER)
    with pytest.raises(Refused, match="More than £9,999 is claimed for labour already"):
        variations.agree_variation(variation=waiting, by=people.second_manager, **FM)
    proposal = approvals.newest("variation", waiting.reference)
    approvals.approve(proposal=proposal, by=people.second_manager, **FM)
    Variation.objects.filter(pk=waiting.pk).update(state="agreed")
    part = live_award.partners.get()
    with pytest.raises(IntegrityError, match="has claimed more in a category"), transaction.atomic():
        AwardPartner.objects.filter(pk=part.pk).update(costs=waiting.after["costs"])


def test_a_later_end_is_not_agreed_to_once_the_project_is_over(live_award, people):
    waiting = later(live_award, people)
    after = live_award.ends_on + dt.timedelta(days=1)
    with pytest.raises(Refused, match="The project is over"):
        variations.agree_variation(
            variation=waiting, by=people.second_manager, role=Role.FUND_MANAGER,
            at=dt.datetime.combine(after, dt.time(9), dt.UTC),
        )  # fmt: skip


def test_a_variation_is_agreed_to_once(live_award, people):
    waiting = later(live_award, people)
    variations.agree_variation(variation=waiting, by=people.second_manager, **FM)
    with pytest.raises(Refused, match="is agreed already"):
        variations.agree_variation(variation=waiting, by=people.second_manager, **FM)


def test_one_variation_waits_at_a_time(live_award, people):
    later(live_award, people)
    with pytest.raises(Refused, match="waits for a second person"):
        shift(live_award, people, 6_000)


def test_a_dropped_variation_changes_nothing(live_award, people):
    variations.drop_variation(variation=later(live_award, people), by=people.second_manager, **FM)
    assert fresh(live_award).ends_on == END


def test_the_lead_cannot_be_changed(live_award, people):
    with pytest.raises(Refused, match="The lead cannot be changed"):
        variations.propose_partner(
            part=live_award.partners.get(), organisation=organisation(OrganisationKind.UNIVERSITY), reason="Moved",
            by=people.fund_manager, **FM,
        )  # fmt: skip


def test_the_database_moves_no_end_without_a_variation(live_award):
    assert "agree a variation" in refused_by_the_database("UPDATE awards_award SET ends_on = '2030-03-31'")


def test_the_database_changes_no_costs_without_a_variation(live_award):
    assert AwardPartner.objects.count() == 1
    told = refused_by_the_database("UPDATE awards_awardpartner SET costs = costs || '{\"labour\": 1}'")
    assert "are fixed" in told


def test_the_database_agrees_to_nothing_on_one_word(live_award, people):
    later(live_award, people)
    assert "needs a second person" in refused_by_the_database("UPDATE awards_variation SET state = 'agreed'")


@pytest.mark.parametrize(
    "changed", [{"pounds": 5_751}, {"moved": 0}, {"organisation": 0}, {"size": "large"}, {"part": 0}]
)
def test_the_database_lets_one_officer_move_a_tenth_and_nothing_else(changed, live_award, people):
    part, pounds = live_award.partners.get(), changed.get("pounds", 5_750)
    before = {"part": part.pk, "costs": part.costs, "organisation": part.organisation_id, "size": part.size}
    made = Variation.objects.create(
        reference="V-1", award=live_award, kind="costs", before=before, by=people.fund_manager, at=QUARTER_OVER,
        after=before | {"costs": costs(live_award, pounds)} | changed, needs_two=False, reason="?",
        moved_pounds=changed.get("moved", pounds), content_sha256="x",
    )  # fmt: skip
    told = refused_by_the_database("UPDATE awards_variation SET state = 'agreed' WHERE id = %s", made.pk)
    assert "more than one officer may agree to" in told


@given(
    grant=st.integers(1, 10**9), months=st.integers(2, 36), more=st.integers(1, 24), cut=st.integers(0, 40),
    was=st.integers(0, 10**6), becomes=st.integers(1, 10**6),
)  # fmt: skip
def test_a_plan_spread_anew_is_the_grant_to_the_penny(grant, months, more, cut, was, becomes):
    cells = spend.profile(grant, {"labour": was + 1, "materials": 10}, months_from(STARTS_ON, months))
    ends_on = months_from(STARTS_ON, months + more)[-1] + dt.timedelta(days=27)
    first = months_from(STARTS_ON, cut + 1)[-1]
    spread = varying.respread(cells, grant, {"labour": becomes, "materials": 10}, first=first, ends_on=ends_on)
    assert sum(cell.pence for cell in spread) == grant
    assert [c for c in spread if c.month < min(first, ends_on.replace(day=1))] == [
        c for c in cells if c.month < min(first, ends_on.replace(day=1))
    ]


years = st.dictionaries(st.sampled_from(["2026-27", "2027-28", "2028-29"]), st.integers(0, 10**6))


@given(before=years, after=years, left=years)
def test_commitment_only_moves_between_years(before, after, left):
    moved = varying.shifts(before, after, left)
    assert sum(pence for pence in moved.values() if pence > 0) <= -sum(p for p in moved.values() if p < 0)
    assert all(-pence <= left.get(year, 0) for year, pence in moved.items() if pence < 0)
