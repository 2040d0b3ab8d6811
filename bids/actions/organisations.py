"""Bring organisations into a bid: one's own to act for, and those that take part."""

import datetime as dt

from django.db import IntegrityError, transaction
from psycopg.errors import UniqueViolation

from accounts.actions import grant_role, register_organisation
from accounts.models import Membership, Organisation, User
from accounts.rules import Refused
from accounts.states import OrganisationKind, Role
from bids import rules
from bids.actions.drafts import add_partner
from bids.models import Bid, Partner

# Organisations of these kinds are not typed but found in the lists that we hold.
LISTED = frozenset({OrganisationKind.NHS_BODY, OrganisationKind.AHSN})


def found_or_registered(*, by: User, at: dt.datetime, kind: str, **fields: str) -> tuple[Organisation, bool]:
    """Return the organisation that is meant, registered if it is new, and whether it was.

    Args:
        kind: with `ods_code` for an NHS body, `name` for a network, `name`, `size` and `company_number` for a
            company, `name` and perhaps `charity_number` for the rest.

    Raises:
        accounts.rules.BadIdentifier: the company number cannot be right.
        Refused: an NHS body or a network that is not in our lists; or somebody registers it at this instant.
    """
    if found := _listed(kind, fields):
        return found, False
    try:
        with transaction.atomic():
            return register_organisation(by=by, at=at, kind=kind, **fields)
    except IntegrityError as error:
        if not isinstance(error.__cause__, UniqueViolation):
            raise
        raise Refused("Somebody is registering this organisation at this moment. Press the button again.") from error


def _listed(kind: str, fields: dict[str, str]) -> Organisation | None:
    """Return an organisation that is found without a company or charity number; refuse one that our lists lack."""
    same = Organisation.objects.filter(kind=kind).order_by("pk")
    if kind == OrganisationKind.NHS_BODY:
        code = fields.get("ods_code", "")
        found = same.filter(ods_code=code).first() if code else None
        if not found:
            raise Refused(f"“{code}” is not the ODS code of an NHS organisation in our list. Check the code.")
        return found
    if fields.get("company_number") or fields.get("charity_number"):
        return None
    found = same.filter(name__iexact=fields.get("name", "")).first()
    if not found and kind in LISTED:
        raise Refused("Choose a network from the list.")
    return found


@transaction.atomic
def act_for(*, by: User, at: dt.datetime, kind: str, **fields: str) -> Organisation:
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
def bring_in(*, bid: Bid, by: User, at: dt.datetime, kind: str, **fields: str) -> Partner:
    """Let an organisation take part in a bid, registered if it is new.

    Raises:
        accounts.rules.BadIdentifier: the company number cannot be right.
        Refused: it is not in our lists, may not be a partner, or the bid cannot be changed.
    """
    organisation, _ = found_or_registered(by=by, at=at, kind=kind, **fields)
    return add_partner(bid=bid, organisation=organisation, by=by, at=at)
