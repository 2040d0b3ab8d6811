"""Invite people by e-mail to become assessors, and let them in with an agreement and a profile."""

import datetime as dt
from typing import Any

from django.db import transaction

from accounts import invitations
from accounts.actions import grant_role
from accounts.models import Organisation, User
from accounts.post import tell
from accounts.rules import Refused
from accounts.states import OFFICIAL_ROLES, InvitationState, OrganisationKind, Role
from assessments import agreement, people
from assessments.actions.declarations import describe_oneself
from assessments.actions.interests import register_assessor
from assessments.models import Agreement, Assessor, Invitation
from audit.record import digest, record


@transaction.atomic
def invite_assessor(*, email: str, network: Organisation | None, by: User, role: str, at: dt.datetime) -> Invitation:
    """Invite somebody to become an assessor, for a network or, where none is given, as an independent.

    Raises:
        Refused: `by` may not invite for this network, the address cannot be right, or is invited or an assessor.
    """
    email = invitations.checked_address(email)
    _must_invite(by, network)
    if network is not None and network.kind != OrganisationKind.AHSN:
        raise Refused(f"{network.name} is not an Academic Health Science Network.")
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if Assessor.objects.filter(user__email__iexact=email).exists():
        raise Refused(f"{email} is an assessor already.")
    invitations.must_not_be_too_many(Invitation, by, at)
    there = Invitation.objects.select_for_update().filter(email=email, state=InvitationState.WAITING).first()
    if there is not None and there.expires_at > at:
        raise Refused(f"{email} is invited already. Whoever invited them can send the invitation again or withdraw it.")
    if there is not None:
        _end(there, "withdrawn", by=by, role=role, at=at)
    invitation = Invitation(network=network, email=email)
    token = invitations.give_token(invitation, by=by, at=at)
    invitation.save()
    facts = {"invitation": invitation, "network": network, "address": digest(email)}
    record("assessor.invited", _subject(invitation), by=by, role=role, at=at, changes=facts)
    _write(invitation, token, at)
    return invitation


@transaction.atomic
def invite_again(*, invitation: Invitation, by: User, role: str, at: dt.datetime) -> Invitation:
    """Send an invitation again, with another link and its days anew; the link sent before works no longer.

    Raises:
        Refused: it has been answered, was sent a moment ago, or `by` may not invite for its network.
    """
    invitation = _to_manage(invitation, by)
    invitations.must_not_be_sent_just_now(invitation, at)
    token = invitations.give_token(invitation, by=by, at=at)
    invitation.save(update_fields=["token_sha256", "invited_by", "sent_at", "expires_at"])
    changes = {"invitation": invitation}
    record("assessor.invited_again", _subject(invitation), by=by, role=role, at=at, changes=changes)
    _write(invitation, token, at)
    return invitation


@transaction.atomic
def take_back_invitation(*, invitation: Invitation, by: User, role: str, at: dt.datetime) -> Invitation:
    """Take an invitation back before it is answered.

    Raises:
        Refused: it has been answered, or `by` may not invite for its network.
    """
    return _end(_to_manage(invitation, by), "withdrawn", by=by, role=role, at=at)


@transaction.atomic
def become_assessor(
    *,
    invitation: Invitation,
    read_sha256: str,
    by: User,
    at: dt.datetime,
    types: list[str],
    capacity: int,
    **profile: Any,
) -> Assessor:
    """Accept an invitation: agree to the terms, fill the profile, and be an assessor from now on.

    Args:
        read_sha256: digest of the agreement that was read.
        profile: as `describe_oneself` takes it.

    Raises:
        Refused: the invitation is not for `by`, answered or too old, whoever sent it can no longer let people in, the
            agreement has changed meanwhile, `by` is an official of the fund, or the profile makes no sense.
    """
    invitation = _held(invitation)
    invitations.must_answer(invitation, by, at)
    if by.roles & OFFICIAL_ROLES:
        raise Refused("Officials of the fund read every bid, so they cannot assess.")
    inviter = invitation.invited_by
    if not people.may_invite_for(inviter, invitation.network):
        raise Refused(f"{inviter} can no longer let you in. Ask the fund’s team to invite you.")
    home = invitation.network or people.department_of(inviter)
    grant_role(user=by, organisation=home, role=Role.ASSESSOR, by=inviter, at=at)
    made = register_assessor(user=by, network=invitation.network, types=types, capacity=capacity, by=inviter, at=at)
    made = describe_oneself(assessor=made, capacity=capacity, is_available=True, by=by, at=at, **profile)
    agree(assessor=made, read_sha256=read_sha256, by=by, at=at)
    _end(invitation, "accepted", by=by, role=Role.ASSESSOR, at=at)
    key, path = f"assessor.accepted/{invitation.pk}", "/assessors/invitations"
    tell("assessor_accepted", to=inviter, key=key, at=at, path=path, by=by, network=invitation.network)
    return made


@transaction.atomic
def decline_to_assess(*, invitation: Invitation, by: User, at: dt.datetime) -> Invitation:
    """Say no to an invitation, as the person whose address was invited.

    Raises:
        Refused: it is not for `by`, has been answered or has expired.
    """
    invitation = _held(invitation)
    invitations.must_answer(invitation, by, at)
    key, path = f"assessor.declined/{invitation.pk}", "/assessors/invitations"
    tell("assessor_declined", to=invitation.invited_by, key=key, at=at, path=path, email=invitation.email)
    return _end(invitation, "declined", by=by, role="", at=at)


@transaction.atomic
def agree(*, assessor: Assessor, read_sha256: str, by: User, at: dt.datetime) -> Agreement:
    """Agree to the terms on which bids are assessed; agreeing again to the same changes nothing.

    Raises:
        Refused: somebody else's agreement, or the terms are not those that were read.
    """
    if assessor.user_id != by.pk:
        raise Refused("Assessors agree for themselves.")
    if read_sha256 != agreement.SHA256:
        raise Refused("The agreement has changed since you opened the page. Read it again.")
    made, is_new = Agreement.objects.get_or_create(
        assessor=assessor, version=agreement.VERSION, defaults={"text_sha256": agreement.SHA256, "at": at}
    )
    if is_new:
        facts = {"version": made.version, "sha256": made.text_sha256}
        record("assessor.agreed", assessor, by=by, role="assessor", at=at, changes=facts)
    return made


def _subject(invitation: Invitation) -> str:
    return f"assessor_invitation:{invitation.pk}"


def _must_invite(by: User, network: Organisation | None) -> None:
    if not people.may_invite_for(by, network):
        raise Refused("Only a fund manager, or the lead of the network, may invite its assessors.")


def _held(invitation: Invitation) -> Invitation:
    """Return an invitation, read anew and locked."""
    rows = Invitation.objects.select_for_update(no_key=True, of=("self",)).select_related("network", "invited_by")
    return rows.get(pk=invitation.pk)


def _to_manage(invitation: Invitation, by: User) -> Invitation:
    invitation = _held(invitation)
    _must_invite(by, invitation.network)
    invitations.must_wait(invitation)
    return invitation


def _write(invitation: Invitation, token: str, at: dt.datetime) -> None:
    user = User.objects.filter(email__iexact=invitation.email, is_active=True).first()
    tell(
        "assessor_invitation", to=user or invitation.email, key=f"assessor.invitation/{invitation.pk}/{at.isoformat()}",
        at=at, path=f"/assess/{token}", by=invitation.invited_by, network=invitation.network,
        expires_at=invitation.expires_at,
    )  # fmt: skip


def _end(invitation: Invitation, given: str, *, by: User, role: str, at: dt.datetime) -> Invitation:
    facts = {"invitation": invitation, **invitations.answer(invitation, given, by=by, at=at)}
    record(f"assessor.invitation_{given}", _subject(invitation), by=by, role=role, at=at, changes=facts)
    return invitation
