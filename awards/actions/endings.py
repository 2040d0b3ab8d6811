"""End an award: what it does not use returns to the competition, its years and the stream, and is offered again."""

import datetime as dt
from collections.abc import Callable

from django.db import transaction

from accounts.models import User
from accounts.rules import Refused
from accounts.states import Role
from audit.record import digest, record
from awards import outstanding, queries, rules
from awards.actions.freeing import offer_to_reserve
from awards.actions.locks import act_for_government, hold_award, hold_stream, move
from awards.models import Award
from awards.states import AwardState
from funds import ledger
from funds.states import EntryKind

REASON = "a reason, which the organisation and the auditor will read"


@transaction.atomic
def decline(*, award: Award, by: User, at: dt.datetime) -> Award:
    """Turn the award down for its lead organisation."""
    award = hold_award(award)
    rules.must_belong(by.organisation_ids(Role.APPLICANT), award.bid.lead_id)
    return end(award.decline, by=by, role=Role.APPLICANT, at=at, verb="award.declined")


@transaction.atomic
def lapse(*, award: Award, at: dt.datetime) -> Award:
    """Let an award lapse whose letter was not accepted in time; doing it again changes nothing.

    Raises:
        Refused: there is still time to accept it, or it was accepted.
    """
    award = hold_award(award)
    if award.state == AwardState.LAPSED:
        return award
    if award.accept_by is not None and rules.uk_day(at) <= award.accept_by:
        raise Refused(f"Award {award.reference} can be accepted until {rules.in_words(award.accept_by)}.")
    return end(award.lapse, by=None, at=at, verb="award.lapsed")


@transaction.atomic
def withdraw_award(*, award: Award, reason: str, by: User, role: str, at: dt.datetime) -> Award:
    """Take back an offer that was not accepted yet."""
    award = hold_award(award)
    act_for_government(award, by=by, role=role, needed=rules.OFFERS)
    return end(award.withdraw, by=by, role=role, at=at, verb="award.withdrawn", reason=rules.kept(reason, REASON))


@transaction.atomic
def terminate(*, award: Award, reason: str, by: User, role: str, at: dt.datetime) -> Award:
    """End an accepted or live award early; claims under way must be settled first."""
    award = hold_award(award)
    act_for_government(award, by=by, role=role, needed=rules.OFFERS)
    _must_be_settled(award)
    return end(award.terminate, by=by, role=role, at=at, verb="award.terminated", reason=rules.kept(reason, REASON))


@transaction.atomic
def complete(*, award: Award, by: User, role: str, at: dt.datetime) -> Award:
    """Close a live award whose project is over; underspend returns.

    Raises:
        Refused: the project still runs, the final report is not accepted, or something is outstanding.
    """
    award = hold_award(award)
    act_for_government(award, by=by, role=role, needed=rules.OFFERS)
    if rules.uk_day(at) <= award.ends_on:
        last = rules.in_words(award.ends_on)
        raise Refused(f"The project of {award.reference} runs until {last}: complete it afterwards.")
    if missing := outstanding.of(award):
        raise Refused(" ".join(one.sentence for one in missing))
    return end(award.complete, by=by, role=role, at=at, verb="award.completed")


def lapse_overdue(*, at: dt.datetime) -> int:
    """Let every award lapse whose letter was not accepted in time; return how many."""
    overdue = list(queries.overdue_letters(at))
    for award in overdue:
        lapse(award=award, at=at)
    return len(overdue)


def end(
    transition: Callable[[], None], *, by: User | None, at: dt.datetime, verb: str, role: str = "", reason: str = ""
) -> Award:
    """Make the last transition of an award that is held, and release what is left of its commitment, year by year.

    What was released is offered to the bids in reserve.
    """
    award: Award = transition.__self__  # type: ignore[attr-defined]
    changes = move(transition)
    award.save(update_fields=["state"])
    left = {year: pence for year, pence in sorted(queries.left_by_year(award).items()) if pence > 0}
    hold_stream(award.bid.competition.stream)
    for year, pence in left.items():
        ledger.post(
            kind=EntryKind.RELEASED, reference=f"{award.reference}/{year}", pence=pence, year=year,
            stream=award.bid.competition.stream, pot=award.bid.competition.pot, award=award.envelope,
            reason=verb, by=by, role=role, at=at,
        )  # fmt: skip
    facts = {"state": changes, "released": left} | ({"reason_sha256": digest(reason)} if reason else {})
    record(verb, award, by=by, role=role, at=at, changes=facts)
    if left:
        official = by if role in rules.OFFERS else None
        offer_to_reserve(award, reference=award.reference, pence=sum(left.values()), by=official)
    return award


def _must_be_settled(award: Award) -> None:
    if under_way := queries.unsettled_claims(award).first():
        raise Refused(f"Claim {under_way.reference} is {under_way.get_state_display().lower()}: settle it first.")
