"""Take in what the bank says became of a run; the same file again changes nothing."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db import transaction

from accounts.models import User
from audit.record import record
from awards import rules
from awards.actions.locks_of_many import hold_claims, must_be_outsider_of
from awards.actions.settling import News, counts, settle
from awards.bank_files import reports
from awards.bank_files.reports import Line
from awards.models import BankReport, Claim, Recovery, ReportLine, RunItem
from awards.states import ItemState, LineOutcome, RecoveryState


class Found(NamedTuple):
    """A line of a report with the attempt that it is about."""

    line: Line
    item: RunItem | None


class Judged(NamedTuple):
    """What a line of a report does."""

    found: Found
    outcome: LineOutcome
    told: str = ""


@transaction.atomic
def import_report(*, name: str, data: bytes, by: User, role: str, at: dt.datetime) -> BankReport:
    """Take in a bank's status report: what is paid is paid, what came back waits to be paid again; the rest is listed.

    Args:
        name: of the file, as it came.
        data: pain.002.001.10, or CSV with the columns end_to_end_id, status, reason and amount.

    Raises:
        Refused: it cannot be read. Lines that do not fit are kept with the reason and change nothing.
    """
    rules.must_act_as(role, by.roles, rules.PAYS)
    sha256 = hashlib.sha256(data).hexdigest()
    if earlier := BankReport.objects.filter(sha256=sha256).first():
        return earlier
    kind, lines = reports.read(data)
    found = _find(lines)
    held = {c.pk: c for c in hold_claims({f.item.claim_id for f in found if f.item})}
    must_be_outsider_of(held.values(), by)
    found = _as_held(found, held)
    judged, news = _judge(found)
    report, is_new = BankReport.objects.get_or_create(
        sha256=sha256,
        defaults={"kind": kind, "name": name[:120], "content": data, "lines_count": len(judged), "by": by, "at": at},
    )
    if not is_new:
        return report
    ReportLine.objects.bulk_create(_line(report, row, one) for row, one in enumerate(judged, start=1))
    settle(news, bank_reference=f"Report {sha256[:12]}", by=by, role=role, at=at)
    facts = {"sha256": sha256, "kind": kind, "lines": counts([one.outcome for one in judged])}
    record("report.imported", f"report:{report.pk}", by=by, role=role, at=at, changes=facts)
    return report


def _find(lines: Sequence[Line]) -> list[Found]:
    """Return each line with its attempt: named by its own id, or the newest of an end-to-end id.

    A line about a whole run becomes a line for each of its payments.
    """
    whole = [line for line in lines if line.message_id]
    if whole:
        items = RunItem.objects.filter(run__reference=whole[0].message_id).order_by("pk")
        spread = [Found(whole[0], item) for item in items]
        return spread or [Found(whole[0], None)]
    by_id = {i.instruction_id: i for i in RunItem.objects.filter(instruction_id__in=[a.instruction_id for a in lines])}
    named = RunItem.objects.filter(
        claim__payment__end_to_end_id__in=[a.end_to_end_id for a in lines if not a.instruction_id]
    )
    newest = {i.claim.payment.end_to_end_id: i for i in named.select_related("claim__payment").order_by("attempt")}
    return [Found(a, by_id.get(a.instruction_id) if a.instruction_id else newest.get(a.end_to_end_id)) for a in lines]


def _as_held(found: Iterable[Found], held: dict[int, Claim]) -> list[Found]:
    """Return the same with attempts as they are now that their claims are held."""
    found = list(found)
    items = RunItem.objects.in_bulk([f.item.pk for f in found if f.item])
    for item in items.values():
        item.claim = held[item.claim_id]
    return [Found(f.line, items[f.item.pk] if f.item else None) for f in found]


def _judge(found: Sequence[Found]) -> tuple[list[Judged], list[News]]:
    """Return what each line does, and the news of the attempts that it is the last word on."""
    keys = {f.item.claim_id for f in found if f.item}
    under_way = Recovery.objects.filter(claim__in=keys).exclude(state=RecoveryState.DROPPED)
    asked_back = set(under_way.values_list("claim_id", flat=True))
    judged, news, seen = [], [], set()
    for one in found:
        outcome, told = _outcome(one, asked_back)
        if one.item and one.item.pk in seen and outcome in (LineOutcome.PAID, LineOutcome.RETURNED):
            outcome, told = LineOutcome.REFUSED, "An earlier line of this file speaks of the same payment."
        if one.item and outcome in (LineOutcome.PAID, LineOutcome.RETURNED):
            seen.add(one.item.pk)
            news.append(
                News(one.item, ItemState.PAID if outcome == LineOutcome.PAID else ItemState.RETURNED, one.line.reason)
            )
        judged.append(Judged(one, outcome, told))
    return judged, news


def _outcome(found: Found, asked_back: set[int]) -> tuple[LineOutcome, str]:
    line, item = found
    if item is None or item.state in (ItemState.PROPOSED, ItemState.FREED):
        return LineOutcome.UNKNOWN, "No payment that was instructed has this id."
    if line.end_to_end_id and line.end_to_end_id != rules.end_to_end_id(item.claim.reference):
        return LineOutcome.REFUSED, "Its two ids are of different payments."
    if line.pence is not None and line.pence != item.pence:
        return LineOutcome.REFUSED, "The amount is not the one that was instructed."
    if line.status in reports.ON_ITS_WAY:
        return LineOutcome.NO_CHANGE, ""
    if line.status in reports.PAID:
        if item.state == ItemState.RETURNED:
            return LineOutcome.REFUSED, "The bank has returned this payment before."
        return (LineOutcome.NO_CHANGE, "") if item.state == ItemState.PAID else (LineOutcome.PAID, "")
    if item.state == ItemState.RETURNED:
        return LineOutcome.NO_CHANGE, ""
    if item.claim_id in asked_back:
        return LineOutcome.REFUSED, "Money of this claim is being asked back: settle that first."
    return LineOutcome.RETURNED, ""


def _line(report: BankReport, row: int, one: Judged) -> ReportLine:
    line, item = one.found
    return ReportLine(
        report=report, row=row, end_to_end_id=line.end_to_end_id, instruction_id=line.instruction_id,
        status=line.status, reason=line.reason, pence=line.pence, item=item, outcome=one.outcome, told=one.told,
    )  # fmt: skip
