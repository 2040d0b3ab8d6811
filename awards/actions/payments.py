"""Record by hand what the bank did with a claim's payment, where no report of the bank says so."""

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.rules import Refused
from awards import rules
from awards.actions.locks import act_for_government, hold_claim
from awards.actions.settling import News, settle
from awards.models import Claim, Payment
from awards.states import ItemState, PaymentState


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
    payment = Payment.objects.filter(claim=claim).first()
    if payment is None:
        raise Refused(f"Claim {claim.reference} is {claim.get_state_display().lower()}: no payment was instructed.")
    if payment.state == PaymentState.PAID and payment.bank_reference == bank_reference:
        return payment
    item = claim.run_items.filter(state=ItemState.INSTRUCTED).first()
    if item is None:
        label = claim.get_state_display().lower()
        raise Refused(f"{claim} is now “{label}”, so this cannot be done. Reload the page to see what can.")
    item.claim = claim
    settle([News(item, ItemState.PAID)], bank_reference=bank_reference, by=by, role=role, at=at)
    return Payment.objects.get(claim=claim)
