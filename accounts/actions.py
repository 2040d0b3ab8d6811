"""Deeds about people and organisations."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts import registers, rules
from accounts.models import EuroRate, JoinRequest, Membership, Organisation, SizeDeclaration, User
from accounts.post import tell
from accounts.rules import Refused
from accounts.size import Figures, Related, Working, worked_out
from accounts.states import CHECKS_ORGANISATIONS, OFFICIAL_ROLES, JoinAnswer, OrganisationKind, Role, Size
from audit.record import digest, record
from infra.registries.asking import Entry, NotFound, RegistryAway

ADDRESS_LENGTH = 200
MOST_WAITING = 5


@transaction.atomic
def register_organisation(*, by: User | None, at: dt.datetime, **fields: Any) -> tuple[Organisation, bool]:
    """Return the organisation with this identifier, made if it was not there, and whether it was made.

    One that was known only as a funder becomes what is said now.

    Raises:
        accounts.rules.BadIdentifier: the company number cannot be right.
    """
    if fields.get("company_number"):
        fields["company_number"] = rules.company_number(str(fields["company_number"]))
    for key in ("company_number", "ods_code", "charity_number"):
        if fields.get(key) and (found := Organisation.objects.filter(**{key: fields[key]}).first()):
            is_funder_alone = OrganisationKind.FUNDER == found.kind != fields["kind"]
            return make_known(organisation=found, by=by, at=at, **fields) if is_funder_alone else found, False
    organisation = Organisation.objects.create(**fields)
    facts = {"kind": organisation.kind, "verified": organisation.is_verified}
    record("organisation.registered", f"organisation:{organisation.pk}", by=by, at=at, changes=facts)
    return organisation, True


@transaction.atomic
def make_known(*, organisation: Organisation, by: User | None, at: dt.datetime, **fields: Any) -> Organisation:
    """Let an organisation that was known only as a funder be what it says it is, now that it takes part itself."""
    organisation = locked(organisation)
    if organisation.kind == OrganisationKind.FUNDER:
        _change(organisation, fields, "made_known", by=by, at=at)
    return organisation


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


def locked(organisation: Organisation) -> Organisation:
    """Return the organisation, read anew and locked until the transaction ends."""
    return Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)


def must_act_for(organisation: Organisation, by: User) -> None:
    """Refuse anybody who is no applicant of the organisation."""
    held = Membership.objects.filter(user=by, organisation=organisation, role=Role.APPLICANT, ended_at=None)
    if not held.exists():
        raise Refused(f"Only applicants of {organisation.name} can do this.")


@transaction.atomic
def change_address(
    *, organisation: Organisation, lines: Sequence[str], postcode: str, by: User, at: dt.datetime
) -> Organisation:
    """Set the address that letters to an organisation go to.

    Args:
        lines: such as street and town; blank ones are left out.

    Raises:
        accounts.rules.BadIdentifier: the postcode cannot be right.
        Refused: `by` does not act for it, or the address is blank, too long or cannot be printed.
    """
    organisation = locked(organisation)
    must_act_for(organisation, by)
    parts = [" ".join(part.split()) for line in lines for part in line.split(",")]
    address = ", ".join(filter(None, parts))
    if not address or not address.isprintable():
        raise Refused("Enter the address in letters that can be printed.")
    if len(address) > ADDRESS_LENGTH:
        raise Refused(f"The address has {len(address)} characters. At most {ADDRESS_LENGTH} fit.")
    _change(organisation, {"address": address, "postcode": rules.postcode(postcode)}, "address_changed", by=by, at=at)
    return organisation


@transaction.atomic
def take_from_register(
    *, organisation: Organisation, found: Entry | None, by: User | None, at: dt.datetime
) -> Organisation:
    """Keep what its register says of an organisation now.

    Args:
        found: its entry (`accounts.registers.look_up`, asked before); None when the register has none.
    """
    organisation = locked(organisation)
    if found is None:
        facts: dict[str, Any] = {"is_verified": False, "unverified_because": "Its register does not have it.",
                                 "checked_at": at}  # fmt: skip
    else:
        facts = registers.seen(found, at)
        facts |= {} if organisation.address else registers.letters_to(found)
        facts |= {"region": found.region} if found.region else {}
    _change(organisation, facts, "checked", by=by, at=at)
    return organisation


def check_again(*, organisation: Organisation, by: User | None, at: dt.datetime) -> Organisation:
    """Ask its register about an organisation, then keep what it says; the register is asked outside the transaction.

    Raises:
        Refused: `by` neither acts for it nor manages the fund, or its register cannot be asked now.
    """
    if by and not by.roles & CHECKS_ORGANISATIONS:
        must_act_for(organisation, by)
    there = registers.register_of(organisation.kind)
    if there is None:
        raise Refused(registers.NOT_CONNECTED)
    try:
        found = registers.look_up(there, organisation.kind, organisation.company_number or organisation.ods_code)
    except NotFound:
        found = None
    except RegistryAway as error:
        raise Refused(f"{error} Try again in a few minutes.") from error
    return take_from_register(organisation=organisation, found=found, by=by, at=at)


def check_unverified(*, at: dt.datetime, most: int = 200) -> int:
    """Ask the registers about organisations that were typed, those first that waited longest; return how many answered.

    A register that does not answer is asked no further this time.
    """
    typed = Organisation.objects.filter(is_verified=False, kind__in=registers.REGISTERED)
    away: set[bool] = set()
    checked = 0
    for organisation in typed.order_by(F("checked_at").asc(nulls_first=True), "pk")[:most]:
        register = rules.is_company(organisation.kind)
        if register in away:
            continue
        try:
            check_again(organisation=organisation, by=None, at=at)
            checked += 1
        except Refused:
            away.add(register)
    return checked


def _change(organisation: Organisation, facts: dict[str, Any], verb: str, *, by: User | None, at: dt.datetime) -> None:
    """Set fields of an organisation, save and record those that differ, in the caller's transaction."""
    changes = {f: [getattr(organisation, f), new] for f, new in facts.items() if getattr(organisation, f) != new}
    if not changes:
        return
    for field, (_, new) in changes.items():
        setattr(organisation, field, new)
    organisation.save(update_fields=list(changes))
    record(f"organisation.{verb}", f"organisation:{organisation.pk}", by=by, at=at, changes=changes)


def rate_for(year_end: dt.date) -> EuroRate:
    """Return the euro's price at the end of a year, or the last one before it that is known.

    Raises:
        Refused: none is known.
    """
    rates = EuroRate.objects.order_by("-on")
    rate = rates.filter(on__lte=year_end).first() or rates.last()
    if rate is None:
        raise Refused("The price of the euro is not known here yet. Ask the fund’s team to add it.")
    return rate


def size_of(
    year_end: dt.date, figures: Figures, related: Sequence[Related], today: dt.date
) -> tuple[Working, EuroRate]:
    """Return the size that these figures of a year lead to, and the euro's price that was used.

    Raises:
        Refused: a figure cannot be right, or the year has not ended or is long ago.
    """
    if not today - dt.timedelta(days=3 * 366) <= year_end <= today:
        raise Refused("The year must have ended, at most three years ago. Use your last approved accounts.")
    rate = rate_for(year_end)
    return worked_out(figures, related, rate.pounds_per_euro), rate


@transaction.atomic
def declare_size(
    *,
    organisation: Organisation,
    year_end: dt.date,
    figures: Figures,
    related: Sequence[Related],
    by: User,
    at: dt.datetime,
) -> tuple[Organisation, SizeDeclaration]:
    """Declare the figures of a company; its size, and whether it is a large company, follow from them.

    Bids follow by `bids.actions.organisations.declare_size`, which pages call.

    Raises:
        Refused: `by` does not act for it, it is no company, or a figure cannot be right.
    """
    organisation = locked(organisation)
    must_act_for(organisation, by)
    if not rules.is_company(organisation.kind):
        raise Refused(f"{organisation.name} is not a business, so it has no size.")
    working, rate = size_of(year_end, figures, related, at.date())
    declaration = SizeDeclaration.objects.create(
        organisation=organisation, year_end=year_end, staff=figures.staff, turnover_pounds=figures.turnover,
        balance_pounds=figures.balance, related=[_kept(r) for r in related], rate=rate, size=working.size,
        working=list(working.lines), declared_by=by, declared_at=at,
    )  # fmt: skip
    before = organisation.size
    organisation.size = working.size
    if organisation.kind != OrganisationKind.PARTNER:
        is_large = working.size == Size.LARGE
        organisation.kind = OrganisationKind.LARGE_COMPANY if is_large else OrganisationKind.SME
    organisation.save(update_fields=["size", "kind"])
    record(
        "organisation.size_declared", f"organisation:{organisation.pk}", by=by, role=Role.APPLICANT, at=at,
        changes={"size": [before, working.size], "declaration": declaration, "sha256": digest(list(working.lines))},
    )  # fmt: skip
    return organisation, declaration


def _kept(enterprise: Related) -> dict[str, Any]:
    """Return a linked or partner enterprise as JSON keeps it."""
    f = enterprise.figures
    return {
        "name": enterprise.name, "identifier": enterprise.identifier, "share": str(enterprise.share),
        "kind": enterprise.kind, "staff": str(f.staff), "turnover": f.turnover, "balance": f.balance,
    }  # fmt: skip


@transaction.atomic
def ask_to_join(*, organisation: Organisation, by: User, at: dt.datetime) -> JoinRequest:
    """Ask the people of an organisation to be let in; asking again while they have not answered changes nothing.

    Raises:
        Refused: nobody acts for it, `by` does already or is no possible bidder, or has asked too often.
    """
    held = Membership.objects.filter(organisation=organisation, role=Role.APPLICANT, ended_at=None)
    if not held.exists():
        raise Refused(f"Nobody acts for {organisation.name} here who could let you in. Ask the fund’s team.")
    if held.filter(user=by).exists():
        raise Refused(f"You act for {organisation.name} already.")
    _must_be_possible_bidder(by)
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    waiting = JoinRequest.objects.filter(user=by, answer=JoinAnswer.WAITING)
    if there := waiting.filter(organisation=organisation).first():
        return there
    if waiting.count() >= MOST_WAITING:
        raise Refused(f"You have asked {MOST_WAITING} organisations. Wait for an answer before you ask another.")
    asked = JoinRequest.objects.create(organisation=organisation, user=by, asked_at=at)
    record("organisation.join_asked", f"organisation:{organisation.pk}", by=by, at=at, changes={"request": asked})
    for membership in held.select_related("user"):
        tell(
            "join_asked", to=membership.user, key=f"join.asked/{asked.pk}", at=at,
            path=f"/organisations/{organisation.pk}/", asker=by, organisation=organisation,
        )  # fmt: skip
    return asked


@transaction.atomic
def answer_join(*, asked: JoinRequest, accept: bool, by: User, at: dt.datetime) -> JoinRequest:
    """Let somebody into one's organisation as applicant, or decline.

    Raises:
        Refused: `by` does not act for it, it is answered already, or the asker is no possible bidder.
    """
    rows = JoinRequest.objects.select_for_update(no_key=True, of=("self",))
    asked = rows.select_related("organisation", "user").get(pk=asked.pk)
    must_act_for(asked.organisation, by)
    if asked.answer != JoinAnswer.WAITING:
        raise Refused("This request has been answered already.")
    if accept:
        _must_be_possible_bidder(asked.user)
    asked.answer = JoinAnswer.ACCEPTED if accept else JoinAnswer.DECLINED
    asked.answered_by, asked.answered_at = by, at
    asked.save(update_fields=["answer", "answered_by", "answered_at"])
    if accept:
        grant_role(user=asked.user, organisation=asked.organisation, role=Role.APPLICANT, by=by, at=at)
    record(
        "organisation.join_answered", f"organisation:{asked.organisation_id}", by=by, role=Role.APPLICANT, at=at,
        changes={"request": asked, "answer": asked.answer},
    )  # fmt: skip
    tell(
        "join_answered", to=asked.user, key=f"join.answered/{asked.pk}", at=at, path="/dashboard/",
        organisation=asked.organisation, is_let_in=accept,
    )  # fmt: skip
    return asked


def _must_be_possible_bidder(user: User) -> None:
    """Refuse the officials who read what others bid."""
    if Membership.objects.filter(user=user, role__in=OFFICIAL_ROLES, ended_at=None).exists():
        raise Refused("Officials of the fund cannot bid.")
