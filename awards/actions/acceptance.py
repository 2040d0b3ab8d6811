"""Accept an award: a director on Matchfund, or by the signed annex that an official checks; be reminded in time."""

import datetime as dt
from typing import BinaryIO

from django.db import transaction

from accounts.models import User
from accounts.post import Letter as Post
from accounts.post import tell, tell_all
from accounts.rules import Refused
from accounts.states import Role
from audit.record import digest, record
from awards import rules, tasks
from awards.actions import endings
from awards.actions.locks import act_for_government, hold_award, move
from awards.models import Award, SignedAnnex
from awards.states import AnnexState, AwardState
from bids import team
from infra import stored_files
from infra.filters import uk_date
from infra.scan import ScanState

STATEMENT = "I am a director of the lead. I have read the award letter, and I accept the award on its terms."
SIGNED = "A director of the lead has signed the annex to the award letter."
ONLY_PDF = ("application/pdf", "The signed annex must be a PDF. Scan it, or print it to PDF, and try again.")
REMINDERS = (14, 7, 2)  # days before the last day


def accept(*, award: Award, name: str, by: User, at: dt.datetime, address: str | None = None) -> Award:
    """Accept the award for its lead organisation, under a director's typed name.

    After the last day the award lapses instead, and its money returns.

    Args:
        address: IP address that the acceptance came from.

    Raises:
        Refused: it is too late, the letter is not made yet, no name is typed, or the person is not of the lead.
    """
    with transaction.atomic():
        award = hold_award(award)
        name = rules.kept(name, "the full name of the director who accepts", 120)
        _must_be_to_accept(award, by=by)
        missed = _missed(award, at)
        if missed:
            endings.end(award.lapse, by=None, at=at, verb="award.lapsed")
        else:
            _accept(award, name=name, statement=STATEMENT, by=by, at=at, address=address)
    if missed:
        last = rules.in_words(missed)
        raise Refused(f"This award could be accepted until {last}. It has lapsed. Write to its officer.")
    return award


def _accept(award: Award, *, name: str, statement: str, by: User, at: dt.datetime, address: str | None = None) -> None:
    """Move an award that is held, and keep who accepted it, when, from where and in which words."""
    changes = move(award.accept, by=by, name=name, at=at)
    award.accepted_statement, award.accepted_address = statement, address
    award.save(
        update_fields=["state", "accepted_by", "accepted_name", "accepted_at", "accepted_statement", "accepted_address"]
    )
    facts = {"state": changes, "name_sha256": digest(name), "statement_sha256": digest(statement)}
    record("award.accepted", award, by=by, role=Role.APPLICANT, at=at, changes=facts)


def _must_be_to_accept(award: Award, *, by: User) -> None:
    rules.must_belong(by.organisation_ids(Role.APPLICANT), award.bid.lead_id)
    if award.state == AwardState.LETTER_ISSUED and not award.letters.exists():
        raise Refused("The letter is still being made. Try again in a few minutes, and read it first.")


def _missed(award: Award, at: dt.datetime) -> dt.date | None:
    """Return the last day of acceptance when it is over."""
    return award.accept_by if award.accept_by and rules.uk_day(at) > award.accept_by else None


def hand_in_annex(*, award: Award, name: str, file: BinaryIO, filename: str, by: User, at: dt.datetime) -> SignedAnnex:
    """Keep the annex that a director has signed; an official checks it, and the award does not lapse meanwhile.

    Raises:
        Refused: it is too late or not a PDF, another one waits, or the person is not of the lead.
        infra.storage.StorageAway: S3 does not answer; nothing is kept.
    """
    name = rules.kept(name, "the full name of the director who signed", 120)
    _must_take_annex(award, by=by, at=at)
    kept = stored_files.keep(file, filename, only=ONLY_PDF)
    with transaction.atomic():
        award = hold_award(award)
        _must_take_annex(award, by=by, at=at)
        annex = SignedAnnex.objects.create(
            award=award, letter=award.letters.get(number=1), name=name, uploaded_by=by, uploaded_at=at, **kept._asdict()
        )
        facts = {"annex": annex.pk, "sha256": annex.sha256, "name_sha256": digest(name)}
        record("annex.handed_in", award, by=by, role=Role.APPLICANT, at=at, changes=facts)
        tasks.scan_annex.defer(annex_id=annex.pk)
        tell(
            "annex_to_check", to=award.responsible_officer, key=f"annex.handed_in/{annex.pk}", at=at,
            path=f"/awards/{award.reference}/annex", award=award,
        )  # fmt: skip
    return annex


def _must_take_annex(award: Award, *, by: User, at: dt.datetime) -> None:
    _must_be_to_accept(award, by=by)
    if award.state != AwardState.LETTER_ISSUED:
        raise Refused(f"Award {award.reference} is {award.get_state_display().lower()}: no annex is needed.")
    if missed := _missed(award, at):
        raise Refused(f"This award could be accepted until {rules.in_words(missed)}. Write to its officer.")
    if award.annexes.filter(state=AnnexState.WAITING).exists():
        raise Refused("A signed annex is already waiting to be checked.")


def take_annex(*, annex: SignedAnnex, by: User, role: str, at: dt.datetime) -> str:
    """Return an address that serves an annex for at most a minute, to a person who has been found to see it.

    Raises:
        Refused: the annex has not been scanned and found clean.
    """
    address = stored_files.address_of(annex)
    facts = {"annex": annex.pk, "sha256": annex.sha256}
    record("annex.opened", annex.award, by=by, role=role, at=at, changes=facts)
    return address


@transaction.atomic
def agree_annex(*, annex: SignedAnnex, by: User, role: str, at: dt.datetime) -> Award:
    """Find that the annex is signed as it should be: the award is accepted, as of now, for the one who handed it in.

    Raises:
        Refused: it was decided on before, has not been found clean, or the person belongs to a party of the award.
    """
    award, annex = _held(annex, by=by, role=role)
    if annex.scan != ScanState.CLEAN:
        raise Refused("The annex has not been scanned and found clean yet.")
    _decide(annex, annex.agree, by, role, at)
    _accept(award, name=annex.name, statement=SIGNED, by=annex.uploaded_by, at=at)
    return award


@transaction.atomic
def refuse_annex(*, annex: SignedAnnex, reason: str, by: User, role: str, at: dt.datetime) -> SignedAnnex:
    """Find something wrong with the annex; the lead may hand in another while there is time."""
    award, annex = _held(annex, by=by, role=role)
    annex.reason = rules.kept(reason, "what is wrong, which the organisation will read")
    _decide(annex, annex.refuse, by, role, at)
    facts = {"award": award, "reason": annex.reason, "last": uk_date(award.accept_by)}
    key, path = f"annex.refused/{annex.pk}", f"/awards/{award.reference}/annex"
    tell_all((Post("annex_refused", p.user, key, path, facts) for p in team.people(award.bid)), at=at)
    return annex


def _held(annex: SignedAnnex, *, by: User, role: str) -> tuple[Award, SignedAnnex]:
    award = hold_award(Award(pk=annex.award_id))
    act_for_government(award, by=by, role=role, needed=rules.ISSUES)
    return award, SignedAnnex.objects.select_related("uploaded_by", "award").get(pk=annex.pk)


def _decide(annex: SignedAnnex, transition, by: User, role: str, at: dt.datetime) -> None:
    changes = move(transition)
    annex.decided_by, annex.decided_at = by, at
    annex.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    facts = {"annex": annex.pk, "state": changes} | ({"reason_sha256": digest(annex.reason)} if annex.reason else {})
    record("annex.decided", annex.award, by=by, role=role, at=at, changes=facts)


def remind_to_accept(*, at: dt.datetime) -> int:
    """Write to the people of each award that waits for its acceptance, 14, 7 and 2 days before the last day."""
    today, written = rules.uk_day(at), 0
    waiting = Award.objects.filter(
        state=AwardState.LETTER_ISSUED,
        letters__isnull=False,
        accept_by__range=(today, today + dt.timedelta(REMINDERS[0])),
    ).exclude(annexes__state=AnnexState.WAITING)
    for award in waiting.select_related("bid__lead").order_by("id"):
        last = award.accept_by or today
        days = min(days for days in REMINDERS if today + dt.timedelta(days) >= last)
        key, path = f"award.accept/{award.reference}/{days}", f"/awards/{award.reference}/"
        facts = {"award": award, "last": uk_date(last)}
        written += len(
            tell_all((Post("accept_award", p.user, key, path, facts) for p in team.people(award.bid)), at=at)
        )
    return written
