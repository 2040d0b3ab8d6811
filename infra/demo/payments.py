"""Pay the first claims by a run of two finance officers, take in the bank's report, and ask a part of one back."""

import datetime as dt

from django.db import transaction

from accounts.states import Role
from awards.actions.bank_reports import import_report
from awards.actions.recovering import demand_recovery, propose_recovery, receive_recovery
from awards.actions.runs import make_run, propose_run
from awards.models import Award, Claim, PaymentRun
from awards.rules import uk_day
from awards.states import ClaimState, RecoveryKind
from infra.demo.dates import Calendar
from infra.demo.people import People

DAY = dt.timedelta(days=1)
STATUSES = ("PAID", "PAID", "RETURNED")
CLAWED_BACK = 25_000  # pence


@transaction.atomic
def pay(made: list[Award], people: People, calendar: Calendar) -> int:
    """Pay the claims of the first three awards: two arrive, one comes back; return how many are paid."""
    facts, at = {"role": Role.FINANCE_OFFICER}, calendar.claimed + 4 * DAY
    claims = list(Claim.objects.filter(award__in=made[: len(STATUSES)]).order_by("id"))
    waiting = [claim for claim in claims if claim.state == ClaimState.APPROVED]
    if waiting and not PaymentRun.objects.exists():
        run = propose_run(claims=waiting, pay_on=uk_day(at), by=people.second_finance, at=at, **facts)
        make_run(run=run, by=people.finance, at=at, **facts)
        lines = [f"MF{claim.reference},{status},,\n" for claim, status in zip(waiting, STATUSES, strict=False)]
        report = "".join(["end_to_end_id,status,reason,amount\n", *lines]).encode()
        import_report(name="report-of-the-bank.csv", data=report, by=people.finance, at=at + DAY, **facts)
        _ask_back(waiting[0], people, at + 2 * DAY)
    return Claim.objects.filter(award__in=made, state=ClaimState.PAID).count()


def _ask_back(claim: Claim, people: People, at: dt.datetime) -> None:
    """Ask for a part that was claimed twice, on two people's word; it comes a day later."""
    manager = {"role": Role.FUND_MANAGER}
    recovery = propose_recovery(
        claim=claim, kind=RecoveryKind.CLAWBACK, pence=CLAWED_BACK, reason="A train fare was claimed twice.",
        by=people.managers[0], at=at, **manager,
    )  # fmt: skip
    demand_recovery(recovery=recovery, by=people.managers[1], at=at, **manager)
    reference = f"BACS-{recovery.reference}"
    receive_recovery(
        recovery=recovery, bank_reference=reference, by=people.finance, role=Role.FINANCE_OFFICER, at=at + DAY
    )
