"""Instruct a claim's one payment and record what the bank did."""

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.rules import Refused
from audit.record import record
from awards import queries, rules, spend
from awards.actions.claims import agree
from awards.actions.locks import act_for_government, hold_claim, hold_stream, move
from awards.models import Claim, Payment
from awards.states import ClaimState, ItemState, PaymentState
from funds import approvals, ledger
from funds.states import EntryKind
from funds.years import financial_year


@transaction.atomic
def instruct_payment(*, claim: Claim, by: User, role: str, at: dt.datetime) -> Payment:
    """Instruct the payment of an approved claim as the finance officer: the last of three people.

    The cost falls in the financial year in which the claim's period ends. What that year has not committed for the
    award is brought there from the award's other years first.

    Raises:
        funds.ledger.DoesNotFit: the year's profile has no room for it.
        Refused: it is not the claim's turn, or the person agreed to it before.
    """
    claim = agree(hold_claim(claim), "instruct", by=by, role=role, at=at)
    year = financial_year(claim.ends_on)
    hold_stream(claim.award.bid.competition.stream)
    _bring(claim, year, by=by, role=role, at=at)
    payment = Payment.objects.create(
        claim=claim,
        end_to_end_id=rules.end_to_end_id(claim.reference),
        pence=claim.grant_pence,
        instructed_by=by,
        instructed_at=at,
    )
    _post(EntryKind.INSTRUCTED, claim, claim.reference, claim.grant_pence, year, by=by, role=role, at=at)
    facts = {"pence": payment.pence, "end_to_end_id": payment.end_to_end_id, "year": year}
    record("payment.instructed", f"payment:{payment.end_to_end_id}", by=by, role=role, at=at, changes=facts)
    return payment


@transaction.atomic
def record_payment(*, claim: Claim, bank_reference: str, by: User, at: dt.datetime) -> Payment:
    """Record that the bank has paid a claim; the same again changes nothing.

    Raises:
        Refused: nothing was instructed, or it was recorded under another bank reference.
    """
    claim = hold_claim(claim)
    role = next(iter(rules.PAYS & by.roles), "")
    act_for_government(claim.award, by=by, role=role, needed=rules.PAYS)
    bank_reference = rules.kept(bank_reference, "the bank's reference of the payment", 60)
    payment = Payment.objects.select_for_update(no_key=True).filter(claim=claim).first()
    if payment is None:
        raise Refused(f"Claim {claim.reference} is {claim.get_state_display().lower()}: no payment was instructed.")
    if payment.state == PaymentState.PAID and payment.bank_reference == bank_reference:
        return payment
    changes = move(payment.settle, at=at, bank_reference=bank_reference)
    payment.save(update_fields=["state", "settled_at", "bank_reference"])
    move(claim.pay)
    claim.save(update_fields=["state"])
    claim.run_items.filter(state=ItemState.INSTRUCTED).update(state=ItemState.PAID)
    _post(EntryKind.PAID, claim, claim.reference, payment.pence, financial_year(claim.ends_on), by=by, role=role, at=at)
    record("claim.paid", claim, by=by, role=role, at=at, changes={"state": [ClaimState.INSTRUCTED, ClaimState.PAID]})
    facts = {"state": changes, "pence": payment.pence}
    record("payment.paid", f"payment:{payment.end_to_end_id}", by=by, role=role, at=at, changes=facts)
    return payment


def _bring(claim: Claim, year: str, *, by: User, role: str, at: dt.datetime) -> None:
    """Move commitment of the award into `year` as far as the claim needs it, from the earliest other year on."""
    left = queries.left_by_year(claim.award)
    missing = claim.grant_pence - left.pop(year, 0)
    if missing <= 0:
        return
    if missing > sum(left.values()):
        raise ledger.DoesNotFit(f"Claim {claim.reference} is above what is left of award {claim.award.reference}.")
    for other, pence in spend.take_earliest(left, missing).items():
        _post(EntryKind.RELEASED, claim, f"{claim.reference}/{other}", pence, other, by=by, role=role, at=at)
    _post(EntryKind.COMMITTED, claim, f"{claim.reference}/{year}", missing, year, by=by, role=role, at=at)


def _post(
    kind: str, claim: Claim, reference: str, pence: int, year: str, *, by: User, role: str, at: dt.datetime
) -> None:
    award = claim.award
    ledger.post(
        kind=kind, reference=reference, pence=pence, year=year, stream=award.bid.competition.stream,
        pot=award.bid.competition.pot, award=award.envelope, proposal=approvals.newest("claim", claim.reference),
        reason=f"claim {claim.reference}", by=by, role=role, at=at,
    )  # fmt: skip
