"""Invite people to a bid by e-mail, hand it over, and answer such an invitation."""

import datetime as dt

from django.db import transaction

from accounts import invitations
from accounts.actions import grant_role
from accounts.models import Membership, Organisation, User
from accounts.post import tell
from accounts.rules import Refused
from accounts.states import Role
from audit.record import digest, record
from bids import rules, team
from bids.actions.locks import locked, must_lead
from bids.actions.team import GIVEN, make_lead, name, person_on
from bids.models import Bid, Invitation
from bids.states import InvitationState, TeamRole


@transaction.atomic
def invite(*, bid: Bid, organisation: Organisation, email: str, role: str, by: User, at: dt.datetime) -> Invitation:
    """Invite somebody to work on a bid for one of its organisations.

    Raises:
        Refused: `by` may not let people in there, the address cannot be right or is on the bid or invited already.
    """
    bid = locked(bid)
    email = invitations.checked_address(email)
    if role not in GIVEN:
        raise Refused("Choose editor, finance or viewer.")
    _must_let_in(bid, organisation, by)
    if any(p.user.email.lower() == email for p in team.people(bid)):
        raise Refused(f"{email} works on this bid already. Change what they do on the page of the team.")
    return _sent(bid, organisation, email, role, by=by, at=at)


@transaction.atomic
def hand_over(*, bid: Bid, person: User, by: User, at: dt.datetime) -> Invitation:
    """Ask a colleague of the lead organisation to become the lead person; it counts once they accept.

    Raises:
        Refused: `by` does not lead the bid, the person is no colleague on it, or somebody has been asked already.
    """
    bid = locked(bid)
    must_lead(bid, by)
    if not person_on(bid, person).is_of_lead:
        raise Refused(f"{person} does not act for {bid.lead.name}, which leads the bid.")
    if person == by:
        raise Refused("Choose a colleague, not yourself.")
    waiting = bid.invitations.filter(role=TeamRole.LEAD, state=InvitationState.WAITING).first()
    if waiting is not None and waiting.expires_at > at:
        raise Refused(f"{waiting.email} has been asked to lead the bid and has not answered. Withdraw that first.")
    if waiting is not None:
        _end(waiting, "withdrawn", by=by, at=at)
    return _sent(bid, bid.lead, person.email.lower(), TeamRole.LEAD, by=by, at=at)


@transaction.atomic
def send_again(*, invitation: Invitation, by: User, at: dt.datetime) -> Invitation:
    """Send an invitation again, with another link and its days anew; the link sent before works no longer.

    Raises:
        Refused: it has been answered, was sent a moment ago, or `by` may not invite there.
    """
    bid, invitation = _locked(invitation)
    _must_manage(bid, invitation, by)
    invitations.must_not_be_sent_just_now(invitation, at)
    token = invitations.give_token(invitation, by=by, at=at)
    invitation.save(update_fields=["token_sha256", "invited_by", "sent_at", "expires_at"])
    record("team.invited_again", bid, by=by, role=Role.APPLICANT, at=at, changes={"invitation": invitation})
    _write(invitation, token, at=at)
    return invitation


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: User, at: dt.datetime) -> Invitation:
    """Take an invitation back before it is answered.

    Raises:
        Refused: it has been answered, or `by` may not invite there.
    """
    bid, invitation = _locked(invitation)
    _must_manage(bid, invitation, by)
    return _end(invitation, "withdrawn", by=by, at=at)


@transaction.atomic
def accept(*, invitation: Invitation, by: User, at: dt.datetime) -> Invitation:
    """Take part in a bid, or lead it, as the person whose address was invited.

    Raises:
        Refused: it is not for `by`, has been answered or has expired, `by` is an official of the fund, or whoever
            invited can no longer let people in.
    """
    bid, invitation = _locked(invitation)
    invitations.must_answer(invitation, by, at)
    if by.roles & rules.READS_SUBMITTED:
        raise Refused("Officials of the fund cannot take part in a bid.")
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=invitation.organisation_id)
    if not bid.partners.filter(organisation=organisation).exists():
        raise Refused(f"{organisation.name} is no longer in this bid.")
    inviter, is_hand_over = invitation.invited_by, invitation.role == TeamRole.LEAD
    if is_hand_over and team.why_not_lead(inviter, bid):
        raise Refused(f"{inviter} no longer leads this bid, so it cannot be handed over to you.")
    if not Membership.objects.filter(user=by, organisation=organisation, role=Role.APPLICANT, ended_at=None).exists():
        if is_hand_over or not team.may_let_in(inviter, bid, organisation):
            raise Refused(f"{inviter} can no longer let you in. Ask the people of {organisation.name} to invite you.")
        grant_role(user=by, organisation=organisation, role=Role.APPLICANT, by=inviter, at=at)
    if is_hand_over:
        make_lead(bid, by, by=by, at=at)
    elif team.role_of(by, bid) != TeamRole.LEAD:
        name(bid, by, invitation.role, by=inviter, at=at)
    _end(invitation, "accepted", by=by, at=at)
    template = "handed_over" if is_hand_over else "invitation_accepted"
    tell(
        template, to=inviter, key=f"invitation.accepted/{invitation.pk}", at=at,
        path=f"/bids/{bid.reference}/team", bid=bid, by=by, organisation=organisation,
    )  # fmt: skip
    return invitation


@transaction.atomic
def decline(*, invitation: Invitation, by: User, at: dt.datetime) -> Invitation:
    """Say no to an invitation, as the person whose address was invited.

    Raises:
        Refused: it is not for `by`, has been answered or has expired.
    """
    bid, invitation = _locked(invitation)
    invitations.must_answer(invitation, by, at)
    tell(
        "invitation_declined", to=invitation.invited_by, key=f"invitation.declined/{invitation.pk}", at=at,
        path=f"/bids/{bid.reference}/team", bid=bid, email=invitation.email,
    )  # fmt: skip
    return _end(invitation, "declined", by=by, at=at)


def _must_let_in(bid: Bid, organisation: Organisation, by: User) -> None:
    if not team.may_let_in(by, bid, organisation):
        raise Refused(f"Only people of {organisation.name} who change this bid can invite their colleagues to it.")


def _must_manage(bid: Bid, invitation: Invitation, by: User) -> None:
    invitations.must_wait(invitation)
    if invitation.role == TeamRole.LEAD:
        must_lead(bid, by)
    else:
        _must_let_in(bid, invitation.organisation, by)


def _locked(invitation: Invitation) -> tuple[Bid, Invitation]:
    """Return the invitation, locked after its bid."""
    bid = locked(invitation.bid_id)
    rows = Invitation.objects.select_for_update(no_key=True, of=("self",)).select_related("organisation", "invited_by")
    fresh = rows.get(pk=invitation.pk)
    fresh.bid = bid
    return bid, fresh


def _sent(bid: Bid, organisation: Organisation, email: str, role: str, *, by: User, at: dt.datetime) -> Invitation:
    """Write an invitation, its event and its e-mail, in the caller's transaction."""
    invitations.must_not_be_too_many(Invitation, by, at)
    there = bid.invitations.filter(email=email, state=InvitationState.WAITING).first()
    if there is not None and there.expires_at > at:
        raise Refused(f"{email} is invited already. Send that invitation again, or withdraw it first.")
    if there is not None:
        _end(there, "withdrawn", by=by, at=at)
    invitation = Invitation(bid=bid, organisation=organisation, email=email, role=role)
    token = invitations.give_token(invitation, by=by, at=at)
    invitation.save()
    record(
        "team.invited", bid, by=by, role=Role.APPLICANT, at=at,
        changes={"invitation": invitation, "organisation": organisation, "role": role, "address": digest(email)},
    )  # fmt: skip
    _write(invitation, token, at=at)
    return invitation


def _write(invitation: Invitation, token: str, *, at: dt.datetime) -> None:
    user = User.objects.filter(email__iexact=invitation.email, is_active=True).first()
    tell(
        "invitation", to=user or invitation.email, key=f"invitation/{invitation.pk}/{at.isoformat()}", at=at,
        path=f"/invitations/{token}", bid=invitation.bid, organisation=invitation.organisation,
        by=invitation.invited_by, role=TeamRole(invitation.role), expires_at=invitation.expires_at,
    )  # fmt: skip


def _end(invitation: Invitation, given: str, *, by: User, at: dt.datetime) -> Invitation:
    """Answer an invitation and put it on the record, in the caller's transaction."""
    facts = invitations.answer(invitation, given, by=by, at=at)
    record(
        f"team.invitation_{given}", invitation.bid, by=by, role=Role.APPLICANT, at=at,
        changes={"invitation": invitation, **facts},
    )  # fmt: skip
    return invitation
