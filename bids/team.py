"""Reads of who works on a bid: what each may do there, who is invited, who does which section, who has it open."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, OuterRef, QuerySet, Subquery, Value

from accounts.models import Membership, Organisation, User
from accounts.rules import is_company
from accounts.states import Role
from bids import rules, sections
from bids.match import OPEN_TO_SOURCES
from bids.models import Assignment, Bid, Invitation, Partner, Presence, TeamMember
from bids.states import EDITABLE, InvitationState, TeamRole
from funds.models import Competition, Question, Strand
from infra.rows import rows

_ROLE = "(SELECT role FROM bids_teammember WHERE bid_id = b.id AND user_id = %(user)s)"
_SHUTS = """(
    SELECT c.closes_at + c.grace_seconds * interval '1 second' FROM funds_competition c WHERE c.id = b.competition_id
)"""
_ALONE = f"SELECT {{b}}, {_ROLE}, {_SHUTS} FROM bids_bid b WHERE "
_WITH_CALL = f"""
    SELECT {{b}}, {{c}}, {{s}}, {{o}}, {_ROLE} FROM bids_bid b
    JOIN funds_competition c ON c.id = b.competition_id
    JOIN funds_strand s ON s.id = b.strand_id
    JOIN accounts_organisation o ON o.id = b.lead_id WHERE
"""
HERE = dt.timedelta(minutes=2)  # how long somebody counts as being in a section


# What one person may do


def with_role_of(user: User, bids: QuerySet[Bid]) -> QuerySet[Bid]:
    """Return the bids, each bringing along what this person does on it, so that asking takes no query."""
    row = TeamMember.objects.filter(bid=OuterRef("pk"), user=user)
    return bids.annotate(asked_for=Value(user.pk), role_found=Subquery(row.values("role")[:1]))


def one_with_role_of(user: User | None, found_by: str, value: int | str) -> Bid:
    """Return one bid with its competition, strand and lead, and with what this person does on it, in one statement.

    Args:
        found_by: a fixed condition on the bid `b`, such as "b.reference = %(value)s".

    Raises:
        Bid.DoesNotExist: there is none.
    """
    bid, bid.competition, bid.strand, bid.lead, role = _one(
        _WITH_CALL + found_by, user, value, b=Bid, c=Competition, s=Strand, o=Organisation
    )
    return _brings_role(bid, user, role)


def one_alone_with_role_of(user: User, found_by: str, value: int | str) -> Bid:
    """Return one bid, with what this person does on it, in the cheapest way: for the requests made most often."""
    bid, role, shuts_at = _one(_ALONE + found_by, user, value, b=Bid)
    bid.known_to_shut_at = shuts_at
    return _brings_role(bid, user, role)


def shuts_at(bid: Bid) -> dt.datetime:
    """Return until when a bid can be changed: its competition's deadline and the grace; in no query if it is known."""
    known = getattr(bid, "known_to_shut_at", None)
    return known or bid.competition.closes_at + dt.timedelta(seconds=bid.competition.grace_seconds)


def _one(sql: str, user: User | None, value: int | str, **models: type[Model]) -> tuple[Any, ...]:
    found = rows(sql, {"user": user and user.pk, "value": value}, **models)
    if not found:
        raise Bid.DoesNotExist
    return found[0]


def _brings_role(bid: Bid, user: User | None, role: str | None) -> Bid:
    if user is not None:
        bid.asked_for, bid.role_found = user.pk, role  # type: ignore[attr-defined]
    return bid


def is_open_to_changes(bid: Bid, now: dt.datetime) -> bool:
    """Tell whether a bid can still be changed: by its state, and because its competition is not over."""
    return bid.state in EDITABLE and now <= shuts_at(bid)


def takes_sources(bid: Bid, now: dt.datetime) -> bool:
    """Tell whether match funding can be declared and shown: while the bid can still be funded."""
    return is_open_to_changes(bid, now) if bid.state in EDITABLE else bid.state in OPEN_TO_SOURCES


def role_of(user: User, bid: Bid) -> str:
    """Return what a person does on a bid; who is not named is an editor of what their organisation may change."""
    if getattr(bid, "asked_for", None) == user.pk:
        found = getattr(bid, "role_found", None)
    else:
        found = TeamMember.objects.filter(bid=bid, user=user).values_list("role", flat=True).first()
    return found or TeamRole.EDITOR


def why_not_edit(user: User, bid: Bid) -> str:
    """Return why a person may not change the whole bid; nothing when they may."""
    return rules.why_not_edit(bid.lead_id, user.organisation_ids(Role.APPLICANT), role_of(user, bid))


def why_not_edit_part(user: User, bid: Bid, organisation_id: int) -> str:
    """Return why a person may not change the money of an organisation in a bid; nothing when they may."""
    acts_for = user.organisation_ids(Role.APPLICANT)
    return rules.why_not_edit_part(bid.lead_id, organisation_id, acts_for, role_of(user, bid))


def lead_person(bid: Bid) -> User | None:
    """Return who leads a bid; nobody when that person no longer acts for its lead organisation."""
    acts = Membership.objects.filter(organisation=bid.lead_id, role=Role.APPLICANT, ended_at=None, user__is_active=True)
    rows = TeamMember.objects.filter(bid=bid, role=TeamRole.LEAD, user__in=acts.values("user"))
    found = rows.select_related("user").first()
    return found.user if found else None


def why_not_lead(user: User, bid: Bid) -> str:
    """Return why a person may not act as the lead person of a bid; nothing when they may."""
    role = role_of(user, bid)
    has_other = role != TeamRole.LEAD and lead_person(bid) is not None
    return rules.why_not_lead(bid.lead_id, user.organisation_ids(Role.APPLICANT), role, has_other)


# Everybody


@dataclass(frozen=True)
class Person:
    """Somebody who works on a bid, for which organisation, and as what."""

    user: User
    organisation: Organisation
    role: TeamRole
    is_of_lead: bool
    is_named: bool

    def may_do(self, bid: Bid, section_of: int | None) -> bool:
        """Tell whether they may change the whole bid, or the money of the organisation `section_of`."""
        acts_for = {self.organisation.pk}
        if section_of is None:
            return rules.may_edit(bid.lead_id, acts_for, self.role)
        return rules.may_edit_part(bid.lead_id, section_of, acts_for, self.role)


def people_on(bids: Iterable[Bid]) -> dict[int, list[Person]]:
    """Return bid key → its people, lead person and lead organisation first, in a constant number of queries.

    Each applicant of an organisation in the bid works on it, unless they were removed. Somebody who acts for several of
    its organisations counts for the lead, else for the first.
    """
    keys = [bid.pk for bid in bids]
    parts = list(
        Partner.objects.filter(bid__in=keys).order_by("-is_lead", "pk").values_list("bid", "organisation", "is_lead")
    )
    held: dict[int, list[Membership]] = defaultdict(list)
    acts = Membership.objects.filter(role=Role.APPLICANT, ended_at=None, user__is_active=True)
    acts = acts.filter(organisation__in={organisation for _, organisation, _ in parts})
    for membership in acts.select_related("user", "organisation").order_by("user__full_name", "pk"):
        held[membership.organisation_id].append(membership)
    named = TeamMember.objects.filter(bid__in=keys).values_list("bid", "user", "role")
    roles = {(bid, user): TeamRole(role) for bid, user, role in named}
    found: dict[int, dict[int, Person]] = {key: {} for key in keys}
    for bid, organisation, is_lead in parts:
        for m in held[organisation]:
            role = roles.get((bid, m.user_id), TeamRole.EDITOR)
            if role != TeamRole.REMOVED and m.user_id not in found[bid]:
                is_named = (bid, m.user_id) in roles
                found[bid][m.user_id] = Person(m.user, m.organisation, role, is_lead, is_named)
    return {key: sorted(people.values(), key=lambda p: p.role != TeamRole.LEAD) for key, people in found.items()}


def people(bid: Bid) -> list[Person]:
    """Return everybody who works on a bid, lead person and lead organisation first."""
    return people_on([bid])[bid.pk]


# Invitations


def may_invite_into(user: User, bid: Bid) -> list[Organisation]:
    """Return the organisations of a bid into which a person may invite others, the lead first.

    The lead person also invites the first person of a partner that nobody acts for yet.
    """
    leads, role = not why_not_lead(user, bid), role_of(user, bid)
    acts_for = user.organisation_ids(Role.APPLICANT)
    parts = [p.organisation for p in bid.partners.select_related("organisation")]
    acts = Membership.objects.filter(organisation__in=parts, ended_at=None)
    peopled = set(acts.values_list("organisation", flat=True))
    return [
        o
        for o in parts
        if rules.may_invite_into(bid.lead_id, o.pk, acts_for, role, leads) or (leads and o.pk not in peopled)
    ]


def may_let_in(user: User, bid: Bid, organisation: Organisation) -> bool:
    """Tell whether a person may invite others into an organisation of a bid."""
    return organisation in may_invite_into(user, bid)


def invitations(bid: Bid) -> QuerySet[Invitation]:
    """Return who was invited to a bid, the newest first."""
    return bid.invitations.select_related("organisation", "invited_by").order_by("-pk")


def waiting_for(user: User, now: dt.datetime) -> QuerySet[Invitation]:
    """Return the invitations that wait for a person's answer."""
    found = Invitation.objects.filter(email=user.email.lower(), state=InvitationState.WAITING, expires_at__gt=now)
    return found.select_related("bid__competition", "organisation", "invited_by").order_by("-pk")


# Sections


def sections_of(bid: Bid) -> dict[str, str]:
    """Return section → what it is called, in the order of the task list."""
    found = {sections.DETAILS: "Project details", sections.PARTNERS: "Partners"}
    asked = Question.objects.filter(competition=bid.competition_id).order_by("position")
    found |= {sections.of_question(slug): heading for slug, heading in asked.values_list("slug", "heading")}
    limit = "bid__competition__regime__aid_limit"
    for key, name, kind, aid_limit in bid.partners.values_list("pk", "organisation__name", "organisation__kind", limit):
        without = "" if aid_limit is not None and is_company(kind) else sections.AID
        money = {part: label for part, label in sections.MONEY.items() if part != without}
        found |= {sections.of_money(key, part): f"{label} of {name}" for part, label in money.items()}
    return found | {sections.DOCUMENTS: "Documents"}


def assignments(bid: Bid) -> dict[str, Assignment]:
    """Return section → who does it and till when."""
    return {a.section: a for a in bid.assignments.select_related("user")}


def present(bid: Bid, now: dt.datetime, but: User) -> dict[str, list[User]]:
    """Return section → who else opened or saved it in the last two minutes."""
    rows = Presence.objects.filter(bid=bid, at__gt=now - HERE, at__lte=now).exclude(user=but)
    found: dict[str, list[User]] = defaultdict(list)
    for row in rows.select_related("user").order_by("user__full_name", "pk"):
        found[row.section].append(row.user)
    return dict(found)


def own_parts(user: User, bid: Bid, parts: Iterable[Partner]) -> set[int]:
    """Return the keys of those partners of a bid whose money a person may change."""
    acts_for, role = user.organisation_ids(Role.APPLICANT), role_of(user, bid)
    return {p.pk for p in parts if rules.may_edit_part(bid.lead_id, p.organisation_id, acts_for, role)}
