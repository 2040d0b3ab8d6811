"""What assessments add to the auditor's pack: interests, blocks, seats, scores and decisions; no names of people."""

from collections.abc import Iterable
from typing import Any

from assessments.models import Block, Decision, Interest, Score, Seat
from audit.record import digest

CHUNK = 1_000


def parts() -> Iterable[tuple[str, Iterable[dict[str, Any]]]]:
    """Yield (file name, rows) of each part, in an order that does not change. Scores and spreads are per cent."""
    yield "interests.jsonl", _interests()
    yield "blocks.jsonl", _blocks()
    yield "seats.jsonl", _seats()
    yield "scores.jsonl", _scores()
    yield "decisions.jsonl", _decisions()


def _interests() -> Iterable[dict[str, Any]]:
    fields = (
        "assessor_id",
        "kind",
        "organisation_id",
        "organisation_name",
        "company_number",
        "declared_at",
        "ended_at",
    )
    return Interest.objects.order_by("pk").values("id", *fields).iterator(chunk_size=CHUNK)


def _blocks() -> Iterable[dict[str, Any]]:
    blocks = Block.objects.order_by("pk").values("bid__reference", "assessor_id", "because", "found_at")
    for block in blocks.iterator(chunk_size=CHUNK):
        yield {"bid": block.pop("bid__reference"), **block}


def _seats() -> Iterable[dict[str, Any]]:
    seats = Seat.objects.order_by("pk").values(
        "id", "bid__reference", "assessor_id", "state", "invited_at", "answered_at", "decline_reason"
    )
    for seat in seats.iterator(chunk_size=CHUNK):
        yield {"bid": seat.pop("bid__reference"), **seat}


def _scores() -> Iterable[dict[str, Any]]:
    """Yield points with the hash of the reason, the same that the events carry."""
    scores = Score.objects.order_by("pk").values(
        "assessment__seat__bid__reference", "assessment__seat_id", "assessment__seat__assessor_id", "assessment__state",
        "assessment__is_counted", "assessment__submitted_at", "question__slug", "points", "reason",
    )  # fmt: skip
    for score in scores.iterator(chunk_size=CHUNK):
        yield {
            "bid": score["assessment__seat__bid__reference"],
            "seat": score["assessment__seat_id"],
            "assessor_id": score["assessment__seat__assessor_id"],
            "question": score["question__slug"],
            "points": score["points"],
            "reason_sha256": digest(score["reason"]),
            "state": score["assessment__state"],
            "is_counted": score["assessment__is_counted"],
            "submitted_at": score["assessment__submitted_at"],
        }


def _decisions() -> Iterable[dict[str, Any]]:
    decisions = Decision.objects.order_by("pk").values(
        "bid__reference", "proposal_id", "proposal__content_sha256", "proposal__by_id", "outcome", "rank", "score",
        "spread", "counted", "override_reason", "at",
    )  # fmt: skip
    for row in decisions.iterator(chunk_size=CHUNK):
        proposed = {"sha256": row.pop("proposal__content_sha256"), "proposed_by_id": row.pop("proposal__by_id")}
        yield {"bid": row.pop("bid__reference"), **proposed, **row}
