"""Deeds about people and organisations."""

import datetime as dt

from django.db import transaction

from accounts import rules
from accounts.models import Membership, Organisation, User
from accounts.rules import Refused
from audit.record import record


@transaction.atomic
def register_organisation(*, by: User | None, at: dt.datetime, **fields: str | bool) -> tuple[Organisation, bool]:
    """Return the organisation with this identifier, made if it was not there, and whether it was made.

    Raises:
        accounts.rules.BadIdentifier: the company number cannot be right.
    """
    if fields.get("company_number"):
        fields["company_number"] = rules.company_number(str(fields["company_number"]))
    for key in ("company_number", "ods_code", "charity_number"):
        if fields.get(key) and (found := Organisation.objects.filter(**{key: fields[key]}).first()):
            return found, False
    organisation = Organisation.objects.create(**fields)
    record(
        "organisation.registered", f"organisation:{organisation.pk}", by=by, at=at, changes={"kind": organisation.kind}
    )
    return organisation, True


@transaction.atomic
def grant_role(*, user: User, organisation: Organisation, role: str, by: User | None, at: dt.datetime) -> Membership:
    """Give a person a role in an organisation; giving it again changes nothing.

    Raises:
        Refused: the role makes no sense in that kind of organisation.
    """
    if not rules.may_hold(role, organisation.kind):
        raise Refused(f"Nobody can be {role} of a {organisation.get_kind_display().lower()}.")
    membership, made = Membership.objects.get_or_create(user=user, organisation=organisation, role=role, ended_at=None)
    if made:
        record("role.granted", f"user:{user.pk}", by=by, at=at, changes={"role": role, "organisation": organisation})
    return membership
