"""Talk about a bid whose scores should be looked at twice. Only officials open and close a discussion."""

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.post import Letter, tell_all
from accounts.rules import Refused
from assessments import blind, rules, sheet
from assessments.actions.locks import hold_bid, hold_competition, hold_seat
from assessments.models import Block, Discussion, Remark, Seat
from assessments.states import DiscussionState, SeatState
from audit.record import digest, record
from bids.models import Bid
from infra import words

UNFLAGGED = "why the bid is to be discussed although nothing is flagged"


def _text(text: str, what: str) -> str:
    """Return a text of a discussion as it is kept; refuse one that is empty, too long or cannot be kept."""
    text = words.plain(text).strip() if not words.why_not_text(text) else text
    if words.is_blank(text):
        raise Refused(f"Write {what}.")
    if problem := words.why_not_text(text) or words.over_limit(text, rules.REMARK_WORDS):
        raise Refused(problem)
    return text


def _assessors_in(bid: Bid) -> list[Seat]:
    """Return the seats of a bid whose assessors take part: accepted, handed in at least once, not blocked."""
    seats = Seat.objects.filter(bid=bid, state=SeatState.ACCEPTED, assessment__submitted_at__isnull=False)
    blocked = Block.objects.filter(bid=bid).values("assessor")
    return list(seats.exclude(assessor__in=blocked).select_related("assessor__user").order_by("pk"))


def _tell(template: str, bid: Bid, key: str, *, at: dt.datetime, but: User, **texts: str) -> None:
    """Write to the assessors who take part, but for who did it; `texts` without names where they may not know them."""
    told = [seat for seat in _assessors_in(bid) if seat.assessor.user_id != but.pk]
    facts: dict[str, object] = {name: blind.text_for_assessor(bid, text) for name, text in texts.items()}
    facts |= {"reference": bid.reference, "competition": bid.competition}
    tell_all(
        [Letter(template, s.assessor.user, key, f"/assessments/{s.pk}/discussion", dict(facts)) for s in told], at=at
    )


@transaction.atomic
def open_discussion(
    *, bid: Bid, reason: str, by: User, role: str, at: dt.datetime, unflagged_reason: str = ""
) -> Discussion:
    """Let the assessors who have handed in read each other's scores, without names, and talk; they are told.

    Args:
        reason: for the assessors, why the bid is discussed.
        unflagged_reason: for the record, why it is discussed although nothing is flagged; assessors do not read it.

    Raises:
        Refused: no reason, nothing is flagged and nobody says why it is discussed all the same, a discussion is open
            already, nobody has handed in, or the assessment is over.
    """
    rules.must_manage(role)
    reason = _text(reason, "why the bid is to be discussed")
    bid = hold_bid(bid.pk)
    rules.must_be_in_assessment(hold_competition(bid.competition_id).state)
    if Discussion.objects.filter(bid=bid, state=DiscussionState.OPEN).exists():
        raise Refused("This bid is being discussed already.")
    if not _assessors_in(bid):
        raise Refused("Nobody has handed in an assessment of this bid, so there is nobody to discuss it.")
    flags = [flag.value for flag in sheet.flags_of(bid)]
    why = "" if flags else _text(unflagged_reason, UNFLAGGED)
    discussion = Discussion.objects.create(
        bid=bid, reason=reason, flags=flags, unflagged_reason=why, opened_by=by, opened_at=at
    )
    record(
        "discussion.opened", f"bid:{bid.reference}", by=by, role=role, at=at,
        changes={
            "discussion": discussion, "reason_sha256": digest(reason), "flags": flags,
            "unflagged_reason_sha256": digest(why) if why else None,
        },
    )  # fmt: skip
    _tell("discussion_opened", bid, f"discussion.opened/{discussion.pk}", at=at, but=by, reason=reason)
    return discussion


@transaction.atomic
def remark(
    *, discussion: Discussion, text: str, by: User, at: dt.datetime, seat: Seat | None = None, role: str = ""
) -> Remark:
    """Say something in a discussion; the others who take part are told once an hour at most.

    Args:
        seat: of the assessor who speaks; none for an official.
        role: of the official who speaks.

    Raises:
        Refused: the discussion is closed, the person has no part in it, or the text is empty or too long.
    """
    text = _text(text, "what you want to say")
    if seat is None:
        rules.must_manage(role)
    else:
        seat = hold_seat(seat)
        if seat.assessor.user_id != by.pk or seat.pk not in {s.pk for s in _assessors_in(seat.bid)}:
            raise Refused("Only assessors who have handed in take part in the discussion.")
    discussion = _hold(discussion)
    if seat and seat.bid_id != discussion.bid_id:
        raise Refused("This is the discussion of another bid.")
    said = Remark.objects.create(discussion=discussion, seat=seat, by=by, text=text, at=at)
    record(
        "discussion.remark", f"bid:{discussion.bid.reference}", by=by, role=role or "assessor", at=at,
        changes={"discussion": discussion, "remark": said, "seat": seat, "text_sha256": digest(text)},
    )  # fmt: skip
    _tell("discussion_remark", discussion.bid, f"discussion.remark/{discussion.pk}/{at:%Y%m%d%H}", at=at, but=by)
    return said


@transaction.atomic
def close_discussion(*, discussion: Discussion, outcome: str, by: User, role: str, at: dt.datetime) -> Discussion:
    """End a discussion with what came of it; its assessors are told.

    Raises:
        Refused: no outcome, or it is closed already.
    """
    rules.must_manage(role)
    outcome = _text(outcome, "what came of the discussion")
    discussion = _hold(discussion)
    discussion.close(outcome=outcome, by=by, at=at)
    discussion.save(update_fields=["state", "outcome", "closed_by", "closed_at"])
    bid = discussion.bid
    record(
        "discussion.closed", f"bid:{bid.reference}", by=by, role=role, at=at,
        changes={
            "discussion": discussion, "state": [DiscussionState.OPEN, DiscussionState.CLOSED],
            "outcome_sha256": digest(outcome),
        },
    )  # fmt: skip
    _tell("discussion_closed", bid, f"discussion.closed/{discussion.pk}", at=at, but=by, outcome=outcome)
    return discussion


def _hold(discussion: Discussion) -> Discussion:
    """Return an open discussion with its bid, locked; refuse a closed one."""
    rows = Discussion.objects.select_for_update(no_key=True, of=("self",)).select_related("bid__competition")
    discussion = rows.get(pk=discussion.pk)
    if discussion.state != DiscussionState.OPEN:
        raise Refused("This discussion is closed.")
    return discussion
