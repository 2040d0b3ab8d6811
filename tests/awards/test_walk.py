"""A walk over all deeds that move money, in any order: whatever is refused or done, every figure stays true."""

import datetime as dt

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from accounts.states import Role
from awards import actions, payable, queries, reconciling, underspends
from awards.actions import claim_items, recovering, releasing, runs, suspending, variations
from awards.models import Award, Claim, Payment, PaymentRun, Recovery, RunItem, Variation
from awards.states import ItemState, RecoveryState
from funds.actions import envelopes, money
from funds.models import Envelope
from tests.cast_awards import QUARTER_OVER, draft_claim, line
from tests.cast_runs import payer, report, second_finance, verified
from tests.walks import MoneyWalk, walk

__all__ = ["payer", "second_finance"]
pytestmark = pytest.mark.django_db
FM, FO, MO = Role.FUND_MANAGER, Role.FINANCE_OFFICER, Role.MONITORING_OFFICER
PENCE = st.integers(1, 4_000_000)
WHICH = st.integers(0, 3)
UP_OR_DOWN = st.integers(-200_000_000, 200_000_000)


class Walk(MoneyWalk):
    """One award, its people, and every deed on its money; each walk begins anew."""

    world: tuple

    def __init__(self) -> None:
        super().__init__()
        self.award, self.people, self.second = self.world
        self.at, self.reports = QUARTER_OVER, 0

    def a_claim(self, which: int) -> Claim | None:
        found = list(Claim.objects.order_by("number"))
        return found[which % len(found)] if found else None

    @initialize(pence=PENCE)
    def begin(self, pence: int) -> None:
        self.claim(1, pence)

    @rule(number=st.integers(1, 3), pence=PENCE)
    def claim(self, number: int, pence: int) -> None:
        with self.deed("claim"):
            spent = line(pence, incurred_on=dt.date(2027, 4, 30) + dt.timedelta(days=91 * (number - 1)),
                         invoice_number=f"N{number}-{pence}")  # fmt: skip
            made = draft_claim(self.award, self.people, spent, number=number, match_pence=pence - pence * 70 // 100)
            actions.submit_claim(claim=made, by=self.people.applicant, at=self.at)

    @rule(which=WHICH, times=st.integers(1, 5))
    def advance(self, which: int, times: int) -> None:
        for _ in range(times):
            if claim := self.a_claim(which):
                self.next_step(claim)

    def next_step(self, claim: Claim) -> None:
        facts = {"claim": claim, "at": self.at}
        with self.deed(f"from {claim.state}"):
            match claim.state:
                case "submitted":
                    actions.review_claim(by=self.people.monitoring_officer, role=MO, **facts)
                case "reviewed":
                    actions.approve_claim(by=self.people.fund_manager, role=FM, **facts)
                case "queried":
                    actions.submit_claim(by=self.people.applicant, **facts)
                case "instructed":
                    self.bank(claim.number - 1, "paid")
                case "paid" if claim.recoveries.filter(state="demanded").exists():
                    self.get_back(drop=False)
                case "paid":
                    self.ask_back(claim.number - 1, claim.grant_pence // 3)
                case "approved" | "returned" if claim.run_items.filter(state="proposed").exists():
                    self.make_run(mine=False)
                case "approved" | "returned":
                    self.propose_run()

    @rule(which=WHICH, share=st.integers(0, 11))
    def disallow(self, which: int, share: int) -> None:
        if (claim := self.a_claim(which)) and (item := claim.lines.first()):
            with self.deed("disallowed"):
                claim_items.disallow(
                    claim=claim, key=item.pk, pence=item.pence * share // 10, reason="?",
                    by=self.people.monitoring_officer, role=MO, at=self.at,
                )  # fmt: skip

    @rule(which=WHICH)
    def query(self, which: int) -> None:
        if claim := self.a_claim(which):
            with self.deed("query"):
                actions.query_claim(claim=claim, reason="Why?", by=self.people.fund_manager, role=FM, at=self.at)

    @rule()
    def propose_run(self) -> None:
        with self.deed("run"):
            claims = list(payable.waiting())
            runs.propose_run(claims=claims, pay_on=self.at.date(), by=self.second, role=FO, at=self.at)

    @rule(mine=st.booleans())
    def make_run(self, mine: bool) -> None:
        by = self.second if mine else self.people.finance_officer
        if run := PaymentRun.objects.order_by("pk").last():
            with self.deed("made"):
                runs.make_run(run=run, by=by, role=FO, at=self.at)
                assert not mine

    @rule()
    def cancel_run(self) -> None:
        if run := PaymentRun.objects.order_by("pk").last():
            with self.deed("cancelled"):
                runs.cancel_run(run=run, reason="No", by=self.second, role=FO, at=self.at)

    @rule(which=WHICH, status=st.sampled_from(["paid", "paid", "returned", "acsp"]))
    def bank(self, which: int, status: str) -> None:
        if claim := self.a_claim(which):
            self.reports += 1
            with self.deed(status):
                report(f"MF{claim.reference},{status},{self.reports},", by=self.people.finance_officer, at=self.at)

    @rule()
    def hold(self) -> None:
        with self.deed("suspended"):
            suspending.suspend(award=self.award, reason="?", by=self.people.fund_manager, role=FM, at=self.at)

    @rule()
    def let_go(self) -> None:
        with self.deed("lifted"):
            suspending.lift_suspension(award=self.award, by=self.people.second_manager, role=FM, at=self.at)

    @rule(which=WHICH, pence=PENCE, mine=st.booleans())
    def ask_back(self, which: int, pence: int, mine: bool = False) -> None:
        by = self.people.fund_manager if mine else self.people.second_manager
        if claim := self.a_claim(which):
            with self.deed("asked back"):
                made = recovering.propose_recovery(
                    claim=claim, kind="clawback", pence=1 + pence % max(1, claim.grant_pence), reason="?",
                    by=self.people.fund_manager, role=FM, at=self.at,
                )  # fmt: skip
                recovering.demand_recovery(recovery=made, by=by, role=FM, at=self.at)
                assert not mine

    @rule(drop=st.booleans())
    def get_back(self, drop: bool) -> None:
        if due := Recovery.objects.order_by("pk").last():
            with self.deed("got back"):
                if drop:
                    recovering.drop_recovery(recovery=due, by=self.people.fund_manager, role=FM, at=self.at)
                else:
                    recovering.receive_recovery(
                        recovery=due, bank_reference="IN", by=self.people.finance_officer, role=FO, at=self.at
                    )

    @rule(months=st.sampled_from([dt.date(2028, 3, 31), dt.date(2028, 8, 31), dt.date(2029, 2, 28)]))
    def later(self, months: dt.date) -> None:
        with self.deed("varied"):
            made = variations.propose_time(
                award=self.award, ends_on=months, reason="?", by=self.people.fund_manager, role=FM, at=self.at
            )
            variations.agree_variation(variation=made, by=self.people.second_manager, role=FM, at=self.at)

    @rule(pounds=st.integers(-9_000, 9_000))
    def move(self, pounds: int) -> None:
        part = self.award.partners.get()
        costs = part.costs | {"labour": part.costs["labour"] - pounds, "materials": part.costs["materials"] + pounds}
        with self.deed("moved"):
            variations.propose_costs(
                part=part, costs=costs, reason="?", by=self.people.fund_manager, role=FM, at=self.at
            )

    @rule(mine=st.booleans())
    def agree(self, mine: bool) -> None:
        by = self.people.fund_manager if mine else self.people.second_manager
        if variation := Variation.objects.order_by("pk").last():
            with self.deed("agreed"):
                variations.agree_variation(variation=variation, by=by, role=FM, at=self.at)
                assert not mine

    @rule()
    def drop(self) -> None:
        if variation := Variation.objects.order_by("pk").last():
            with self.deed("dropped"):
                variations.drop_variation(variation=variation, by=self.people.fund_manager, role=FM, at=self.at)

    @rule(year=st.sampled_from(["2026-27", "2027-28"]), pence=UP_OR_DOWN, mine=st.booleans())
    def appropriate(self, year: str, pence: int, mine: bool) -> None:
        facts = {"stream": self.award.bid.competition.stream, "year": year, "role": FM, "at": self.at}
        by = self.people.fund_manager if mine else self.people.second_manager
        with self.deed("appropriated"):
            envelopes.propose_appropriation(pence=pence, reason="?", by=self.people.fund_manager, **facts)
            envelopes.approve_appropriation(by=by, **facts)
            assert not mine

    @rule(pence=st.integers(1, 200_000_000), mine=st.booleans())
    def allocate(self, pence: int, mine: bool) -> None:
        facts = {"competition": self.award.bid.competition, "role": FM, "at": self.at}
        by = self.people.fund_manager if mine else self.people.second_manager
        with self.deed("allocated"):
            money.propose_allocation(pence=pence, reason="?", by=self.people.fund_manager, **facts)
            money.approve_allocation(by=by, **facts)
            assert not mine

    @rule(pence=PENCE, which=WHICH)
    def release(self, pence: int, which: int) -> None:
        part = self.award.partners.get()
        years = list(underspends.left_by_year(part)) or ["2027-28"]
        facts = {"part": part, "year": years[which % len(years)], "pence": pence, "reason": "?"}
        with self.deed("released"):
            made = releasing.propose_underspend(by=self.people.fund_manager, role=FM, at=self.at, **facts)
            releasing.release_underspend(underspend=made, by=self.people.second_manager, role=FM, at=self.at)

    @rule()
    def end(self) -> None:
        if self.reports > 4:
            with self.deed("ended"):
                actions.terminate(award=self.award, reason="?", by=self.people.fund_manager, role=FM, at=self.at)

    @invariant()
    def the_bank_and_the_ledger_agree(self) -> None:
        assert [line.difference for line in reconciling.by_stream()] == [0] * len(reconciling.by_stream())

    @invariant()
    def every_claim_is_paid_once(self) -> None:
        back = sum(r.pence for r in Recovery.objects.filter(state=RecoveryState.RECEIVED))
        live = RunItem.objects.filter(state__in=[ItemState.INSTRUCTED, ItemState.PAID]).select_related("claim")
        assert len({item.claim_id for item in live}) == len(live)
        assert all(item.pence == item.claim.grant_pence for item in live)
        envelope = Envelope.objects.get(kind="award")
        assert envelope.instructed_pence == sum(item.pence for item in live) - back
        assert all(p.end_to_end_id == f"MF{p.claim.reference}" for p in Payment.objects.select_related("claim"))

    @invariant()
    def the_award_is_never_exceeded(self) -> None:
        award = Award.objects.get(pk=self.award.pk)
        assert sum(c.grant_pence for c in Claim.objects.filter(state__in=payable.rules.COUNTED)) <= award.grant_pence
        assert min(queries.left_by_year(award).values()) >= 0
        left = award.grant_pence - queries.released(award.partners.all())
        assert sum(spend.pence for spend in award.spend_lines.all()) == left


@pytest.fixture
def world(live_award, people, second_finance, payer, monkeypatch) -> None:
    verified(live_award.bid.lead, entered_by=people.applicant, by=people.finance_officer)
    monkeypatch.setattr(Walk, "world", (live_award, people, second_finance), raising=False)


def test_a_short_walk_keeps_every_figure_true(world):
    assert {"claim", "refused"} <= walk(Walk, 3, 20)


@pytest.mark.deep
def test_a_long_walk_keeps_every_figure_true(world):
    assert {"claim", "made", "paid", "asked back", "got back", "refused"} <= walk(Walk, 40, 60)
