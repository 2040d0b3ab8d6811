"""Say who does what on a bid, and note who has a section open."""

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.post import tell
from accounts.rules import Refused
from accounts.states import Role
from audit.record import record
from bids import sections, team
from bids.actions.locks import locked, must_edit, must_edit_part, must_lead
from bids.models import Assignment, Bid, Partner, Presence, TeamMember
from bids.states import TeamRole

# What the lead person can give; leading itself is handed over, and accepted.
GIVEN = (TeamRole.EDITOR, TeamRole.FINANCE, TeamRole.VIEWER)


def touch(*, bid: Bid, section: str, by: User, at: dt.datetime) -> None:
    """Note that somebody has a section open, in one query and nowhere on the record; it locks nothing.

    Pages that `bids.views.loading` opens for changing are noted there. A page of another address calls this.

    Args:
        section: its address below the bid's, such as questions/summary (see `bids.sections`).
    """
    Presence.objects.bulk_create(
        [Presence(bid=bid, section=section, user=by, at=at)],
        update_conflicts=True, unique_fields=["bid", "section", "user"], update_fields=["at"],
    )  # fmt: skip


def person_on(bid: Bid, user: User) -> team.Person:
    """Return what somebody is on a bid; refuse anybody who does not work on it."""
    found = next((p for p in team.people(bid) if p.user == user), None)
    if found is None:
        raise Refused(f"{user} does not work on this bid.")
    return found


def name(bid: Bid, user: User, role: str, *, by: User, at: dt.datetime) -> str:
    """Write what somebody does on a bid and its event, in the caller's transaction; return what they did before."""
    row = TeamMember.objects.filter(bid=bid, user=user).first() or TeamMember(bid=bid, user=user)
    before, row.role, row.by, row.at = row.role, role, by, at
    row.save()
    record("team.named", bid, by=by, role=Role.APPLICANT, at=at, changes={"user": user, "role": [before, role]})
    return before


def make_lead(bid: Bid, user: User, *, by: User, at: dt.datetime) -> None:
    """Write who leads a bid, in the caller's transaction; whoever led it before stays as an editor."""
    for row in TeamMember.objects.filter(bid=bid, role=TeamRole.LEAD).exclude(user=user).select_related("user"):
        name(bid, row.user, TeamRole.EDITOR, by=by, at=at)
    name(bid, user, TeamRole.LEAD, by=by, at=at)


@transaction.atomic
def set_role(*, bid: Bid, person: User, role: str, by: User, at: dt.datetime) -> None:
    """Say what somebody does on a bid, as its lead person; saying it again changes nothing.

    Raises:
        Refused: `by` is not the lead person, it is no role to give, or the person does not work on the bid.
    """
    bid = locked(bid)
    must_lead(bid, by)
    if role not in GIVEN:
        raise Refused("Choose editor, finance or viewer. To make somebody else the lead person, hand the bid over.")
    found = person_on(bid, person)
    if found.role == TeamRole.LEAD:
        raise Refused(f"{person} is the lead person. Hand the bid over first.")
    if found.is_named and found.role == role:
        return
    name(bid, person, role, by=by, at=at)
    if person != by:
        tell(
            "team_role", to=person, key=f"team.role/{bid.reference}/{at.isoformat()}", at=at,
            path=f"/bids/{bid.reference}/team", bid=bid, role=TeamRole(role), by=by,
        )  # fmt: skip


@transaction.atomic
def remove(*, bid: Bid, person: User, by: User, at: dt.datetime) -> None:
    """Take somebody off a bid: they neither read nor change it until they are invited again.

    Raises:
        Refused: `by` is not the lead person, or the person leads the bid or does not work on it.
    """
    bid = locked(bid)
    must_lead(bid, by)
    _take_off(bid, person, by=by, at=at)
    if person != by:
        tell(
            "team_removed", to=person, key=f"team.removed/{bid.reference}/{at.isoformat()}", at=at, bid=bid, by=by
        )  # fmt: skip


@transaction.atomic
def leave(*, bid: Bid, by: User, at: dt.datetime) -> None:
    """Take oneself off a bid.

    Raises:
        Refused: one leads it, or does not work on it.
    """
    bid = locked(bid)
    _take_off(bid, by, by=by, at=at)


def _take_off(bid: Bid, person: User, *, by: User, at: dt.datetime) -> None:
    if person_on(bid, person).role == TeamRole.LEAD:
        raise Refused("The lead person cannot leave the bid. Hand it over first.")
    name(bid, person, TeamRole.REMOVED, by=by, at=at)
    Assignment.objects.filter(bid=bid, user=person).delete()
    Presence.objects.filter(bid=bid, user=person).delete()


@transaction.atomic
def take_lead(*, bid: Bid, by: User, at: dt.datetime) -> None:
    """Become the lead person of a bid that has none, as an editor of the lead organisation.

    Raises:
        Refused: somebody leads it, or `by` may not.
    """
    bid = locked(bid)
    must_lead(bid, by)
    if team.role_of(by, bid) != TeamRole.LEAD:
        make_lead(bid, by, by=by, at=at)


@transaction.atomic
def assign(
    *, bid: Bid, section: str, person: User, by: User, at: dt.datetime, due_on: dt.date | None = None
) -> Assignment:
    """Let somebody do a section, perhaps till a day; who may change the section may say who does it.

    Raises:
        Refused: there is no such section, `by` or the person may not change it, or the day has passed.
    """
    bid = locked(bid)
    organisation_id = _must_change(bid, section, by)
    if due_on is not None and due_on < at.date():
        raise Refused("The day by which it is due has passed. Give a later one, or none.")
    if not person_on(bid, person).may_do(bid, organisation_id):
        raise Refused(f"{person} cannot change this section. Choose somebody else, or change the role first.")
    there = Assignment.objects.filter(bid=bid, section=section).first() or Assignment(bid=bid, section=section)
    is_new = there.user_id != person.pk
    there.user, there.due_on, there.by, there.at = person, due_on, by, at
    there.save()
    record(
        "section.assigned", bid, by=by, role=Role.APPLICANT, at=at,
        changes={"section": section, "user": person, "due_on": due_on},
    )  # fmt: skip
    if is_new and person != by:
        tell(
            "assigned", to=person, key=f"assigned/{bid.reference}/{section}/{at.isoformat()}", at=at,
            path=f"/bids/{bid.reference}/{section}", bid=bid, section=team.sections_of(bid)[section], by=by,
            due_on=due_on,
        )  # fmt: skip
    return there


@transaction.atomic
def unassign(*, bid: Bid, section: str, by: User, at: dt.datetime) -> None:
    """Let a section be nobody's; who may change it, may do so.

    Raises:
        Refused: there is no such section, or `by` may not change it.
    """
    bid = locked(bid)
    _must_change(bid, section, by)
    removed, _ = Assignment.objects.filter(bid=bid, section=section).delete()
    if removed:
        record("section.unassigned", bid, by=by, role=Role.APPLICANT, at=at, changes={"section": section})


def _must_change(bid: Bid, section: str, by: User) -> int | None:
    """Refuse who may not change a section; return the organisation whose money it is, or None."""
    if section not in team.sections_of(bid):
        raise Refused("The bid has no such section.")
    key = sections.partner_of(section)
    if key is None:
        must_edit(bid, by)
        return None
    partner = Partner.objects.get(bid=bid, pk=key)
    must_edit_part(bid, partner, by)
    return partner.organisation_id
