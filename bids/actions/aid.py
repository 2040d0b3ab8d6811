"""Declare the aid that a partner received before, where the regime limits its sum."""

import datetime as dt
from decimal import Decimal

from django.db import transaction

from accounts.actions import rate_for
from accounts.models import User
from accounts.rules import Refused
from accounts.states import Role
from audit.record import record
from bids import aid, match
from bids.actions.locks import locked_partner, must_be_open_to_changes, must_edit_part
from bids.models import AidDeclaration, AidReceived, Bid, Partner
from funds.states import AidCurrency
from infra import words

MOST_ROWS = 200
MOST = Decimal("999999999.99")


def _open(partner: Partner, by: User, at: dt.datetime) -> tuple[Bid, Partner]:
    bid, partner = locked_partner(partner)
    must_edit_part(bid, partner, by)
    must_be_open_to_changes(bid, at)
    if not aid.is_asked(partner, bid.competition):
        raise Refused("This competition does not ask this partner for earlier aid.")
    return bid, partner


@transaction.atomic
def add_aid(
    *, partner: Partner, giver: str, scheme: str, granted_on: dt.date, amount: Decimal, currency: str, by: User,
    at: dt.datetime, pounds_per_euro: Decimal | None = None,
) -> AidReceived:  # fmt: skip
    """Add one sum to a partner's list; its confirmation falls, as the list is another one.

    Args:
        amount: above 0, in `currency`.
        pounds_per_euro: rate of the day it was granted; left out, the last one known here before that day.

    Raises:
        Refused: it is not asked for, lies in the future, or cannot be right.
    """
    bid, partner = _open(partner, by, at)
    giver, scheme = match.tidy(giver), match.tidy(scheme)
    if problem := words.why_not_text(giver) or words.why_not_text(scheme):
        raise Refused(problem)
    if not giver:
        raise Refused("Say which body gave the aid.")
    if granted_on > at.date():
        raise Refused("The date of the grant lies in the future. Enter the day on which it was granted.")
    if not amount.is_finite() or not 0 < amount <= MOST or amount != round(amount, 2):
        raise Refused("The amount must be above 0, with at most two decimals.")
    rate = rate_for(granted_on).pounds_per_euro if pounds_per_euro is None else pounds_per_euro
    if not rate.is_finite() or not Decimal("0.1") <= rate <= 10:
        raise Refused("The rate must be pounds for one euro, such as 0.86905.")
    if partner.aid_received.count() >= MOST_ROWS:
        raise Refused(f"At most {MOST_ROWS} sums can be listed. Add several of one giver together.")
    row = AidReceived.objects.create(
        partner=partner, giver=giver, scheme=scheme, granted_on=granted_on, amount=amount,
        currency=AidCurrency(currency), pounds_per_euro=rate,
    )  # fmt: skip
    AidDeclaration.objects.filter(partner=partner).delete()
    record(
        "aid.added", bid, by=by, role=Role.APPLICANT, at=at,
        changes={"partner": partner.pk, "row": row, "amount": amount, "currency": currency, "granted_on": granted_on},
    )  # fmt: skip
    return row


@transaction.atomic
def remove_aid(*, partner: Partner, row: int, by: User, at: dt.datetime) -> None:
    """Take one sum off a partner's list; its confirmation falls. One that is gone already is no error."""
    bid, partner = _open(partner, by, at)
    removed, _ = partner.aid_received.filter(pk=row).delete()
    if removed:
        AidDeclaration.objects.filter(partner=partner).delete()
        record("aid.removed", bid, by=by, role=Role.APPLICANT, at=at, changes={"partner": partner.pk, "row": row})


@transaction.atomic
def confirm_aid(*, partner: Partner, sha256: str, by: User, at: dt.datetime) -> AidDeclaration:
    """Give a partner's word that its list, as it was read, is whole, or that there is nothing to list.

    Raises:
        Refused: the list has changed since it was read.
    """
    bid, partner = _open(partner, by, at)
    if aid.digest_of(partner.aid_received.all()) != sha256:
        raise Refused("The list has changed since you opened it. Read it again before you confirm it.")
    declaration, is_new = AidDeclaration.objects.get_or_create(
        partner=partner, defaults={"confirmed_by": by, "confirmed_at": at, "sha256": sha256}
    )
    if is_new:
        record(
            "aid.confirmed", bid, by=by, role=Role.APPLICANT, at=at, changes={"partner": partner.pk, "sha256": sha256}
        )
    return declaration
