"""Send invitations by e-mail, and see that only the person whose address was invited answers, once and in time.

The link in the e-mail names the invitation and no more: only somebody who is signed in with the address that it was
sent to can answer it. These steps run inside the transactions of the deeds that use them.
"""

import datetime as dt
import hashlib
import secrets

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.invited import Invited
from accounts.models import User
from accounts.rules import Refused
from accounts.states import InvitationState

DAYS = 14
MOST_A_DAY = 30  # invitations of a kind that one person sends
BETWEEN = dt.timedelta(minutes=5)  # two sendings of the same invitation


def token_digest(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def checked_address(email: str) -> str:
    """Return an address in small letters.

    Raises:
        Refused: it cannot be one.
    """
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise Refused("Enter an e-mail address in full, such as name@example.org.") from error
    if len(email) > 254:
        raise Refused("The e-mail address is too long. Check it.")
    return email


def give_token(invitation: Invited, *, by: User, at: dt.datetime) -> str:
    """Return a new token of an invitation that is sent now; the one before works no longer. It is not saved yet."""
    token = secrets.token_urlsafe(32)
    invitation.token_sha256, invitation.invited_by = token_digest(token), by
    invitation.sent_at, invitation.expires_at = at, at + dt.timedelta(days=DAYS)
    return token


def must_not_be_too_many(kind: type[Invited], by: User, at: dt.datetime) -> None:
    """Refuse who has sent as many invitations as one sends in a day."""
    if kind._default_manager.filter(invited_by=by, sent_at__gt=at - dt.timedelta(days=1)).count() >= MOST_A_DAY:
        raise Refused(f"You have sent {MOST_A_DAY} invitations since yesterday. Send more tomorrow.")


def must_wait(invitation: Invited) -> None:
    """Refuse what has been answered or taken back."""
    if invitation.state != InvitationState.WAITING:
        raise Refused(f"This invitation is {InvitationState(invitation.state).label.lower()} already.")


def must_not_be_sent_just_now(invitation: Invited, at: dt.datetime) -> None:
    """Refuse to send an invitation twice within five minutes."""
    if at - invitation.sent_at < BETWEEN:
        raise Refused("This invitation was sent less than five minutes ago. Wait a little before you send it again.")


def must_answer(invitation: Invited, by: User, at: dt.datetime) -> None:
    """Refuse to answer an invitation that is somebody else's, answered or too old."""
    if by.email.lower() != invitation.email:
        raise Refused("This invitation was sent to another address.")
    must_wait(invitation)
    if invitation.expires_at <= at:
        raise Refused("This invitation has expired. Ask whoever invited you to send it again.")


def answer(invitation: Invited, given: str, *, by: User, at: dt.datetime) -> dict[str, list[str]]:
    """Answer an invitation, or take it back, and return what the record keeps of it."""
    {"accepted": invitation.accept, "declined": invitation.decline, "withdrawn": invitation.withdraw}[given](
        by=by, at=at
    )
    invitation.save(update_fields=["state", "answered_by", "answered_at"])
    return {"state": [InvitationState.WAITING, invitation.state]}
