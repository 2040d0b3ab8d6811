"""Bring organisations into a bid: one's own to act for, and those that take part."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from psycopg.errors import UniqueViolation

from accounts import actions as accounts
from accounts.actions import grant_role, make_known, register_organisation
from accounts.models import Membership, Organisation, SizeDeclaration, User
from accounts.post import tell
from accounts.rules import Refused
from accounts.size import Figures, Related
from accounts.states import OrganisationKind, Role
from bids import rules, tasks
from bids.actions.drafts import add_partner
from bids.actions.finance import resize
from bids.actions.locks import locked
from bids.models import Bid, Partner
from bids.states import EDITABLE

# Organisations of these kinds are not typed but found in the lists that we hold.
LISTED = frozenset({OrganisationKind.NHS_BODY, OrganisationKind.AHSN})


def found_or_registered(*, by: User, at: dt.datetime, kind: str, **fields: Any) -> tuple[Organisation, bool]:
    """Return the organisation that is meant, registered if it is new, and whether it was.

    Args:
        kind: with `ods_code` for an NHS body, `name` for a network, `name`, `size` and `company_number` for a
            company, `name` and perhaps `charity_number` for the rest; and what its register says of it
            (`accounts.registers.seen`), or `unverified_because` with what was typed instead.

    Raises:
        accounts.rules.BadIdentifier: the company number cannot be right.
        Refused: an NHS body or a network that is not in our lists; or somebody registers it at this instant.
    """
    if found := _listed(kind, fields):
        return found, False
    if funder := _known_as_funder(kind, fields):
        return make_known(organisation=funder, by=by, at=at, kind=kind, **fields), False
    try:
        with transaction.atomic():
            return register_organisation(by=by, at=at, kind=kind, **fields)
    except IntegrityError as error:
        if not isinstance(error.__cause__, UniqueViolation):
            raise
        raise Refused("Somebody is registering this organisation at this moment. Press the button again.") from error


def _listed(kind: str, fields: dict[str, Any]) -> Organisation | None:
    """Return an organisation that is found without a company or charity number; refuse one that our lists lack."""
    same = Organisation.objects.filter(kind=kind).order_by("pk")
    if kind == OrganisationKind.NHS_BODY:
        code = fields.get("ods_code", "")
        found = same.filter(ods_code=code).first() if code else None
        if not found and not (code and (fields.get("is_verified") or fields.get("unverified_because"))):
            raise Refused(f"“{code}” is not the ODS code of an NHS organisation in our list. Check the code.")
        return found
    if fields.get("company_number") or fields.get("charity_number"):
        return None
    found = same.filter(name__iexact=fields.get("name", "")).first()
    if not found and kind in LISTED:
        raise Refused("Choose a network from the list.")
    return found


def _known_as_funder(kind: str, fields: dict[str, Any]) -> Organisation | None:
    """Return an organisation that was typed as a funder and now takes part, so that it is not typed twice."""
    if kind == OrganisationKind.FUNDER or fields.get("company_number"):
        return None  # A number is looked for where it is registered.
    funders = Organisation.objects.filter(kind=OrganisationKind.FUNDER, company_number="").order_by("pk")
    return funders.filter(name__iexact=fields.get("name", "")).first()


@transaction.atomic
def act_for(*, by: User, at: dt.datetime, kind: str, **fields: Any) -> Organisation:
    """Let a person bid for an organisation that nobody acts for and that takes part in no bid yet.

    Anybody else must be let in by its own people: whoever acts for an organisation reads its drafts.

    Raises:
        accounts.rules.BadIdentifier: the company number cannot be right.
        Refused: somebody acts for it or it is in a bid already; or `by` is an official of the fund.
    """
    if by.roles & rules.READS_SUBMITTED:
        raise Refused("Officials of the fund cannot bid.")
    found, _ = found_or_registered(by=by, at=at, kind=kind, **fields)
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=found.pk)
    held = Membership.objects.filter(organisation=organisation, ended_at=None)
    if held.filter(user=by, role=Role.APPLICANT).exists():
        return organisation
    if held.exists() or Partner.objects.filter(organisation=organisation).exists():
        raise Refused(f"{organisation.name} is known here already. Ask its people, or the fund’s team, to let you in.")
    grant_role(user=by, organisation=organisation, role=Role.APPLICANT, by=by, at=at)
    return organisation


@transaction.atomic
def bring_in(*, bid: Bid, by: User, at: dt.datetime, kind: str, **fields: Any) -> Partner:
    """Let an organisation take part in a bid, registered if it is new.

    Raises:
        accounts.rules.BadIdentifier: the company number cannot be right.
        Refused: it is not in our lists, may not be a partner, or the bid cannot be changed.
    """
    organisation, _ = found_or_registered(by=by, at=at, kind=kind, **fields)
    return add_partner(bid=bid, organisation=organisation, by=by, at=at)


@transaction.atomic
def declare_size(
    *,
    organisation: Organisation,
    year_end: dt.date,
    figures: Figures,
    related: Sequence[Related],
    by: User,
    at: dt.datetime,
) -> tuple[SizeDeclaration, list[Bid]]:
    """Declare the figures that a company's size follows from, and let its part of every open bid follow.

    Where its ceiling is another one now, the percentage asked goes back to 0, and the people of the lead are told.

    Returns:
        The declaration, and the bids in which a percentage went back to 0.

    Raises:
        Refused: `by` does not act for it, it is no company, or a figure cannot be right.
    """
    open_bids = Bid.objects.filter(partners__organisation=organisation, state__in=EDITABLE).order_by("pk")
    bids = [locked(key) for key in open_bids.values_list("pk", flat=True)]
    organisation, declaration = accounts.declare_size(
        organisation=organisation, year_end=year_end, figures=figures, related=related, by=by, at=at
    )
    tasks.group_changed(organisation.pk)
    reset = []
    for bid in bids:
        partner = bid.partners.filter(organisation=organisation).first()
        if partner and bid.state in EDITABLE and resize(partner, bid, declaration.size, by=by, at=at):
            reset.append(bid)
            _tell_lead(bid, declaration, by=by, at=at)
    return declaration, reset


def _tell_lead(bid: Bid, declaration: SizeDeclaration, *, by: User, at: dt.datetime) -> None:
    """Write to the people of a bid's lead that a partner's percentage is to be asked for again."""
    held = Membership.objects.filter(organisation=bid.lead_id, role=Role.APPLICANT, ended_at=None)
    for membership in held.exclude(user=by).select_related("user"):
        tell(
            "size_changed", to=membership.user, key=f"size.declared/{declaration.pk}/{bid.reference}", at=at,
            path=f"/bids/{bid.reference}/partners", bid=bid, organisation=declaration.organisation,
            size=declaration.get_size_display().lower(),
        )  # fmt: skip
