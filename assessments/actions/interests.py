"""Register assessors, and keep the list of their interests."""

import datetime as dt
from collections.abc import Collection, Iterable

from django.db import transaction

from accounts.models import Organisation, User
from accounts.rules import Refused
from accounts.rules import company_number as as_company_number
from accounts.states import OrganisationKind, Role
from assessments import rules
from assessments.actions.conflicts import Conflicts, check_of, hold_undecided
from assessments.models import Assessor, Interest
from assessments.states import InterestKind
from audit.record import digest, record


def _must_register(by: User | None, network: Organisation | None) -> None:
    """Refuse everybody but fund managers and the lead of the assessor's own network; None is the system itself."""
    if by is None or by.roles & rules.MANAGES:
        return
    if network is None or network.pk not in by.organisation_ids(Role.AHSN_LEAD):
        raise Refused("Only a fund manager, or the lead of the assessor's own network, may register an assessor.")


@transaction.atomic
def register_assessor(
    *,
    user: User,
    network: Organisation | None,
    types: Collection[str],
    capacity: int,
    expertise: Iterable[str] = (),
    clinical_areas: Iterable[str] = (),
    by: User | None,
    at: dt.datetime,
) -> Assessor:
    """Return the assessor, made or brought up to date; the same facts again change nothing.

    Args:
        network: the AHSN that supplies the assessor; None when independent.
        types: what they judge, of `AssessorType`.
        capacity: bids per competition, zero or more.

    Raises:
        Refused: who asks may not, or a fact makes no sense.
    """
    _must_register(by, network)
    if network is not None and network.kind != OrganisationKind.AHSN:
        raise Refused(f"{network.name} is not an Academic Health Science Network. Leave it out for an independent.")
    if capacity < 0:
        raise Refused("The capacity is a number of bids: zero or more.")
    facts = {
        "network_id": network.pk if network else None,
        "types": rules.types(types),
        "capacity": capacity,
        "expertise": list(expertise),
        "clinical_areas": list(clinical_areas),
    }
    assessor = Assessor.objects.select_for_update(no_key=True).filter(user=user).first()
    if assessor is None:
        assessor = Assessor.objects.create(user=user, **facts)
        record("assessor.registered", assessor, by=by, at=at, changes=facts)
        return assessor
    before = {name: getattr(assessor, name) for name in facts}
    changes = {name: [before[name], value] for name, value in facts.items() if before[name] != value}
    if changes:
        for name, value in facts.items():
            setattr(assessor, name, value)
        assessor.save(update_fields=[name.removesuffix("_id") for name in changes])
        record("assessor.changed", assessor, by=by, at=at, changes=changes)
    return assessor


@transaction.atomic
def declare_interest(
    *,
    assessor: Assessor,
    kind: str,
    organisation_name: str = "",
    organisation: Organisation | None = None,
    company_number: str = "",
    by: User,
    at: dt.datetime,
) -> Conflicts:
    """Declare an interest and check every undecided bid against it; the same interest again is only checked again.

    Args:
        organisation: the organisation when it is registered; its number, or a name that only one has, finds it too.

    Raises:
        Refused: somebody else's interests, an unknown kind, no organisation.
        accounts.rules.BadIdentifier: the company number cannot be right.
    """
    if by.pk != assessor.user_id and not by.roles & rules.MANAGES:
        raise Refused("Assessors declare their own interests.")
    if kind not in InterestKind.values:
        raise Refused(f"Say what the interest is, one of: {', '.join(InterestKind.values)}.")
    number = as_company_number(company_number) if company_number.strip() else ""
    if organisation is None and number:
        organisation = Organisation.objects.filter(company_number=number).first()
    if organisation is None and not number:
        organisation = _of_that_name(organisation_name)
    if organisation is not None:
        number = number or organisation.company_number
    name = " ".join(organisation_name.split()) or (organisation.name if organisation else "")
    if not name:
        raise Refused("Name the organisation in which there is an interest.")
    bids = hold_undecided()
    interest, made = Interest.objects.get_or_create(
        assessor=assessor, kind=kind, organisation=organisation, organisation_name=name[:200],
        company_number=number, ended_at=None, defaults={"declared_at": at},
    )  # fmt: skip
    if made:
        record(
            "interest.declared", assessor, by=by, at=at,
            changes={"interest": interest.pk, "kind": kind, "organisation": organisation, "name_sha256": digest(name)},
        )  # fmt: skip
    return check_of(assessor, bids, by=by, at=at)


def _of_that_name(name: str) -> Organisation | None:
    """Return the organisation known here by a name, in any case of letters, when it is the only one."""
    same = Organisation.objects.filter(name__iexact=" ".join(name.replace("\0", " ").split()))[:2]
    return same[0] if len(same) == 1 else None


@transaction.atomic
def end_interest(*, interest: Interest, by: User, at: dt.datetime) -> Interest:
    """End an interest; what it has blocked stays blocked, and ending it again changes nothing."""
    interest = Interest.objects.select_for_update(no_key=True).select_related("assessor").get(pk=interest.pk)
    if by.pk != interest.assessor.user_id and not by.roles & rules.MANAGES:
        raise Refused("Assessors end their own interests.")
    if interest.ended_at is None:
        interest.ended_at = at
        interest.save(update_fields=["ended_at"])
        record("interest.ended", interest.assessor, by=by, at=at, changes={"interest": interest.pk})
    return interest
