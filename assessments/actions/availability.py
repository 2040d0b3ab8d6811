"""When an assessor is away, and how many bids of one competition they take."""

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.rules import Refused
from assessments import rules
from assessments.actions.locks import hold_assessors
from assessments.models import Absence, Assessor, CompetitionCapacity
from audit.record import record
from funds.models import Competition

MOST_ABSENCES = 50


def _held(assessor: Assessor, by: User) -> Assessor:
    """Return the assessor, locked; refuse everybody but themselves and fund managers."""
    if by.pk != assessor.user_id and not by.roles & rules.MANAGES:
        raise Refused("Only the assessor or a fund manager may do this.")
    return hold_assessors([assessor.pk])[0]


def _role(assessor: Assessor, by: User) -> str:
    return "assessor" if by.pk == assessor.user_id else "fund_manager"


@transaction.atomic
def add_absence(*, assessor: Assessor, first_on: dt.date, last_on: dt.date, by: User, at: dt.datetime) -> Absence:
    """Say that an assessor is away on these days, both included; the same days again change nothing.

    Raises:
        Refused: the days are in the wrong order, long past or far away, or `by` may not say so.
    """
    assessor = _held(assessor, by)
    if last_on < first_on:
        raise Refused("The last day away is before the first.")
    if last_on < at.date():
        raise Refused("These days are over already.")
    if last_on > at.date() + dt.timedelta(days=3 * 366):
        raise Refused("Choose days within the next three years.")
    if assessor.absences.filter(last_on__gte=at.date()).count() >= MOST_ABSENCES:
        raise Refused(f"{MOST_ABSENCES} absences are on the list. Say that you take no invitations instead.")
    made, is_new = Absence.objects.get_or_create(assessor=assessor, first_on=first_on, last_on=last_on)
    if is_new:
        changes = {"absence": made, "first_on": first_on, "last_on": last_on}
        record("assessor.away", assessor, by=by, role=_role(assessor, by), at=at, changes=changes)
    return made


@transaction.atomic
def remove_absence(*, absence: Absence, by: User, at: dt.datetime) -> None:
    """Say that an assessor is not away on these days after all.

    Raises:
        Refused: `by` may not say so.
    """
    assessor = _held(absence.assessor, by)
    gone, _ = Absence.objects.filter(pk=absence.pk).delete()
    if gone:
        changes = {"first_on": absence.first_on, "last_on": absence.last_on}
        record("assessor.not_away", assessor, by=by, role=_role(assessor, by), at=at, changes=changes)


@transaction.atomic
def set_capacity(
    *, assessor: Assessor, competition: Competition, bids: int | None, by: User, at: dt.datetime
) -> CompetitionCapacity | None:
    """Set how many bids of one competition an assessor takes; None goes back to the profile. Seats held stay.

    Raises:
        Refused: the number makes no sense, or `by` may not set it.
    """
    assessor = _held(assessor, by)
    if bids is not None and not 0 <= bids <= rules.MOST_CAPACITY:
        raise Refused(f"The number of bids is between 0 and {rules.MOST_CAPACITY}.")
    there = CompetitionCapacity.objects.filter(assessor=assessor, competition=competition).first()
    before = there.bids if there else None
    if before == bids:
        return there
    if bids is None:
        CompetitionCapacity.objects.filter(assessor=assessor, competition=competition).delete()
        there = None
    else:
        there, _ = CompetitionCapacity.objects.update_or_create(
            assessor=assessor, competition=competition, defaults={"bids": bids}
        )
    changes = {"competition": competition.reference, "bids": [before, bids]}
    record("assessor.capacity_set", assessor, by=by, role=_role(assessor, by), at=at, changes=changes)
    return there
