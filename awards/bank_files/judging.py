"""What a line of the bank's report does to the payment that it is about, whatever that pays. Pure."""

from collections.abc import Iterable
from typing import NamedTuple

from awards.bank_files import reports
from awards.bank_files.reports import Line
from awards.states import LineOutcome, PaymentState

SETTLES = (LineOutcome.PAID, LineOutcome.RETURNED)


class Instructed(NamedTuple):
    """An attempt to pay that the bank was asked for: its two ids, its pence, and where it stands.

    Attributes:
        holds: why its money cannot come back now, in words, if it cannot.
    """

    instruction_id: str
    end_to_end_id: str
    pence: int
    state: PaymentState
    holds: str = ""


class Verdict(NamedTuple):
    """What a line does, and why it does nothing when it should."""

    outcome: LineOutcome
    told: str = ""


def judge(said: Iterable[tuple[Line, Instructed | None]]) -> list[Verdict]:
    """Return what each line does to the payment that it is about; of two that settle one payment the first counts."""
    verdicts, settled = [], set()
    for line, payment in said:
        verdict = _verdict(line, payment)
        if payment and verdict.outcome in SETTLES:
            if payment.instruction_id in settled:
                verdict = Verdict(LineOutcome.REFUSED, "An earlier line of this file speaks of the same payment.")
            settled.add(payment.instruction_id)
        verdicts.append(verdict)
    return verdicts


def _verdict(line: Line, payment: Instructed | None) -> Verdict:
    if payment is None:
        return Verdict(LineOutcome.UNKNOWN, "No payment that was instructed has this id.")
    if line.end_to_end_id and line.end_to_end_id != payment.end_to_end_id:
        return Verdict(LineOutcome.REFUSED, "Its two ids are of different payments.")
    if line.pence is not None and line.pence != payment.pence:
        return Verdict(LineOutcome.REFUSED, "The amount is not the one that was instructed.")
    if line.status in reports.ON_ITS_WAY:
        return Verdict(LineOutcome.NO_CHANGE)
    if line.status in reports.PAID:
        if payment.state == PaymentState.RETURNED:
            return Verdict(LineOutcome.REFUSED, "The bank has returned this payment before.")
        return Verdict(LineOutcome.NO_CHANGE if payment.state == PaymentState.PAID else LineOutcome.PAID)
    if payment.state == PaymentState.RETURNED:
        return Verdict(LineOutcome.NO_CHANGE)
    return Verdict(LineOutcome.REFUSED, payment.holds) if payment.holds else Verdict(LineOutcome.RETURNED)
