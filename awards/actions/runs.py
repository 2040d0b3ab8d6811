"""Pay many claims at once: one finance officer puts a run forward, another makes it into the bank's file."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db import transaction

from accounts.models import User
from accounts.rules import Refused
from accounts.states import Role
from audit.record import digest, record, record_all
from awards import payable, rules, spend
from awards.actions.locks import move
from awards.actions.locks_of_many import hold_claims, hold_streams, must_be_outsider_of
from awards.actions.posting import entry, reference_of
from awards.bank_files import csv_files, pain001
from awards.bank_files.transfers import Account, Batch, Transfer
from awards.models import Claim, Payment, PaymentRun, RunFile, RunItem
from awards.payable import ToPay
from awards.states import ClaimState, FileKind, ItemState, PaymentState, RunState
from funds import approvals, ledger, notices
from funds.models import Approval, LedgerEntry, Proposal
from funds.money import pounds
from funds.references import next_reference
from funds.states import EntryKind
from funds.years import financial_year
from infra.filters import count

MOST_CLAIMS = 10_000
MOST_DAYS_AHEAD = 30


@transaction.atomic
def propose_run(*, claims: Sequence[Claim], pay_on: dt.date, by: User, role: str, at: dt.datetime) -> PaymentRun:
    """Put a run forward that pays these claims, each in full to its claimant's verified account.

    Raises:
        Refused: a claim cannot be paid (the message names the claims and says why), or the day does not fit.
    """
    held = hold_claims(claim.pk for claim in claims)
    _must_be_finance(held, by, role)
    _must_be_soon(pay_on, rules.uk_day(at))
    rows = payable.looked_at(held)
    _must_all_be_payable(rows)
    key, reference = next_reference(PaymentRun, "MFR-")
    run = PaymentRun(
        pk=key, reference=reference, pay_on=pay_on, items=len(rows), pence=sum(c.grant_pence for c in held),
        proposed_by=by, proposed_at=at,
    )  # fmt: skip
    content = payable.content_of(run, rows)
    run.content_sha256 = digest(content)
    run.save(force_insert=True)
    RunItem.objects.bulk_create(
        RunItem(run=run, claim=r.claim, attempt=r.attempt, instruction_id=r.instruction_id, pence=r.claim.grant_pence,
                bank_details_id=r.payee.details)
        for r in rows if r.payee
    )  # fmt: skip
    facts = {"claims": len(rows), "pence": run.pence, "pay_on": pay_on, "sha256": run.content_sha256}
    record("run.started", run, by=by, role=role, at=at, changes=facts)
    approvals.propose(kind="run", reference=reference, content=content, by=by, role=role, at=at)
    notices.tell_officers(
        "approval_waiting", notices.officials(Role.FINANCE_OFFICER).exclude(pk=by.pk), key=f"run.proposed/{reference}",
        at=at, path=f"/payments/{reference}/", maker=str(by),
        what=f"payment run {reference} of {count(len(rows), 'claim')}, {pounds(run.pence)}",
    )  # fmt: skip
    return run


@transaction.atomic
def make_run(*, run: PaymentRun, by: User, role: str, at: dt.datetime) -> PaymentRun:
    """Agree to a run as the second finance officer: its claims are instructed and its files written, all or none.

    The same person making it again changes nothing.

    Raises:
        Refused: the maker agrees, something has changed since it was put forward, or a claim cannot be paid any more.
        funds.ledger.DoesNotFit: a financial year has no room; nothing is instructed.
    """
    run = _hold_run(run)
    held = hold_claims(run.parts.values_list("claim_id", flat=True))
    _must_be_finance(held, by, role)
    if run.state == RunState.MADE and run.ended_by_id == by.pk:
        return run
    _must_wait(run)
    rows = payable.looked_at(held, run=run)
    _must_all_be_payable(rows)
    if payable.sha256_of(run, rows) != run.content_sha256:
        raise Refused("A claim or an account has changed since this run was put forward. Cancel it and begin again.")
    proposals = _proposals(held)
    _must_be_new_to(proposals.values(), by)
    latest = approvals.newest("run", run.reference)
    if latest is None:
        raise Refused("Nobody has put this run forward.")
    approvals.approve(proposal=latest, by=by, role=role, at=at)
    files = _write(run, rows, at)
    changes = _end(run, "make", by, at)
    _instruct(run, held, proposals, by=by, role=role, at=at)
    facts = {"state": changes, "sha256": run.content_sha256, "files": files, "pence": run.pence}
    record("run.made", run, by=by, role=role, at=at, changes=facts)
    return run


@transaction.atomic
def cancel_run(*, run: PaymentRun, reason: str, by: User, role: str, at: dt.datetime) -> PaymentRun:
    """Cancel a run that is not made; each of its claims waits for another run, and the record says so of each.

    Raises:
        Refused: the file is made. From then on only the bank's word frees a payment.
    """
    run = _hold_run(run)
    rules.must_act_as(role, by.roles, rules.PAYS)
    if run.state == RunState.MADE:
        raise Refused(
            "The file of this run is made, so it cannot be cancelled: the bank says what became of each payment."
        )
    _must_wait(run)
    run.reason = rules.kept(reason, "a reason, which the auditor will read")
    latest = approvals.newest("run", run.reference)
    if latest is not None:
        approvals.send_back(proposal=latest, reason=run.reason, by=by, role=role, at=at)
    changes = _end(run, "cancel", by, at)
    items = run.parts.select_related("claim")
    freed = [
        ("claim.freed", item.claim, {"run": run.reference, "instruction_id": item.instruction_id}) for item in items
    ]
    run.parts.update(state=ItemState.FREED)
    record_all(freed, by=by, role=role, at=at)
    facts = {"state": changes, "freed": len(freed), "reason_sha256": digest(run.reason)}
    record("run.cancelled", run, by=by, role=role, at=at, changes=facts)
    return run


def _hold_run(run: PaymentRun) -> PaymentRun:
    return PaymentRun.objects.select_for_update(no_key=True).get(pk=run.pk)


def _end(run: PaymentRun, deed: str, by: User, at: dt.datetime) -> list[str]:
    run.ended_by, run.ended_at = by, at
    changes = move(getattr(run, deed))
    run.save(update_fields=["state", "ended_by", "ended_at", "reason"])
    return changes


def _must_wait(run: PaymentRun) -> None:
    if run.state != RunState.PROPOSED:
        raise Refused(f"Run {run.reference} is “{run.get_state_display().lower()}” already.")


def _must_be_finance(claims: Sequence[Claim], by: User, role: str) -> None:
    rules.must_act_as(role, by.roles, rules.PAYS)
    if not claims:
        raise Refused("Choose at least one claim.")
    if len(claims) > MOST_CLAIMS:
        raise Refused(f"A run holds at most {MOST_CLAIMS:,} claims. Choose fewer, and pay the others in another run.")
    must_be_outsider_of(claims, by)


def _must_be_soon(pay_on: dt.date, today: dt.date) -> None:
    if not today <= pay_on <= today + dt.timedelta(days=MOST_DAYS_AHEAD):
        raise Refused(f"Choose a day from today to {MOST_DAYS_AHEAD} days from now.")


def _must_all_be_payable(rows: Iterable[ToPay]) -> None:
    """Refuse the run with the first claims that cannot be paid, each with its reason."""
    found = [f"Claim {row.claim.reference}: {row.why_not}" for row in rows if row.why_not]
    if found:
        more = f" And {len(found) - 10} more." if len(found) > 10 else ""
        raise Refused(" ".join(found[:10]) + more)


def _proposals(claims: Iterable[Claim]) -> dict[str, Proposal]:
    """Return what was agreed to of each claim, by its reference: the newest proposal."""
    found = Proposal.objects.filter(kind="claim", reference__in=[claim.reference for claim in claims])
    newest = found.order_by("reference", "-id").distinct("reference").defer("content")
    return {proposal.reference: proposal for proposal in newest}


def _must_be_new_to(proposals: Iterable[Proposal], by: User) -> None:
    """Refuse somebody who took an earlier step of a claim that is not instructed yet: three people, three steps."""
    took = Approval.objects.filter(proposal__in=[p.pk for p in proposals], by=by).exclude(step="instruct")
    if first := took.select_related("proposal").order_by("id").first():
        raise Refused(
            f"You took the step “{first.step}” of claim {first.proposal.reference}, so a colleague makes this run."
        )


def _write(run: PaymentRun, rows: Sequence[ToPay], at: dt.datetime) -> dict[str, str]:
    """Keep the files of a run; return their digests."""
    sort_code, number, name = settings.PAYER_ACCOUNT
    if not sort_code:
        raise Refused("The account that claims are paid from is not set up. Ask for MATCHFUND_PAYER_ACCOUNT to be set.")
    transfers = [
        Transfer(r.instruction_id, r.end_to_end_id, r.claim.grant_pence, r.payee.account, f"Claim {r.claim.reference}")
        for r in rows
        if r.payee
    ]
    batch = Batch(run.reference, at, run.pay_on, Account(name, sort_code, number), transfers)
    files = {FileKind.PAIN001: pain001.write(batch), FileKind.CSV: csv_files.write(batch)}
    digests = {str(kind): hashlib.sha256(data).hexdigest() for kind, data in files.items()}
    RunFile.objects.bulk_create(
        RunFile(run=run, kind=kind, sha256=digests[kind], content=data) for kind, data in files.items()
    )
    return digests


def _instruct(
    run: PaymentRun, claims: Sequence[Claim], proposals: dict[str, Proposal], *, by: User, role: str, at: dt.datetime
) -> None:
    """Move every claim of a run that is made, with its payment and its ledger entries, in a few statements.

    The transitions are made on the rows in memory, and written by one UPDATE; the database keeps the graph once more.
    """
    items = {item.claim_id: item for item in run.parts.all()}
    for claim in claims:
        items[claim.pk].claim = claim
    run.parts.update(state=ItemState.INSTRUCTED)
    done = set(Approval.objects.filter(proposal__in=[p.pk for p in proposals.values()], step="instruct").values_list(
        "proposal_id", flat=True
    ))  # fmt: skip
    Approval.objects.bulk_create(
        Approval(proposal=p, step="instruct", by=by, role=role, at=at) for p in proposals.values() if p.pk not in done
    )
    states = {claim.pk: move(claim.instruct) for claim in claims}
    Claim.objects.filter(pk__in=states).update(state=ClaimState.INSTRUCTED)
    _pay_again(claims)
    there = set(Payment.objects.filter(claim__in=states).values_list("claim_id", flat=True))
    Payment.objects.bulk_create(
        Payment(claim=claim, end_to_end_id=rules.end_to_end_id(claim.reference), pence=claim.grant_pence,
                instructed_by=by, instructed_at=at)
        for claim in claims if claim.pk not in there
    )  # fmt: skip
    hold_streams(claims)
    ledger.post_all(list(_entries(claims, items, proposals)), by=by, role=role, at=at)
    record_all(
        [
            ("claim.instructed", c, {"state": states[c.pk], "run": run.reference, "sha256": c.content_sha256,
                                     "instruction_id": items[c.pk].instruction_id, "pence": c.grant_pence})
            for c in claims
        ],
        by=by, role=role, at=at,
    )  # fmt: skip


def _pay_again(claims: Iterable[Claim]) -> None:
    """Open the payments again that the bank has returned; their end-to-end ids stay."""
    returned = Payment.objects.filter(claim__in=[c.pk for c in claims], state=PaymentState.RETURNED)
    returned.update(state=PaymentState.INSTRUCTED, settled_at=None, bank_reference="")


def _entries(
    claims: Sequence[Claim], items: dict[int, RunItem], proposals: dict[str, Proposal]
) -> Iterable[LedgerEntry]:
    """Yield the entries of a run: what a year lacks is brought from the award's other years, the earliest first."""
    left = payable.left_by_year({claim.award.envelope_id for claim in claims})
    for claim in claims:
        year, years = financial_year(claim.ends_on), left[claim.award.envelope_id]
        reference, proposal = reference_of(items[claim.pk]), proposals[claim.reference]
        missing = claim.grant_pence - years.get(year, 0)
        others = {other: pence for other, pence in years.items() if other != year}
        if missing > sum(max(pence, 0) for pence in others.values()):
            raise ledger.DoesNotFit(f"Claim {claim.reference} is above what is left of award {claim.award.reference}.")
        for other, pence in (spend.take_earliest(others, missing) if missing > 0 else {}).items():
            years[other] -= pence
            yield entry(EntryKind.RELEASED, claim, f"{reference}/{other}", pence, other, proposal)
        if missing > 0:
            yield entry(EntryKind.COMMITTED, claim, f"{reference}/{year}", missing, year, proposal)
        years[year] = years.get(year, 0) + max(missing, 0) - claim.grant_pence
        yield entry(EntryKind.INSTRUCTED, claim, reference, claim.grant_pence, year, proposal)
