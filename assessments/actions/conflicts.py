"""Keep assessors with an interest away from bids: block pairs, release seats, flag what was handed in, and tell."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import transaction

from accounts.models import User
from accounts.post import tell
from accounts.rules import Refused
from assessments import queued, rules
from assessments.actions.locks import hold_bid, hold_seat
from assessments.conflicts import Found, find_blocks
from assessments.models import Assessment, Assessor, Block, ConflictDecision, Seat
from assessments.states import AssessmentState
from audit.record import digest, record
from bids.models import Bid
from bids.states import BidState
from funds.states import CompetitionState
from infra import words

# States in which a bid may still come before assessors; drafts are held too, so that none is submitted meanwhile.
_UNDECIDED = (BidState.DRAFT, BidState.SUBMITTED, BidState.REOPENED, BidState.INELIGIBLE)
_BEFORE_DECISION = (
    CompetitionState.DRAFT,
    CompetitionState.PUBLISHED,
    CompetitionState.IN_ASSESSMENT,
    CompetitionState.AT_PANEL,
)
RELEASED = "Conflict of interest"
NOT_COUNTED = "A conflict of interest came to light after it was handed in."
REASON_WORDS = 200


@dataclass(frozen=True)
class Conflicts:
    """What a check of conflicts did: pairs newly blocked, seats released, and seats whose assessment was in already."""

    blocks: list[Block] = field(default_factory=list)
    released: list[Seat] = field(default_factory=list)
    flagged: list[Seat] = field(default_factory=list)


@transaction.atomic
def check_conflicts(*, bid: Bid, at: dt.datetime, by: User | None = None) -> Conflicts:
    """Check a bid's parties against every interest: block, release seats not handed in, flag those that are."""
    return check_all(bids=[hold_bid(bid.pk)], at=at, by=by)


@transaction.atomic
def check_assessor(*, assessor: Assessor, at: dt.datetime, by: User | None = None) -> Conflicts:
    """Check every bid that may still be assessed against an assessor's interests."""
    return check_of(assessor, hold_undecided(), by=by, at=at)


def check_all(*, bids: Collection[Bid], at: dt.datetime, by: User | None) -> Conflicts:
    """Check bids that the caller's transaction holds."""
    return _settle(find_blocks(bids), by=by, at=at)


def check_of(assessor: Assessor, bids: Collection[Bid], *, at: dt.datetime, by: User | None) -> Conflicts:
    """Check bids that the caller's transaction holds against one assessor."""
    return _settle(find_blocks(bids, [assessor]), by=by, at=at)


def block(*, found: Found, by: User | None, at: dt.datetime) -> Conflicts:
    """Block one pair whose bid the caller's transaction holds."""
    return _settle([found], by=by, at=at)


def hold_undecided() -> list[Bid]:
    """Lock every bid that may still be assessed and return those that were submitted."""
    bids = Bid.objects.filter(state__in=_UNDECIDED, competition__state__in=_BEFORE_DECISION).order_by("id")
    return [bid for bid in bids.select_for_update(no_key=True, of=("self",)) if bid.state != BidState.DRAFT]


def _settle(found: list[Found], *, by: User | None, at: dt.datetime) -> Conflicts:
    """Write the blocks that are new and take the pairs' seats away; the bids are locked already."""
    conflicts = Conflicts(blocks=_write(found, by=by, at=at))
    pairs = {(f.bid_id, f.assessor_id) for f in found}
    held = Seat.objects.filter(bid__in={bid for bid, _ in pairs}, state__in=rules.HELD).order_by("id")
    held = held.select_related("bid__competition__responsible_officer", "assessor__user")
    seats = [s for s in held.select_for_update(no_key=True, of=("self",)) if (s.bid_id, s.assessor_id) in pairs]
    submitted = Assessment.objects.filter(seat__in=seats, state=AssessmentState.SUBMITTED)
    handed_in = {assessment.seat_id: assessment for assessment in submitted}
    decided = set(ConflictDecision.objects.filter(seat__in=seats).values_list("seat_id", flat=True))
    for seat in seats:
        if assessment := handed_in.get(seat.pk):
            conflicts.flagged.append(seat)
            if assessment.is_counted and seat.pk not in decided:
                _flag(seat, assessment, by=by, at=at)
        else:
            conflicts.released.append(seat)
            _release(seat, by=by, at=at)
    return conflicts


def _write(found: list[Found], *, by: User | None, at: dt.datetime) -> list[Block]:
    """Write the blocks that are not there yet."""
    bids = {one.bid_id for one in found}
    known = set(Block.objects.filter(bid__in=bids).values_list("bid_id", "assessor_id"))
    references = dict(Bid.objects.filter(pk__in=bids).values_list("pk", "reference"))
    blocks = []
    for one in found:
        if (one.bid_id, one.assessor_id) in known:
            continue
        blocks.append(Block.objects.create(**one._asdict(), found_at=at))
        facts = {"assessor": one.assessor_id, "kind": one.kind, "part": one.part, "matched_by": one.matched_by}
        record("pair.blocked", f"bid:{references[one.bid_id]}", by=by, at=at, changes=facts)
    return blocks


def _release(seat: Seat, *, by: User | None, at: dt.datetime) -> None:
    """Take a seat away, tell its assessor and the officer, and ask for a reserve."""
    before = seat.state
    seat.withdraw(reason=RELEASED)
    seat.save(update_fields=["state", "withdrawn_reason"])
    facts = {"seat": seat.pk, "assessor": seat.assessor_id, "state": [before, seat.state]}
    record("seat.released", f"bid:{seat.bid.reference}", by=by, at=at, changes=facts)
    key = f"seat.released/{seat.pk}"
    tell("seat_released", to=seat.assessor.user, key=key, at=at, path="/assessments/", bid=seat.bid)
    _tell_officer(seat, key, at, was_in=False)
    queued.fill_seats(seat.bid.competition_id)


def _flag(seat: Seat, assessment: Assessment, *, by: User | None, at: dt.datetime) -> None:
    """Let an assessment count no more until it is decided, and tell the officer; at the panel scores stay as fixed."""
    counts = seat.bid.competition.state in rules.SCORES_FIXED
    if not counts:
        assessment.is_counted, assessment.left_out_reason = False, NOT_COUNTED
        assessment.save(update_fields=["is_counted", "left_out_reason"])
    facts = {"seat": seat.pk, "assessor": seat.assessor_id, "is_counted": [True, counts]}
    record("seat.flagged", f"bid:{seat.bid.reference}", by=by, at=at, changes=facts)
    _tell_officer(seat, f"seat.flagged/{seat.pk}", at, was_in=True)


def _tell_officer(seat: Seat, key: str, at: dt.datetime, *, was_in: bool) -> None:
    competition = seat.bid.competition
    tell(
        "conflict_found", to=competition.responsible_officer, key=key, at=at,
        path=f"/competitions/{competition.reference}/manage/conflicts", bid=seat.bid, assessor=seat.assessor,
        was_in=was_in,
    )  # fmt: skip


@transaction.atomic
def decide_conflict(*, seat: Seat, keep: bool, reason: str, by: User, role: str, at: dt.datetime) -> ConflictDecision:
    """Decide whether what was handed in before a conflict came to light counts; the same decision again is one.

    Raises:
        Refused: the role may not do this, no reason, nothing to decide, or it was decided otherwise.
    """
    rules.must_manage(role)
    reason = reason.strip()
    if problem := words.why_not_text(reason) or words.over_limit(reason, REASON_WORDS):
        raise Refused(problem)
    if words.is_blank(reason):
        raise Refused("Give a reason. It stays on the record.")
    hold_bid(seat.bid_id)
    seat = hold_seat(seat)
    if made := ConflictDecision.objects.filter(seat=seat).first():
        if made.is_kept == keep:
            return made
        raise Refused("This conflict has been decided already.")
    assessment = Assessment.objects.filter(seat=seat, state=AssessmentState.SUBMITTED).first()
    is_blocked = Block.objects.filter(bid=seat.bid_id, assessor=seat.assessor_id).exists()
    if assessment is None or not is_blocked or seat.state not in rules.HELD:
        raise Refused("There is no conflict to decide on this seat.")
    if assessment.is_counted != keep and seat.bid.competition.state in rules.SCORES_FIXED:
        raise Refused("The scores are fixed for the panel. Let the panel say in its minutes what it makes of this.")
    made = ConflictDecision.objects.create(seat=seat, is_kept=keep, reason=reason, by=by, at=at)
    before = assessment.is_counted
    assessment.is_counted, assessment.left_out_reason = keep, "" if keep else NOT_COUNTED
    assessment.save(update_fields=["is_counted", "left_out_reason"])
    record(
        "conflict.decided", f"bid:{seat.bid.reference}", by=by, role=role, at=at,
        changes={
            "seat": seat.pk, "assessor": seat.assessor_id, "is_counted": [before, keep],
            "reason_sha256": digest(reason),
        },
    )  # fmt: skip
    return made
