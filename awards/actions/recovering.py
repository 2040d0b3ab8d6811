"""Ask money of a paid claim back, and let it return to the stream when it has come: new entries, never an edit."""

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.post import Letter, tell_all
from accounts.rules import Refused
from audit.record import digest, record
from awards import rules
from awards.actions.locks import act_for_government, hold_claim, hold_stream, move
from awards.actions.posting import entry
from awards.models import Claim, Payment, Recovery
from awards.officials import tell_second_person
from awards.states import PaymentState, RecoveryKind, RecoveryState
from bids import team
from funds import approvals, ledger
from funds.money import pounds
from funds.references import next_reference
from funds.states import EntryKind
from funds.years import financial_year

REASON = "a reason, which the organisation and the auditor will read"


@transaction.atomic
def propose_recovery(
    *, claim: Claim, kind: str, pence: int, reason: str, by: User, role: str, at: dt.datetime
) -> Recovery:
    """Put forward that an organisation pays back money of a claim that was paid.

    Raises:
        Refused: the claim was not paid, or less than that is left of what was paid.
    """
    claim = hold_claim(claim)
    act_for_government(claim.award, by=by, role=role, needed=rules.ASKS)
    if kind not in RecoveryKind.values:
        raise Refused("Choose why the money comes back.")
    left = left_of(claim)
    if not 0 < pence <= left:
        raise Refused(f"{pounds(left)} of claim {claim.reference} can be asked back: enter that or less.")
    key, reference = next_reference(Recovery, "MFC-")
    recovery = Recovery(
        pk=key,
        reference=reference,
        claim=claim,
        kind=kind,
        pence=pence,
        reason=rules.kept(reason, REASON),
        by=by,
        at=at,
    )
    content = _content(recovery)
    recovery.content_sha256 = digest(content)
    recovery.save(force_insert=True)
    approvals.propose(kind="recovery", reference=reference, content=content, by=by, role=role, at=at)
    what = f"asking {pounds(pence)} of claim {claim.reference} back"
    tell_second_person(claim.award, what, roles=rules.ASKS, maker=by, key=f"recovery.proposed/{reference}", at=at)
    return recovery


@transaction.atomic
def demand_recovery(*, recovery: Recovery, by: User, role: str, at: dt.datetime) -> Recovery:
    """Agree to a recovery as a second person, and ask the organisation for the money."""
    recovery = _hold(recovery)
    act_for_government(recovery.claim.award, by=by, role=role, needed=rules.ASKS)
    latest = approvals.newest("recovery", recovery.reference)
    if latest is None:
        raise Refused("Nobody has put this forward.")
    approvals.approve(proposal=latest, by=by, role=role, at=at)
    changes = move(recovery.demand)
    recovery.save(update_fields=["state"])
    record("recovery.demanded", recovery, by=by, role=role, at=at, changes={"state": changes, "pence": recovery.pence})
    claim = recovery.claim
    tell_all(
        (
            Letter("recovery_demanded", member.user, f"recovery.demanded/{recovery.reference}",
                   f"/claims/{claim.reference}/", {"recovery": recovery, "claim": claim})
            for member in team.people(claim.award.bid) if member.organisation.pk == claim.organisation_id
        ),
        at=at,
    )  # fmt: skip
    return recovery


@transaction.atomic
def receive_recovery(*, recovery: Recovery, bank_reference: str, by: User, role: str, at: dt.datetime) -> Recovery:
    """Record as a finance officer that the money has come; it is free again for the competition, its year and stream.

    The same again changes nothing.
    """
    recovery = _hold(recovery)
    act_for_government(recovery.claim.award, by=by, role=role, needed=rules.PAYS)
    bank_reference = rules.kept(bank_reference, "the bank's reference of the payment", 60)
    if recovery.state == RecoveryState.RECEIVED and recovery.bank_reference == bank_reference:
        return recovery
    recovery.received_at, recovery.bank_reference = at, bank_reference
    changes = move(recovery.receive)
    recovery.save(update_fields=["state", "received_at", "bank_reference"])
    claim = recovery.claim
    year, why = financial_year(claim.ends_on), f"{recovery.get_kind_display()}, claim {claim.reference}"
    hold_stream(claim.award.bid.competition.stream)
    kinds = (EntryKind.RECOVERED, EntryKind.RELEASED)
    entries = [entry(kind, claim, recovery.reference, recovery.pence, year, reason=why) for kind in kinds]
    ledger.post_all(entries, by=by, role=role, at=at)
    facts = {"state": changes, "pence": recovery.pence, "claim": claim.reference}
    record("recovery.received", recovery, by=by, role=role, at=at, changes=facts)
    return recovery


@transaction.atomic
def drop_recovery(*, recovery: Recovery, by: User, role: str, at: dt.datetime) -> Recovery:
    """Ask no more for money that has not come."""
    recovery = _hold(recovery)
    act_for_government(recovery.claim.award, by=by, role=role, needed=rules.ASKS)
    changes = move(recovery.drop)
    recovery.save(update_fields=["state"])
    record("recovery.dropped", recovery, by=by, role=role, at=at, changes={"state": changes})
    return recovery


def left_of(claim: Claim) -> int:
    """Return what was paid of a claim and is not asked back, in pence."""
    paid = Payment.objects.filter(claim=claim, state=PaymentState.PAID).values_list("pence", flat=True).first() or 0
    asked = claim.recoveries.exclude(state=RecoveryState.DROPPED).values_list("pence", flat=True)
    return paid - sum(asked)


def _hold(recovery: Recovery) -> Recovery:
    claim = hold_claim(Claim(pk=recovery.claim_id, award_id=_award_of(recovery)))
    held = Recovery.objects.select_for_update(no_key=True).get(pk=recovery.pk)
    held.claim = claim
    return held


def _award_of(recovery: Recovery) -> int:
    return Claim.objects.values_list("award_id", flat=True).get(pk=recovery.claim_id)


def _content(recovery: Recovery) -> dict[str, object]:
    return {
        "recovery": recovery.reference,
        "claim": recovery.claim.reference,
        "kind": recovery.kind,
        "pence": recovery.pence,
        "reason": recovery.reason,
    }
