"""Enter bank details, and look at them as a second person before they are used."""

import datetime as dt

from django.db import transaction

from accounts.models import Organisation, User
from accounts.post import Letter, tell_all
from accounts.rules import Refused
from accounts.states import OrganisationKind, Role
from audit.record import digest, record
from awards import bank, rules
from awards.actions.conditions import settle_bank
from awards.models import Award, AwardPartner, BankCheck, BankDetails, Condition
from awards.next_steps import BEFORE_LETTER
from awards.states import UNDER_WAY, AwardState, BankOutcome, ConditionKind

ENDED = (AwardState.DECLINED, AwardState.LAPSED, AwardState.WITHDRAWN, AwardState.TERMINATED, AwardState.COMPLETED)
CHECKS = frozenset({Role.FINANCE_OFFICER})
ENTERS = (Role.AHSN_LEAD, Role.APPLICANT)


@transaction.atomic
def enter_bank_details(
    *, organisation: Organisation, sort_code: str, number: str, holder: str, by: User, at: dt.datetime
) -> BankDetails:
    """Keep where an organisation wants to be paid. It is used once an official has seen it.

    The page asks for the person's password again before this deed.

    Raises:
        Refused: `by` does not act for the organisation, it has no award, or the numbers cannot be an account.
    """
    rules.must_belong(by.organisation_ids(*ENTERS), organisation.pk)
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if not _is_paid(organisation):
        raise Refused(f"{organisation} has no award to be paid, so no bank details are kept.")
    found = bank.account(sort_code, number, holder)
    modulus, fingerprint = bank.modulus(found), bank.fingerprint(found)
    newest = BankDetails.objects.filter(organisation=organisation).last()
    is_refused = newest and BankCheck.objects.filter(details=newest, outcome=BankOutcome.REFUSED).exists()
    if newest and not is_refused and (newest.fingerprint, newest.holder) == (fingerprint, found.holder):
        raise Refused("These are the bank details that we have already.")
    details = BankDetails.objects.create(
        organisation=organisation, holder=found.holder, sealed=bank.seal(found), fingerprint=fingerprint,
        modulus=modulus, entered_by=by, entered_at=at,
    )  # fmt: skip
    changes = {"details": [newest.pk if newest else None, details.pk], "fingerprint": fingerprint, "modulus": modulus}
    role = next(role for role in ENTERS if organisation.pk in by.organisation_ids(role))
    record("bank.entered", f"organisation:{organisation.pk}", by=by, role=role, at=at, changes=changes)
    _tell("bank_entered", details, at, masked=found.masked)
    return details


@transaction.atomic
def check_bank_details(
    *, details: BankDetails, outcome: str, note: str, by: User, role: str, at: dt.datetime
) -> BankCheck:
    """Find bank details right or not, as a second person; right ones settle the condition of the awards that wait.

    Args:
        note: how they were checked, such as a call back to a number from the register; or why they are refused.

    Raises:
        Refused: `by` entered them, belongs to the organisation, or is no finance officer; they are not the newest,
            were checked already, or no note is given.
    """
    awards = Award.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    can_wait = (*BEFORE_LETTER, *UNDER_WAY)
    waiting = list(awards.filter(partners__organisation=details.organisation_id, state__in=can_wait))
    Organisation.objects.select_for_update(no_key=True).get(pk=details.organisation_id)
    rules.must_act_as(role, by.roles, CHECKS)
    rules.must_be_outsider(by.organisation_ids(), {details.organisation_id})
    if by.pk == details.entered_by_id:
        raise Refused("You entered these details yourself, so somebody else has to check them.")
    if BankDetails.objects.filter(organisation=details.organisation_id, pk__gt=details.pk).exists():
        raise Refused("Newer bank details were entered. Check those instead.")
    if earlier := BankCheck.objects.filter(details=details).select_related("by").first():
        raise Refused(f"{earlier.by} has checked these details already.")
    if outcome not in BankOutcome.values:
        raise Refused("Choose what you have found.")
    note = rules.kept(note, "how you checked them, or why they are refused", 2_000)
    check = BankCheck.objects.create(details=details, outcome=outcome, note=note, by=by, at=at)
    changes = {"details": details.pk, "fingerprint": details.fingerprint, "note_sha256": digest(note)}
    subject = f"organisation:{details.organisation_id}"
    record(f"bank.{outcome}", subject, by=by, role=role, at=at, changes=changes)
    if outcome == BankOutcome.VERIFIED:
        for condition in Condition.objects.filter(
            award__in=waiting, organisation=details.organisation_id, kind=ConditionKind.BANK, settled_at=None
        ).order_by("pk"):
            settle_bank(condition, by=by, role=role, at=at)
    _tell(f"bank_{outcome}", details, at, note=note)
    return check


@transaction.atomic
def look_at_bank_details(*, details: BankDetails, by: User, role: str, at: dt.datetime) -> bank.Account:
    """Return bank details in full to somebody who checks them; that they were seen stays on the record.

    Raises:
        Refused: `by` is no finance officer, or belongs to the organisation.
    """
    rules.must_act_as(role, by.roles, CHECKS)
    rules.must_be_outsider(by.organisation_ids(), {details.organisation_id})
    subject = f"organisation:{details.organisation_id}"
    record("bank.seen", subject, by=by, role=role, at=at, changes={"details": details.pk})
    return bank.unseal(details.sealed, details.holder)


def _is_paid(organisation: Organisation) -> bool:
    """Tell whether an organisation is paid: it has an award under way, or is a network, which is allocated money."""
    given = AwardPartner.objects.filter(organisation=organisation, grant_pounds__gt=0)
    return organisation.kind == OrganisationKind.AHSN or given.exclude(award__state__in=ENDED).exists()


def _tell(template: str, details: BankDetails, at: dt.datetime, **facts: str) -> None:
    """Write to everybody who acts for the organisation: a change that nobody there made must be noticed."""
    people = User.objects.filter(
        is_active=True, memberships__organisation=details.organisation_id, memberships__role__in=ENTERS,
        memberships__ended_at=None,
    ).distinct()  # fmt: skip
    path = f"/organisations/{details.organisation_id}/bank"
    whole = facts | {"details": details}
    tell_all((Letter(template, person, f"{template}/{details.pk}", path, whole) for person in people), at=at)
