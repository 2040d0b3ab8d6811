"""The yearly declaration of interests, and what an assessor says about themselves."""

import datetime as dt
from collections.abc import Collection, Iterable

from django.db import transaction

from accounts.models import User
from accounts.post import tell
from accounts.rules import Refused
from assessments import queries, rules
from assessments.actions.conflicts import check_of, hold_undecided
from assessments.models import Assessor, Declaration
from audit.record import digest, record
from funds.money import pounds
from infra import words

REMIND_DAYS = 30  # before a declaration runs out


def _own(assessor: Assessor, by: User) -> Assessor:
    if assessor.user_id != by.pk:
        raise Refused("Only the assessor may do this.")
    return Assessor.objects.select_for_update(no_key=True).get(pk=assessor.pk)


@transaction.atomic
def declare_for_the_year(*, assessor: Assessor, by: User, at: dt.datetime) -> Declaration:
    """Declare that the interests listed now are all that there are, and look for conflicts once more.

    Declaring again on one day, unchanged, makes no second declaration.

    Raises:
        Refused: somebody else's declaration.
    """
    bids = hold_undecided()
    assessor = _own(assessor, by)
    check_of(assessor, bids, by=by, at=at)
    sha256 = digest(queries.interests_as_declared(assessor))
    until = rules.declared_until(at.date())
    newest = assessor.declarations.order_by("-pk").first()
    if newest and (newest.interests_sha256, newest.until) == (sha256, until):
        return newest
    made = Declaration.objects.create(assessor=assessor, interests_sha256=sha256, at=at, until=until)
    facts = {"declaration": made.pk, "until": until, "interests_sha256": sha256}
    record("interests.declared", assessor, by=by, role="assessor", at=at, changes=facts)
    return made


@transaction.atomic
def describe_oneself(
    *,
    assessor: Assessor,
    about: str,
    expertise: Iterable[str],
    clinical_areas: Iterable[str],
    capacity: int,
    is_available: bool,
    types: Collection[str] | None = None,
    fee_pence: int | None = None,
    by: User,
    at: dt.datetime,
) -> Assessor:
    """Save what an assessor knows, how many bids a competition they take, and whether they take any now.

    Args:
        types: what they judge, of `AssessorType`; left out, it stays.
        fee_pence: for each assessment, 0 when waived; left out, it stays.

    Raises:
        Refused: somebody else's page, or a text that cannot be kept.
    """
    assessor = _own(assessor, by)
    about = about.strip()
    if problem := words.why_not_text(about) or words.over_limit(about, rules.ABOUT_WORDS):
        raise Refused(problem)
    if not 0 <= capacity <= rules.MOST_CAPACITY:
        raise Refused(f"The number of bids is between 0 and {rules.MOST_CAPACITY}.")
    if fee_pence is not None and not 0 <= fee_pence <= rules.MOST_FEE_PENCE:
        raise Refused(f"The fee is between £0 and {pounds(rules.MOST_FEE_PENCE)} for each assessment.")
    facts = {
        "about": about,
        "expertise": rules.tags(expertise),
        "clinical_areas": rules.tags(clinical_areas),
        "capacity": capacity,
        "is_available": is_available,
        "types": assessor.types if types is None else rules.types(types),
        "fee_pence": assessor.fee_pence if fee_pence is None else fee_pence,
    }
    before = {name: getattr(assessor, name) for name in facts}
    changed = [name for name in facts if facts[name] != before[name]]
    if not changed:
        return assessor
    for name in changed:
        setattr(assessor, name, facts[name])
    assessor.save(update_fields=changed)
    shown = {
        name: [digest(before[name]), digest(facts[name])] if name == "about" else [before[name], facts[name]]
        for name in changed
    }
    record("assessor.changed", assessor, by=by, role="assessor", at=at, changes=shown)
    return assessor


def remind_of_declarations(*, at: dt.datetime) -> int:
    """Write to each assessor whose declaration runs out within a month, once; return to how many."""
    told = 0
    for user, until in queries.declarations_running_out(at.date(), REMIND_DAYS):
        key = f"interests.reminder/{until}"
        told += (
            tell("declare_interests", to=user, key=key, at=at, path="/assessments/interests/", until=until) is not None
        )
    return told
