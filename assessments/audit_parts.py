"""What assessments add to the auditor's pack: interests, blocks, seats, scores and decisions; no names of people."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from assessments.models import (
    Agreement,
    Block,
    ConflictDecision,
    Decision,
    Declaration,
    Interest,
    Score,
    Seat,
)
from audit.record import digest

CHUNK = 1_000


def parts() -> Iterable[tuple[str, Iterable[dict[str, Any]]]]:
    """Yield (file name, rows) of each part, in an order that does not change. Scores and spreads are per cent."""
    yield "interests.jsonl", _interests()
    yield "declarations.jsonl", _declarations()
    yield "agreements.jsonl", _agreements()
    yield "blocks.jsonl", _blocks()
    yield "conflict_decisions.jsonl", _conflict_decisions()
    yield "seats.jsonl", _seats()
    yield "scores.jsonl", _scores()
    yield "decisions.jsonl", _decisions()


def _rows(queryset: QuerySet[Any], paths: dict[str, str]) -> Iterable[dict[str, Any]]:
    """Yield the rows of a table, oldest first, each name of `paths` with the value of its field."""
    for values in queryset.order_by("pk").values_list(*paths.values()).iterator(chunk_size=CHUNK):
        yield dict(zip(paths, values, strict=True))


def _same(*fields: str) -> dict[str, str]:
    return {field: field for field in fields}


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
    return _rows(Interest.objects.all(), _same("id", *fields))


def _blocks() -> Iterable[dict[str, Any]]:
    fields = ("assessor_id", "kind", "part", "matched_by", "because", "found_at")
    return _rows(Block.objects.all(), {"bid": "bid__reference", **_same(*fields)})


def _declarations() -> Iterable[dict[str, Any]]:
    return _rows(Declaration.objects.all(), _same("id", "assessor_id", "interests_sha256", "at", "until"))


def _agreements() -> Iterable[dict[str, Any]]:
    return _rows(Agreement.objects.all(), _same("id", "assessor_id", "version", "text_sha256", "at"))


def _conflict_decisions() -> Iterable[dict[str, Any]]:
    """Yield who decided whether an assessment counts in spite of a conflict; the reason is what events carry of it."""
    paths = {"bid": "seat__bid__reference", **_same("seat_id", "is_kept", "reason", "by_id", "at")}
    for row in _rows(ConflictDecision.objects.all(), paths):
        reason = row.pop("reason")
        yield {**row, "reason_sha256": digest(reason)}


def _seats() -> Iterable[dict[str, Any]]:
    fields = ("id", "assessor_id", "state", "invited_at", "answered_at", "decline_reason")
    return _rows(Seat.objects.all(), {"bid": "bid__reference", **_same(*fields)})


def _scores() -> Iterable[dict[str, Any]]:
    """Yield points with the hash of the reason, the same that the events carry."""
    paths = {
        "bid": "assessment__seat__bid__reference",
        "seat": "assessment__seat_id",
        "assessor_id": "assessment__seat__assessor_id",
        "question": "question__slug",
        "points": "points",
        "reason": "reason",
        "state": "assessment__state",
        "is_counted": "assessment__is_counted",
        "submitted_at": "assessment__submitted_at",
    }
    for row in _rows(Score.objects.all(), paths):
        reason = row.pop("reason")
        yield {**row, "reason_sha256": digest(reason)}


def _decisions() -> Iterable[dict[str, Any]]:
    paths = {"bid": "bid__reference", "sha256": "proposal__content_sha256", "proposed_by_id": "proposal__by_id"}
    fields = ("proposal_id", "outcome", "rank", "score", "spread", "counted", "override_reason", "at")
    return _rows(Decision.objects.all(), {**paths, **_same(*fields)})
