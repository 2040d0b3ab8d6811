"""Invite assessors to bids; they accept or decline, and officials may take a seat away."""

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.rules import Refused
from assessments import agreement, queries, queued, rules, runs
from assessments.actions.conflicts import block
from assessments.actions.locks import hold_assessors, hold_bid, hold_in_assessment, hold_seat
from assessments.conflicts import Found, find_blocks
from assessments.models import Assessment, Assessor, Block, Seat
from assessments.question import of_own_region
from assessments.seating import tell_invited
from assessments.states import AssessmentState, BlockKind, DeclineReason, SeatState
from audit.record import digest, record
from bids.models import Bid


def _hold(seat: Seat) -> Seat:
    """Lock a seat's bid and then the seat, and return it fresh."""
    hold_bid(seat.bid_id)
    return hold_seat(seat)


def _must_be_own(seat: Seat, by: User) -> None:
    if seat.assessor.user_id != by.pk:
        raise Refused("Only the assessor who was invited may do this.")


def _why_blocked(bid: Bid, assessor: Assessor) -> str | None:
    """Return why the pair may not meet, as the blocks say or as a fresh look finds."""
    if known := Block.objects.filter(bid=bid, assessor=assessor).first():
        return known.because
    return next((found.because for found in find_blocks([bid], [assessor])), None)


@transaction.atomic
def invite(*, bid: Bid, assessor: Assessor, by: User, role: str, at: dt.datetime) -> Seat:
    """Invite an assessor to a bid; inviting again changes nothing.

    Raises:
        Refused: a conflict, no capacity left, one of the same network sits there, the bid is not assessed now, or the
            assessor has declined it.
    """
    rules.must_manage(role)
    bid = hold_bid(bid.pk)
    (assessor,) = hold_assessors([assessor.pk])
    earlier = Seat.objects.filter(bid=bid, assessor=assessor).first()
    if earlier and earlier.state in rules.HELD:
        return earlier
    if earlier:
        raise Refused(f"This assessor's seat on the bid was {earlier.state} before. Choose somebody else.")
    held = Seat.objects.filter(state__in=rules.HELD)
    problem = rules.why_not_invite(
        competition_state=bid.competition.state,
        bid_state=bid.state,
        because=_why_blocked(bid, assessor),
        seats_held=held.filter(assessor=assessor, bid__competition=bid.competition).count(),
        capacity=queries.capacities(bid.competition, today=at.date(), only=assessor)[assessor.pk],
        is_available=assessor.is_available,
        shares_network=bid.competition.one_assessor_per_network
        and assessor.network_id is not None
        and held.filter(bid=bid, assessor__network=assessor.network_id).exists(),
        is_own_region=bid.competition.not_own_region and bool(of_own_region([bid], [assessor])),
    )
    if problem:
        raise Refused(problem)
    seat = Seat.objects.create(bid=bid, assessor=assessor, invited_at=at)
    record(
        "seat.invited", f"bid:{bid.reference}", by=by, role=role, at=at, changes={"seat": seat, "assessor": assessor}
    )
    return seat


@transaction.atomic
def accept(*, seat: Seat, by: User, at: dt.datetime) -> Seat:
    """Accept a bid; it declares that the assessor has no interest in it. Accepting again changes nothing.

    Raises:
        Refused: somebody else's seat, no longer on offer, an agreement that has changed since, no declaration of
            interests for this year, or a conflict has come to light.
    """
    seat = _hold(seat)
    _must_be_own(seat, by)
    if seat.state == SeatState.ACCEPTED:
        return seat
    if seat.state != SeatState.INVITED:
        raise Refused(f"This invitation was {seat.get_state_display().lower()} and cannot be accepted any more.")
    rules.must_be_in_assessment(seat.bid.competition.state)
    agreement.must_be_current(queries.agreed_version(seat.assessor))
    rules.must_have_declared(queries.declared_until(seat.assessor), at.date())
    if because := _why_blocked(seat.bid, seat.assessor):
        why = "" if seat.bid.competition.is_blind else f" ({because})"
        raise Refused(f"You have an interest in this bid{why}. Decline it as a conflict of interest.")
    seat.accept(at=at)
    seat.save(update_fields=["state", "answered_at"])
    _record(seat, "seat.accepted", by=by, at=at, before=SeatState.INVITED, no_interest_declared=True)
    return seat


@transaction.atomic
def decline(*, seat: Seat, reason: str, by: User, at: dt.datetime) -> Seat:
    """Decline a bid, also after accepting it; a conflict of interest blocks the pair for good.

    Raises:
        Refused: somebody else's seat, an unknown reason, or the assessment has been handed in.
    """
    reason = rules.decline_reason(reason)
    seat = _hold(seat)
    _must_be_own(seat, by)
    if seat.state == SeatState.DECLINED:
        return seat
    if seat.state not in rules.HELD:
        raise Refused("This seat was withdrawn, so there is nothing to decline.")
    if Assessment.objects.filter(seat=seat, state=AssessmentState.SUBMITTED).exists():
        raise Refused("You have handed in this assessment. Ask the fund manager to withdraw it.")
    before = seat.state
    seat.decline(reason=reason, at=at)
    seat.save(update_fields=["state", "decline_reason", "answered_at"])
    _record(seat, "seat.declined", by=by, at=at, before=before, reason=reason)
    queued.fill_seats(seat.bid.competition_id)
    if reason == DeclineReason.CONFLICT:
        block(found=Found(seat.bid_id, seat.assessor_id, BlockKind.DECLARED.label, BlockKind.DECLARED), by=by, at=at)
    return seat


@transaction.atomic
def withdraw_seat(*, seat: Seat, reason: str, by: User, role: str, at: dt.datetime) -> Seat:
    """Take a bid away from an assessor; what was handed in counts no more. Withdrawing again changes nothing.

    Raises:
        Refused: no reason, or the assessment of the competition is over.
    """
    rules.must_manage(role)
    if not reason.strip():
        raise Refused("Give a reason for taking the bid away.")
    seat = _hold(seat)
    if seat.state == SeatState.WITHDRAWN:
        return seat
    if seat.state == SeatState.DECLINED:
        raise Refused("The assessor has declined this bid already.")
    hold_in_assessment(seat)
    before = seat.state
    seat.withdraw(reason=reason.strip())
    seat.save(update_fields=["state", "withdrawn_reason"])
    _record(seat, "seat.withdrawn", by=by, role=role, at=at, before=before, reason_sha256=digest(reason.strip()))
    queued.fill_seats(seat.bid.competition_id)
    return seat


@transaction.atomic
def change_seats(
    *, bid: Bid, off: int | None, on: int | None, reason: str = "", by: User, role: str, at: dt.datetime
) -> Seat | None:
    """Take a seat of a bid away from one assessor, invite another, or both; return the new seat.

    Args:
        off: key of the assessor whose seat is taken away; `reason` says why.
        on: key of the assessor who is invited, and told.

    Raises:
        Refused: a rule makes the change impossible, or there is nothing to change.
    """
    rules.must_manage(role)
    bid = hold_bid(bid.pk)
    desk = runs.desk_of_seats(bid.competition, bid, at.date())
    if refused := desk.judge(off, on).refused:
        raise Refused(" ".join(refused))
    if off is not None:
        withdraw_seat(seat=Seat.objects.get(bid=bid, assessor=off), reason=reason, by=by, role=role, at=at)
    if on is None:
        return None
    seat = invite(bid=bid, assessor=Assessor.objects.get(pk=on), by=by, role=role, at=at)
    tell_invited([seat], bid.competition, at=at, key=f"seat/{seat.pk}")
    return seat


def _record(
    seat: Seat, verb: str, *, by: User, at: dt.datetime, before: str, role: str = "assessor", **facts: object
) -> None:
    record(
        verb, f"bid:{seat.bid.reference}", by=by, role=role, at=at,
        changes={"seat": seat.pk, "assessor": seat.assessor_id, "state": [before, seat.state], **facts},
    )  # fmt: skip
