"""Write down what the bank did with payments: paid, or returned."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from accounts.models import User
from accounts.post import Letter, tell_all
from accounts.states import Role
from audit.record import record_all
from awards.actions.locks import move
from awards.actions.locks_of_many import hold_streams
from awards.actions.posting import entry, reference_of
from awards.claim_news import people_of_each
from awards.models import Claim, Payment, RunItem
from awards.states import ClaimState, ItemState, PaymentState
from funds import ledger
from funds.states import EntryKind
from funds.years import financial_year


class News(NamedTuple):
    """What the bank says of one attempt whose claim is held: `state` is paid or returned."""

    item: RunItem
    state: ItemState
    reason: str = ""


def settle(news: Sequence[News], *, bank_reference: str, by: User, role: str, at: dt.datetime) -> None:
    """Move attempts, payments and claims as the bank says, post the entries, write to the claimants.

    A payment that comes back after it was paid is posted as recovered, one that never arrived as returned. Who
    submitted a claim gets its remittance advice; that it came back is told to everybody who acts for the claimant.
    """
    paid = [one for one in news if one.state == ItemState.PAID]
    back = [one for one in news if one.state == ItemState.RETURNED]
    if not news:
        return
    before = {one.item.pk: one.item.state for one in news}
    claimed = {one.item.pk: one.item.claim.state for one in news}
    _move(paid, ItemState.PAID, PaymentState.PAID, ClaimState.PAID, at, bank_reference)
    _move(back, ItemState.RETURNED, PaymentState.RETURNED, ClaimState.RETURNED, at, bank_reference)
    hold_streams([one.item.claim for one in news])
    kinds = {(ItemState.INSTRUCTED, ItemState.PAID): EntryKind.PAID,
             (ItemState.INSTRUCTED, ItemState.RETURNED): EntryKind.RETURNED,
             (ItemState.PAID, ItemState.RETURNED): EntryKind.RECOVERED}  # fmt: skip
    entries = [
        entry(kinds[ItemState(before[one.item.pk]), one.state], claim, reference_of(one.item), one.item.pence,
              financial_year(claim.ends_on), reason=f"{bank_reference} {one.reason}".strip()[:200])
        for one in news if (claim := one.item.claim)
    ]  # fmt: skip
    ledger.post_all(entries, by=by, role=role, at=at)
    record_all(
        [
            (f"payment.{one.state}", f"payment:{one.item.instruction_id}",
             {"state": [before[one.item.pk], one.state], "pence": one.item.pence, "claim": one.item.claim.reference})
            for one in news
        ]
        + [
            (f"claim.{one.state}", one.item.claim, {"state": [claimed[one.item.pk], one.item.claim.state]})
            for one in news
        ],
        by=by, role=role, at=at,
    )  # fmt: skip
    claimants = people_of_each({one.item.claim.organisation_id for one in back}, Role.APPLICANT) if back else {}
    letters = [_letter(one, to, bank_reference) for one in paid if (to := one.item.claim.submitted_by)]
    letters += [
        _letter(one, to, bank_reference) for one in back for to in claimants.get(one.item.claim.organisation_id, ())
    ]
    tell_all(letters, at=at)


def _move(
    news: Sequence[News], item: ItemState, payment: PaymentState, claim: ClaimState, at: dt.datetime, bank: str
) -> None:
    """Make the transitions in memory, and write them by one UPDATE each; the database keeps the graphs once more."""
    claims = [one.item.claim for one in news]
    for row in claims:
        move(row.pay if claim == ClaimState.PAID else row.send_back)
    keys = [row.pk for row in claims]
    RunItem.objects.filter(pk__in=[one.item.pk for one in news]).update(state=item)
    Payment.objects.filter(claim__in=keys).update(state=payment, settled_at=at, bank_reference=bank)
    Claim.objects.filter(pk__in=keys).update(state=claim)


def _letter(one: News, to: User, bank_reference: str) -> Letter:
    claim = one.item.claim
    facts = {"claim": claim, "pence": one.item.pence, "end_to_end_id": f"MF{claim.reference}",
             "reason": one.reason, "bank_reference": bank_reference}  # fmt: skip
    template = "claim_paid" if one.state == ItemState.PAID else "claim_payment_returned"
    key = f"payment.{one.state}/{one.item.instruction_id}"
    return Letter(template, to, key, f"/claims/{claim.reference}/", facts)


def counts(outcomes: Sequence[str]) -> dict[str, int]:
    """Return how many there are of each outcome."""
    return dict(Counter(map(str, outcomes)))
