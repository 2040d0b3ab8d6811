"""Hold an award's payments, and let them go on."""

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.post import Letter, tell_all
from accounts.rules import Refused
from audit.record import digest, record
from awards import officials, rules
from awards.actions.locks import act_for_government, hold_award
from awards.models import Award, Suspension
from awards.states import UNDER_WAY
from bids import team
from funds import notices


@transaction.atomic
def suspend(*, award: Award, reason: str, by: User, role: str, at: dt.datetime) -> Suspension:
    """Hold every payment of an award that is under way; claims go on."""
    award = hold_award(award)
    act_for_government(award, by=by, role=role, needed=rules.OFFERS)
    if award.state not in UNDER_WAY:
        raise Refused(f"Award {award.reference} is {award.get_state_display().lower()}: nothing is paid from it now.")
    if award.suspensions.filter(lifted_at=None).exists():
        raise Refused(f"Payments of award {award.reference} are held already.")
    why = rules.kept(reason, "a reason, which the organisation and the auditor will read")
    made = Suspension.objects.create(award=award, reason=why, by=by, at=at)
    record("award.suspended", award, by=by, role=role, at=at, changes={"reason_sha256": digest(why)})
    _tell("award_suspended", award, made, at)
    notices.tell_officers(
        "payments_held", officials.of(award, rules.OFFERS).exclude(pk=by.pk), key=f"payments.held/{made.pk}", at=at,
        path=f"/awards/{award.reference}/changes/", award=award, maker=str(by), reason=why,
    )  # fmt: skip
    return made


@transaction.atomic
def lift_suspension(*, award: Award, by: User, role: str, at: dt.datetime) -> Suspension:
    """Let payments go on, as another fund manager than the one who held them."""
    award = hold_award(award)
    act_for_government(award, by=by, role=role, needed=rules.OFFERS)
    held = award.suspensions.filter(lifted_at=None).first()
    if held is None:
        raise Refused(f"Payments of award {award.reference} are not held.")
    if held.by_id == by.pk:
        raise Refused("You held these payments yourself, so another fund manager lets them go on.")
    held.lifted_by, held.lifted_at = by, at
    held.save(update_fields=["lifted_by", "lifted_at"])
    record("award.resumed", award, by=by, role=role, at=at, changes={"suspension": held.pk})
    _tell("award_resumed", award, held, at)
    return held


def _tell(template: str, award: Award, held: Suspension, at: dt.datetime) -> None:
    facts = {"award": award, "reason": held.reason}
    key = f"{template}/{award.reference}/{held.pk}"
    people = team.people(award.bid)
    tell_all((Letter(template, p.user, key, f"/awards/{award.reference}/", facts) for p in people), at=at)
