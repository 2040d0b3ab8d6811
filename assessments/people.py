"""Reads of assessors and of who is invited to become one."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet

from accounts.models import Membership, Organisation, User
from accounts.states import OrganisationKind, Role
from assessments import rules
from assessments.models import Absence, Assessor, Block, CompetitionCapacity, Invitation, Seat
from assessments.states import AssessmentState, SeatState
from funds.models import Competition
from funds.states import CompetitionState

INVITES = frozenset({Role.FUND_MANAGER, Role.AHSN_LEAD})
LISTS = rules.READS_ALL | {Role.AHSN_LEAD}
RUNNING = (CompetitionState.PUBLISHED, CompetitionState.IN_ASSESSMENT)


def may_invite_for(user: User, network: Organisation | None) -> bool:
    """Tell whether a person may invite assessors for a network, or independents: a fund manager, or its own lead."""
    if user.roles & rules.MANAGES:
        return True
    return network is not None and network.pk in user.organisation_ids(Role.AHSN_LEAD)


def networks() -> QuerySet[Organisation]:
    """Return all networks."""
    return Organisation.objects.filter(kind=OrganisationKind.AHSN).order_by("name")


def networks_to_invite_for(user: User) -> QuerySet[Organisation]:
    """Return the networks for which a person may invite assessors."""
    if user.roles & rules.MANAGES:
        return networks()
    return networks().filter(pk__in=user.organisation_ids(Role.AHSN_LEAD))


def department_of(user: User) -> Organisation:
    """Return the department that a fund manager acts for: independents assess for it."""
    held = Membership.objects.filter(user=user, role=Role.FUND_MANAGER, ended_at=None).order_by("pk")
    return held.select_related("organisation")[0].organisation


def invitations_for(user: User) -> QuerySet[Invitation]:
    """Return the invitations that a person may see: officials all, the lead of a network its own."""
    rows = Invitation.objects.select_related("network", "invited_by")
    return rows if user.roles & rules.READS_ALL else rows.filter(network__in=user.organisation_ids(Role.AHSN_LEAD))


def visible_to(user: User) -> QuerySet[Assessor]:
    """Return the assessors whom a person may list: officials all, the lead of a network its own, nobody else any."""
    rows = Assessor.objects.select_related("user", "network")
    return rows if user.roles & rules.READS_ALL else rows.filter(network__in=user.organisation_ids(Role.AHSN_LEAD))


def narrowed(rows: QuerySet[Assessor], wanted: Mapping[str, Any], today: dt.date) -> QuerySet[Assessor]:
    """Return the assessors who fit a filter: `q`, `network`, `type`, `area`, `tag`, `available`.

    `q` is looked for in name, e-mail address and what they say they know; `tag` in their expertise. Available is who
    takes invitations, has an account in use and is not away today.
    """
    for word in (wanted.get("q") or "").split()[:8]:
        rows = rows.filter(
            Q(user__full_name__icontains=word) | Q(user__email__icontains=word) | Q(about__icontains=word)
        )
    network = wanted.get("network")
    if network:
        rows = rows.filter(network=None) if network == "none" else rows.filter(network=network)
    if wanted.get("type"):
        rows = rows.filter(types__contains=[wanted["type"]])
    if wanted.get("area"):
        rows = rows.filter(clinical_areas__contains=[wanted["area"]])
    if tag := (wanted.get("tag") or "").strip():
        rows = rows.filter(expertise__icontains=tag)
    if available := wanted.get("available"):
        away = Exists(Absence.objects.filter(assessor=OuterRef("pk"), first_on__lte=today, last_on__gte=today))
        able = Q(is_available=True, user__is_active=True) & ~Q(away)
        rows = rows.filter(able if available == "yes" else ~able)
    return rows


def with_load(rows: QuerySet[Assessor]) -> QuerySet[Assessor]:
    """Return assessors with how many seats they hold, in how many assessments they are late or done, and declared."""
    held, in_work = Q(seats__state__in=rules.HELD), Q(seats__bid__competition__state=CompetitionState.IN_ASSESSMENT)
    handed_in = Q(seats__assessment__state=AssessmentState.SUBMITTED)
    return rows.annotate(
        waiting=Count("seats", filter=in_work & Q(seats__state=SeatState.INVITED), distinct=True),
        held=Count("seats", filter=in_work & held, distinct=True),
        handed_in=Count("seats", filter=handed_in & Q(seats__state=SeatState.ACCEPTED), distinct=True),
        declined=Count("seats", filter=Q(seats__state=SeatState.DECLINED), distinct=True),
        declared_until=Max("declarations__until"),
    )


def seats_shown(assessor: Assessor) -> QuerySet[Seat]:
    """Return the newest seats of an assessor for officials."""
    rows = assessor.seats.select_related("bid__competition", "assessment", "conflict_decision")
    return rows.order_by("-pk")[:100]


def blocks_shown(assessor: Assessor) -> QuerySet[Block]:
    """Return the newest bids that an assessor is kept from, for officials."""
    return assessor.blocks.select_related("bid__competition").order_by("-pk")[:100]


def capacities_of(assessor: Assessor) -> QuerySet[CompetitionCapacity]:
    """Return what an assessor takes in single competitions."""
    return assessor.capacities.select_related("competition").order_by("competition__reference")


def competitions_to_come() -> QuerySet[Competition]:
    """Return the competitions for which a capacity can be set."""
    return Competition.objects.filter(state__in=RUNNING).order_by(F("closes_at").desc(), "reference")
