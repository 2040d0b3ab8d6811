"""A walk over all deeds on the networks' money, by the right and the wrong people, in any order."""

import datetime as dt
from typing import Any

import pytest
from django.db.models import Sum
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from ahsn import actions, queries
from ahsn.models import Allocation, Instalment, Network, NetworkReturn, Release
from ahsn.states import RELEASE_OUT, ReleaseState, Standing
from funds.actions import envelopes
from funds.models import Approval, Envelope
from tests.cast_networks import FIGURES, FM, FO, LEAD, TEXTS
from tests.cast_runs import report, verified
from tests.walks import MoneyWalk, walk

APRIL = dt.datetime(2027, 4, 20, 12, tzinfo=dt.UTC)
WHICH = st.integers(0, 9)
DECIDES, RELEASES = st.sampled_from([2, 3, 2, 3, 0, 4]), st.sampled_from([4, 5, 4, 5, 1, 2])
YEARS = st.sampled_from(["2026-27", "2026-27", "2027-28"])


class Walk(MoneyWalk):
    """Two networks, their leads, two fund managers, two finance officers; anybody may try each deed."""

    world: tuple

    def __init__(self) -> None:
        super().__init__()
        self.stream, self.people = self.world
        self.at, self.said = APRIL, 0

    def by(self, who: int) -> dict[str, Any]:
        """Who does a deed, in their role: 0 and 1 sign, 2 and 3 decide, 4 and 5 release."""
        user, role = self.people[who]
        return {"by": user, "role": role, "at": self.at}

    def one(self, which: int | Instalment, *stands: str) -> Instalment | None:
        """Return an instalment that stands so; any if none does, so that wrong states are tried."""
        if isinstance(which, Instalment):
            return which
        every = list(queries.instalments(self.at.date()).order_by("starts_on", "pk"))
        found = [due for due in every if due.stands in stands] or every
        return found[which % len(found)] if found else None

    @initialize(pence=st.integers(24, 40_000_000), which=st.integers(0, 1))
    def begin(self, pence: int, which: int) -> None:
        """Share a year out, send a first return back, and take its instalment as far as the bank."""
        self.share_out("2026-27", pence, 2, 3)
        self.advance(which, 1)
        self.send_back(which, 2)
        self.advance(which, 4)

    @rule(year=YEARS, pence=st.integers(1, 120_000_000), who=DECIDES, other=DECIDES)
    def share_out(self, year: str, pence: int, who: int, other: int) -> None:
        with self.deed("shared out"):
            actions.propose_allocations(stream=self.stream, year=year, pence=pence, **self.by(who))
            actions.approve_allocations(stream=self.stream, year=year, **self.by(other))
            assert {who, other} == {2, 3}

    @rule(which=WHICH, steps=st.integers(1, 6))
    def advance(self, which: int, steps: int) -> None:
        """Take an instalment on, each step by who may take it."""
        for _ in range(steps):
            if due := self.one(which):
                self.next_step(due)

    @rule(network=st.integers(0, 1))
    def whole_year(self, network: int) -> None:
        """Take a network's year to its end, if nothing stands in the way."""
        for due in queries.needed().filter(reference__startswith=f"N{network}-2026-27").order_by("number"):
            for _ in range(5):
                self.next_step(queries.instalments(self.at.date()).get(pk=due.pk))

    def next_step(self, due: Instalment) -> None:
        match due.stands:
            case Standing.SUBMITTED:
                self.accept(due, 2)
            case Standing.READY:
                self.propose(due, 4)
            case Standing.PROPOSED:
                mine = due.releases.get(state="proposed").proposed_by == self.people[4][0]
                self.agree(due, 5 if mine else 4)
            case Standing.INSTRUCTED:
                self.bank(due, "paid", 0, 4)
            case Standing.PAID | Standing.COMPLETE:
                pass
            case _:
                self.sign(due, int(due.allocation.network.acronym[1:]), 250_000)

    @rule(which=WHICH, who=st.integers(0, 2), spent=st.integers(0, 10**9))
    def sign(self, which: int | Instalment, who: int, spent: int) -> None:
        if due := self.one(which, Standing.DUE, Standing.OVERDUE, Standing.SENT_BACK):
            with self.deed("signed"):
                figures = FIGURES | {"staff_pence": spent}
                actions.save_return(instalment=due, figures=figures, texts=TEXTS, **self.by(who))
                actions.submit_return(instalment=due, **self.by(who))
                assert who == int(due.allocation.network.acronym[1:])

    @rule(which=WHICH, who=DECIDES)
    def accept(self, which: int | Instalment, who: int) -> None:
        due = self.one(which, Standing.SUBMITTED)
        if found := NetworkReturn.objects.filter(instalment=due).first():
            with self.deed("closed" if due.is_closing else "accepted"):
                actions.accept_return(network_return=found, **self.by(who))
                assert who in (2, 3)

    @rule(which=WHICH, who=DECIDES)
    def send_back(self, which: int, who: int) -> None:
        if found := NetworkReturn.objects.filter(instalment=self.one(which, Standing.SUBMITTED)).first():
            with self.deed("sent back"):
                actions.send_return_back(network_return=found, reason="Why?", **self.by(who))

    @rule(which=WHICH, who=RELEASES)
    def propose(self, which: int | Instalment, who: int) -> None:
        if due := self.one(which, Standing.READY):
            with self.deed("put forward"):
                actions.propose_releases(instalments=[due], **self.by(who))
                assert who in (4, 5)

    @rule(which=WHICH, who=RELEASES)
    def agree(self, which: int | Instalment, who: int) -> None:
        if release := self.a_release(which, Standing.PROPOSED):
            with self.deed("instructed"):
                actions.make_releases(releases=[release], **self.by(who))
                assert who in (4, 5)

    @rule(which=WHICH, who=RELEASES)
    def cancel(self, which: int, who: int) -> None:
        if release := self.a_release(which, Standing.PROPOSED):
            with self.deed("cancelled"):
                actions.cancel_release(release=release, reason="No", **self.by(who))

    @rule(which=WHICH, status=st.sampled_from(["paid", "paid", "returned", "acsp"]), wrong=st.sampled_from([0, 0, 1]),
          who=RELEASES)  # fmt: skip
    def bank(self, which: int | Instalment, status: str, wrong: int, who: int) -> None:
        """The bank reports: paid, returned, on its way, or another amount than was instructed."""
        if due := self.one(which, Standing.INSTRUCTED, Standing.PAID):
            self.said += 1
            pence = due.pence + wrong
            line = f"MF{due.reference},{status},{self.said},{pence // 100}.{pence % 100:02d}"
            with self.deed("reported"):
                report(line, by=self.people[who][0], at=self.at)
                assert who in (4, 5)

    @rule(which=WHICH, who=RELEASES, is_paid=st.booleans())
    def by_hand(self, which: int, who: int, is_paid: bool) -> None:
        if release := self.a_release(which, Standing.INSTRUCTED, Standing.PAID):
            with self.deed("by hand"):
                if is_paid:
                    actions.pay_release(release=release, bank_reference="BACS", **self.by(who))
                else:
                    actions.return_release(release=release, reason="Closed", **self.by(who))

    @rule(who=st.integers(0, 1))
    def change_account(self, who: int) -> None:
        self.said += 1
        user = self.people[who][0]
        verified(user.memberships.get().organisation, entered_by=user, by=self.people[3][0],
                 number=f"{self.said:08d}")  # fmt: skip

    @rule(year=YEARS, pence=st.integers(-90_000_000, 20_000_000), who=DECIDES, other=DECIDES)
    def appropriate(self, year: str, pence: int, who: int, other: int) -> None:
        facts = {"stream": self.stream, "year": year}
        with self.deed("appropriated"):
            envelopes.propose_appropriation(pence=pence, reason="?", **facts, **self.by(who))
            envelopes.approve_appropriation(**facts, **self.by(other))
            assert {who, other} == {2, 3}

    def a_release(self, which: int | Instalment, *stands: str) -> Release | None:
        return Release.objects.filter(instalment=self.one(which, *stands)).order_by("pk").last()

    @invariant()
    def the_bank_and_the_ledger_agree(self) -> None:
        assert queries.reconciled().difference == 0

    @invariant()
    def an_allocation_is_its_instalments_and_its_counters_are_its_releases(self) -> None:
        for allocation in Allocation.objects.select_related("envelope").annotate(laid_out=Sum("instalments__pence")):
            live = Release.objects.filter(instalment__allocation=allocation)
            out = sum(one.pence for one in live if one.state in (ReleaseState.INSTRUCTED, ReleaseState.PAID))
            paid = sum(one.pence for one in live if one.state == ReleaseState.PAID)
            envelope = Envelope.objects.get(pk=allocation.envelope_id)
            figures = (envelope.committed_pence, envelope.instructed_pence, envelope.paid_pence)
            assert (*figures, allocation.laid_out) == (allocation.pence, out, paid, allocation.pence)

    @invariant()
    def what_left_was_reported_on_and_agreed_to_by_three_people(self) -> None:
        for release in Release.objects.filter(state__in=RELEASE_OUT).select_related("instalment__network_return"):
            agreed = Approval.objects.get(proposal__kind="release", proposal__reference=release.reference)
            accepter = release.instalment.network_return.decided_by_id
            assert release.instalment.network_return.state == "accepted"
            assert len({release.proposed_by_id, agreed.by_id, accepter}) == 3
            assert {agreed.by_id, release.proposed_by_id} == {self.people[4][0].pk, self.people[5][0].pk}


@pytest.fixture
def world(
    exchanges, network, other_network, lead, other_lead, fund_manager, second_manager, finance_officer, second_finance,
    payer, monkeypatch,
) -> None:  # fmt: skip
    """£1m a year, two networks with accounts, and nothing shared out yet."""
    for i, (body, user) in enumerate(((network, lead), (other_network, other_lead))):
        Network.objects.create(organisation=body, acronym=f"N{i}", successor="", population_thousands=1000 + i)
        verified(body, entered_by=user, by=second_manager)
    officials = [(fund_manager, FM), (second_manager, FM), (finance_officer, FO), (second_finance, FO)]
    people = [(lead, LEAD), (other_lead, LEAD), *officials]
    monkeypatch.setattr(Walk, "world", (exchanges, people), raising=False)


def test_a_short_walk_keeps_every_figure_true(world):
    assert {"shared out", "signed", "accepted", "put forward", "instructed"} <= walk(Walk, 3, 20)


@pytest.mark.deep
def test_a_long_walk_keeps_every_figure_true(world):
    every = {"shared out", "signed", "accepted", "closed", "sent back", "put forward", "instructed", "cancelled",
             "reported", "by hand", "appropriated", "refused"}  # fmt: skip
    assert every <= walk(Walk, 40, 60)
