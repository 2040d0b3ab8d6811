"""Grant that will not be spent is released by two people, never above what is left, and offered to the reserve."""

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import Message
from accounts.rules import Refused
from accounts.states import Role
from awards import actions, overview, queries, spend, underspends, varying
from awards.actions import freeing, releasing
from awards.models import Award, Underspend
from funds import approvals, watchdog
from funds.models import Envelope, LedgerEntry
from funds.years import months_from
from tests.asking import get, post, text
from tests.cast import NOW
from tests.cast_awards import QUARTER_OVER, STARTS_ON, agree, draft_claim, line, report_finally

pytestmark = pytest.mark.django_db
FM = {"role": Role.FUND_MANAGER, "at": QUARTER_OVER}


def put_forward(award: Award, people, pence: int = 1_000_000, year: str = "2027-28") -> Underspend:
    facts = {"year": year, "pence": pence, "reason": "An engineer left", "by": people.fund_manager}
    return releasing.propose_underspend(part=award.partners.get(), **facts, **FM)


def release(award: Award, people, pence: int = 1_000_000, year: str = "2027-28") -> Underspend:
    waiting = put_forward(award, people, pence, year)
    return releasing.release_underspend(underspend=waiting, by=people.second_manager, **FM)


def planned(award: Award) -> dict[str, int]:
    lines = award.spend_lines.all()
    return spend.by_year(spend.Cell(line.month, line.category, line.pence) for line in lines)


def refused_by_the_database(sql: str) -> str:
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    return str(refused.value)


def test_commitment_and_plan_fall_by_what_is_released(live_award, people):
    made = release(live_award, people)
    assert queries.left_by_year(live_award) == planned(live_award) == {"2026-27": 335_417, "2027-28": 2_689_583}
    assert Envelope.objects.get(kind="stream").committed_pence == 3_025_000
    posted = LedgerEntry.objects.filter(reference=made.reference).values_list("kind", "year", "pence")
    assert list(posted) == [("released", "2027-28", 1_000_000)]
    assert watchdog.differences() == []


def test_less_can_be_claimed_then(live_award, people):
    release(live_award, people)
    money = overview.money(Award.objects.get(pk=live_award.pk))
    assert (money.grant, money.released, money.left) == (4_025_000, 1_000_000, 3_025_000)
    assert underspends.left_of(live_award.partners.get()) == 3_025_000


def test_a_claim_is_cut_to_what_was_not_released(live_award, people):
    release(live_award, people, 3_600_000)
    claim = draft_claim(live_award, people, match_pence=575_000)
    assert actions.submit_claim(claim=claim, by=people.applicant, at=QUARTER_OVER).grant_pence == 425_000


def test_nothing_is_released_on_one_word(live_award, people):
    waiting = put_forward(live_award, people)
    with pytest.raises(Refused, match="somebody else has to approve it"):
        releasing.release_underspend(underspend=waiting, by=people.fund_manager, **FM)
    assert "without the approval" in refused_by_the_database("UPDATE awards_underspend SET state = 'released'")


@pytest.mark.parametrize(("year", "pence"), [
    ("2027-28", 3_689_584), ("2027-28", 0), ("2027-28", -1), ("2026-27", 335_418), ("2030-31", 1), ("", 10**15),
])  # fmt: skip
def test_no_more_is_released_than_the_year_has_left(year, pence, live_award, people):
    with pytest.raises(Refused, match="can be released for"):
        put_forward(live_award, people, pence, year)


def test_what_is_claimed_is_not_released(claim, people):
    assert underspends.left_by_year(claim.award.partners.get()) == {"2026-27": 335_417, "2027-28": 2_989_583}
    assert release(claim.award, people, 2_989_583).state == "released"
    with pytest.raises(Refused, match="£0 of 2027-28"):
        put_forward(claim.award, people, 1)


def test_what_is_planned_for_another_partner_is_not_released(consortium, people):
    award = actions.offer(bid=consortium, by=people.fund_manager, role=Role.FUND_MANAGER, at=NOW)
    company, trust = award.partners.order_by("pk")
    assert underspends.left_by_year(company) == {"2026-27": 262_500, "2027-28": 2_887_500}
    assert underspends.left_by_year(trust) == {"2026-27": 66_667, "2027-28": 733_333}


def test_a_claim_that_comes_in_between_is_not_released_away(live_award, people):
    waiting = put_forward(live_award, people, 3_689_583)
    actions.submit_claim(claim=draft_claim(live_award, people), by=people.applicant, at=QUARTER_OVER)
    with pytest.raises(Refused, match="can be released for"):
        releasing.release_underspend(underspend=waiting, by=people.second_manager, **FM)


def test_the_database_releases_no_more_than_is_left(live_award, people):
    waiting = put_forward(live_award, people, 3_689_583)
    actions.submit_claim(claim=draft_claim(live_award, people), by=people.applicant, at=QUARTER_OVER)
    proposal = approvals.newest("underspend", waiting.reference)
    approvals.approve(proposal=proposal, by=people.second_manager, **FM)
    told = refused_by_the_database("UPDATE awards_underspend SET state = 'released'")
    assert "releases more than is left of the grant" in told


def test_nobody_changes_what_was_put_forward(live_award, people):
    put_forward(live_award, people)
    assert "cannot be changed" in refused_by_the_database("UPDATE awards_underspend SET pence = 1")


def test_the_database_pays_no_claim_out_of_what_was_released(live_award, people):
    claim = draft_claim(live_award, people, line(1_000_000))
    release(live_award, people, 3_600_000)
    told = refused_by_the_database(
        "UPDATE awards_claim SET state = 'submitted', grant_pence = 700000, submitted_at = now(), received_at = now(),"
        f" submitted_by_id = {people.applicant.pk} WHERE id = {claim.pk}"
    )
    assert "above what is left of the grant" in told


def test_what_was_dropped_can_be_put_forward_again(live_award, people):
    releasing.drop_underspend(underspend=put_forward(live_award, people), by=people.fund_manager, **FM)
    assert put_forward(live_award, people).reference == f"{live_award.reference}-U2"


def test_one_release_of_a_partner_waits_at_a_time(live_award, people):
    put_forward(live_award, people)
    with pytest.raises(Refused, match="waits for a second person"):
        put_forward(live_award, people)


def test_people_are_told_and_the_reserve_is_offered_the_money(live_award, people):
    made = release(live_award, people)
    told = set(Message.objects.filter(key__contains=made.reference).values_list("template", "to"))
    wanted = {("approval_waiting", people.second_manager.pk), ("underspend_released", people.applicant.pk)}
    assert told >= wanted
    assert ("approval_waiting", people.fund_manager.pk) not in told
    job = ProcrastinateJob.objects.get(task_name=freeing.OFFER_TO_RESERVE)
    assert job.args == {
        "competition_id": live_award.bid.competition_id, "reference": made.reference, "pence": 1_000_000,
        "by_id": people.second_manager.pk,
    }  # fmt: skip


def test_completing_releases_only_what_was_not_released_before(claim, people):
    agree(claim, people, "review", "approve", "instruct", "pay")
    release(claim.award, people, 2_989_583)
    report_finally(claim.award, people)
    over = {"role": Role.FUND_MANAGER, "at": QUARTER_OVER.replace(year=2028)}
    actions.complete(award=claim.award, by=people.fund_manager, **over)
    envelope = Envelope.objects.get(award=claim.award)
    assert (envelope.committed_pence, envelope.paid_pence) == (700_000, 700_000)


def test_a_fund_manager_releases_on_the_page(live_award, people):
    key = live_award.partners.get().pk
    page = "underspend_new", live_award.reference, key
    post(people.fund_manager, *page, year="2027-28", pence="10,000.00", reason="An engineer left")
    waiting = Underspend.objects.get()
    assert f"Drop {waiting.reference}" in text(get(people.fund_manager, "award_changes", live_award.reference))
    post(people.second_manager, "underspend_release", live_award.reference, waiting.pk)
    assert Underspend.objects.get().state == "released"


@given(grant=st.integers(1, 10**9), less=st.integers(0, 10**9), months=st.integers(1, 30))
def test_a_plan_is_cut_to_the_penny_and_nowhere_below_nothing(grant, less, months):
    less = min(grant, less)
    cells = spend.profile(grant, {"labour": 3, "materials": 1}, months_from(STARTS_ON, months))
    kept = varying.cut(cells, less, "2027-28")
    assert (sum(cell.pence for cell in kept), all(cell.pence > 0 for cell in kept)) == (grant - less, True)
