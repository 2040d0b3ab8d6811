"""Take in what the bank says became of payments; the same file again changes nothing."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import transaction

from accounts.models import User
from audit.record import record
from awards import rules, settlers
from awards.actions.locks_of_many import hold_claims, must_be_outsider_of
from awards.actions.settling import News, counts, settle
from awards.bank_files import judging, reports
from awards.bank_files.judging import Instructed, Verdict
from awards.bank_files.reports import Line
from awards.models import BankReport, Claim, Recovery, ReportLine, RunItem
from awards.settlers import Settled
from awards.states import ItemState, LineOutcome, PaymentState, RecoveryState


class Found(NamedTuple):
    """A line of a report with the attempt that it is about, when that pays a claim."""

    line: Line
    item: RunItem | None


@transaction.atomic
def import_report(*, name: str, data: bytes, by: User, role: str, at: dt.datetime) -> BankReport:
    """Take in a bank's status report: what is paid is paid, what came back waits to be paid again; the rest is listed.

    Claims are settled here; every other payment by the room that looks after it (`settlers`).

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
    verdicts = _judge(found)
    report, is_new = BankReport.objects.get_or_create(
        sha256=sha256,
        defaults={"kind": kind, "name": name[:120], "content": data, "lines_count": len(lines), "by": by, "at": at},
    )
    if not is_new:
        return report
    who: dict[str, Any] = {"bank_reference": f"Report {sha256[:12]}", "by": by, "role": role, "at": at}
    others = settlers.settle([one.line for one in found if one.item is None], **who)
    done = list(_lines(report, found, verdicts, others))
    ReportLine.objects.bulk_create(done)
    settle(_news(found, verdicts), **who)
    facts = {"sha256": sha256, "kind": kind, "lines": counts([one.outcome for one in done])}
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


def _judge(found: Sequence[Found]) -> list[Verdict]:
    """Return what each line does to the claim that it is about."""
    keys = {one.item.claim_id for one in found if one.item}
    under_way = Recovery.objects.filter(claim__in=keys).exclude(state=RecoveryState.DROPPED)
    asked_back = set(under_way.values_list("claim_id", flat=True))
    return judging.judge((one.line, _instructed(one.item, asked_back)) for one in found)


def _instructed(item: RunItem | None, asked_back: set[int]) -> Instructed | None:
    """Return an attempt as far as the bank's word on it goes; nothing when the bank was not asked for it."""
    if item is None or item.state in (ItemState.PROPOSED, ItemState.FREED):
        return None
    holds = "Money of this claim is being asked back: settle that first." if item.claim_id in asked_back else ""
    end_to_end_id = rules.end_to_end_id(item.claim.reference)
    return Instructed(item.instruction_id, end_to_end_id, item.pence, PaymentState(item.state), holds)


def _news(found: Sequence[Found], verdicts: Sequence[Verdict]) -> list[News]:
    """Return what the bank says of the claims' attempts that changes them."""
    states = {LineOutcome.PAID: ItemState.PAID, LineOutcome.RETURNED: ItemState.RETURNED}
    return [
        News(one.item, states[verdict.outcome], one.line.reason)
        for one, verdict in zip(found, verdicts, strict=True)
        if one.item and verdict.outcome in states
    ]


def _lines(
    report: BankReport, found: Sequence[Found], verdicts: Sequence[Verdict], others: Mapping[int, Sequence[Settled]]
) -> Iterator[ReportLine]:
    """Yield a row for each payment that the report speaks of, with what became of it, numbered as they come."""
    row = 0
    for (line, item), verdict in zip(found, verdicts, strict=True):
        elsewhere = () if item else others.get(line.row, ())
        for (outcome, told), about in elsewhere or [Settled(verdict, "")]:
            row += 1
            yield ReportLine(
                report=report, row=row, end_to_end_id=line.end_to_end_id, instruction_id=line.instruction_id,
                status=line.status, reason=line.reason, pence=line.pence, item=item, outcome=outcome, told=told,
                about=about,
            )  # fmt: skip
