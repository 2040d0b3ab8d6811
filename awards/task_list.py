"""What is still to be done before an award letter, by the partners and by the department."""

from typing import Any, NamedTuple

from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation
from accounts.states import Role
from awards import bank_queries, profiles, readiness, reductions
from awards.before_letter import APPROVED_ABOVE_PENCE
from awards.models import Award, AwardPartner, BankDetails, Condition
from awards.next_steps import BEFORE_LETTER, Reader, can_be_judged
from awards.queries import SEE_ALL
from awards.states import UNDER_WAY, ConditionKind

DONE, OURS, THEIRS = ("Done", "green"), ("To do", "yellow"), ("Being checked", "blue")
COLOURS = {"green": ("Green", "green"), "amber": ("Amber", "orange"), "red": ("Red", "red")}


class Task(NamedTuple):
    """Something to do: its name, how it stands in words and as a colour, a hint, and where it is done."""

    name: str
    state: tuple[str, str]
    hint: str = ""
    href: str = ""


def of(award: Award, parts: list[AwardPartner], by: Reader) -> dict[str, Any]:
    """Return the two lists and what the letter waits for, as this reader may know it."""
    sees_all = bool(by.roles & SEE_ALL)
    is_open = award.state in BEFORE_LETTER
    conditions = list(readiness.with_files(award))
    shown = [part for part in parts if sees_all or part.organisation_id in by.acts_for]
    short = {one.part.pk: one.problem for one in readiness.cover(shown)}
    return {
        "partners": [(part, _of_partner(award, part, by, short.get(part.pk, ""))) for part in shown],
        "department": _of_department(award, parts, conditions, by, sees_all),
        "lacks": [*readiness.lacks(award), *readiness.undecided(award, timezone.now())] if sees_all and is_open else [],
        "sees_all": sees_all,
        "is_open": is_open,
        "joined": _joined(award, conditions),
    }


def _joined(award: Award, conditions: list[Condition]) -> list[Organisation]:
    """Return the organisations that joined by a variation and of which something is not settled yet."""
    waiting = (one.organisation for one in conditions if one.settled_at is None)
    return list(dict.fromkeys(waiting)) if award.state in UNDER_WAY else []


def _of_partner(award: Award, part: AwardPartner, by: Reader, short: str) -> list[Task]:
    """Return what a partner does; `short` says where its match funding is."""
    found = []
    acts = part.organisation_id in by.acts_for
    if part.grant_pounds:
        newest = BankDetails.objects.filter(organisation=part.organisation_id).select_related("check_made").last()
        found.append(_bank(part, newest, acts))
    if part.match_pounds:
        is_given = part.verified_pounds < part.match_pounds and not part.missing_pounds  # type: ignore[attr-defined]
        state = DONE if not short else THEIRS if is_given else OURS
        hint = short or f"£{part.verified_pounds:,} of £{part.match_pounds:,} is verified."  # type: ignore[attr-defined]
        found.append(Task("Give evidence of match funding", state, hint, reverse("award_match", args=[award])))
    if part.grant_pounds:
        href = reverse("award_profile", args=[award, part.organisation_id])
        hint = "Flat over the months unless you propose another."
        found.append(Task("Look at the spend profile", _profile(award, part), hint, href))
    return found


def _bank(part: AwardPartner, newest: BankDetails | None, acts: bool) -> Task:
    state: tuple[str, str] = OURS
    if newest:
        [shown] = bank_queries.shown(BankDetails.objects.filter(pk=newest.pk))
        state = shown.state if shown.state[0] != "Waits for a check" else THEIRS
    hint = "Asks for your password again. Checked by a finance officer." if acts else ""
    return Task("Give bank details", state, hint, reverse("organisation_bank", args=[part.organisation_id]))


def _profile(award: Award, part: AwardPartner) -> tuple[str, str]:
    return THEIRS if profiles.waiting(award, part.organisation_id) else DONE


def _of_department(
    award: Award, parts: list[AwardPartner], conditions: list[Condition], by: Reader, sees_all: bool
) -> list[Task]:
    """Return what the department does; others than officials learn only whether it is done, and notes about them."""
    manages = Role.FUND_MANAGER in by.roles
    found = [_condition(award, one, by, sees_all) for one in conditions]
    if sees_all:
        found += [_costs(award, part) for part in parts]
        officer = Task(
            "Name the responsible officer", DONE, str(award.responsible_officer),
            reverse("award_officer", args=[award]) if manages and award.state in BEFORE_LETTER else "",
        )  # fmt: skip
        found.append(officer)
    if sees_all and award.grant_pence > APPROVED_ABOVE_PENCE:
        state = OURS if readiness.lacks_large_approval(award) else DONE
        hint = "Two fund managers: Grant Standards of December 2016."
        href = reverse("award_large", args=[award]) if manages else ""
        found.append(Task("Approve a grant above £100,000", state, hint, href))
    return found


def _costs(award: Award, part: AwardPartner) -> Task:
    state = OURS if reductions.waiting(award, part.organisation_id) else DONE
    hint = "Strike or reduce lines that are not eligible; two fund managers."
    href = reverse("award_costs", args=[award, part.organisation_id])
    return Task(f"Look at the eligibility of costs: {part.organisation}", state, hint, href)


def _condition(award: Award, one: Condition, by: Reader, sees_all: bool) -> Task:
    is_open = can_be_judged(award.state, is_settled=one.settled_at is not None)
    judges = Role.FINANCE_OFFICER in by.roles and is_open
    is_told = sees_all or one.organisation_id in by.acts_for
    state: tuple[str, str] = COLOURS[one.rating] if one.rating and is_told else DONE if one.settled_at else OURS
    hint = " ".join(
        filter(None, [f"{one.settled_by}." if one.settled_by and sees_all else "", one.note if is_told else ""])
    )
    if sees_all and not judges and not one.settled_at:
        hint = hint or "A finance officer settles it."
    href = reverse("condition", args=[award, one.pk]) if judges else ""
    if one.kind == ConditionKind.MATCH and not judges:
        href = reverse("award_match", args=[award])
    return Task(f"{one.get_kind_display()}: {one.organisation}", state, hint, href)
