"""What assessments add to the auditor's pack: from interests to seats, scores, panels and decisions.

No part names a person or quotes one: people are keys, and texts are the hashes that the events carry too.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from assessments.models import (
    Agreement,
    Block,
    ConflictDecision,
    Decision,
    Declaration,
    Discussion,
    FeedbackRelease,
    FrozenSheet,
    HandedIn,
    Interest,
    Interview,
    InterviewScore,
    PanelConflict,
    PanelItem,
    PanelMeeting,
    PanelMember,
    PanelVote,
    Remark,
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
    yield "handed_in.jsonl", _handed_in()
    yield "discussions.jsonl", _discussions()
    yield "remarks.jsonl", _remarks()
    yield "interviews.jsonl", _interviews()
    yield "interview_scores.jsonl", _interview_scores()
    yield "frozen_sheets.jsonl", _frozen_sheets()
    yield "panel_meetings.jsonl", _meetings()
    yield "panel_members.jsonl", _members()
    yield "panel_conflicts.jsonl", _panel_conflicts()
    yield "panel_items.jsonl", _items()
    yield "panel_votes.jsonl", _votes()
    yield "decisions.jsonl", _decisions()
    yield "feedback_releases.jsonl", _releases()


def _rows(queryset: QuerySet[Any], paths: dict[str, str]) -> Iterable[dict[str, Any]]:
    """Yield the rows of a table, oldest first, each name of `paths` with the value of its field."""
    for values in queryset.order_by("pk").values_list(*paths.values()).iterator(chunk_size=CHUNK):
        yield dict(zip(paths, values, strict=True))


def _hashed(queryset: QuerySet[Any], paths: dict[str, str], *texts: str) -> Iterable[dict[str, Any]]:
    """Yield rows with the hash of each text in its place; of an empty one nothing."""
    for row in _rows(queryset, paths | {text: text for text in texts}):
        hashes = {text: row.pop(text) for text in texts}
        yield row | {f"{name}_sha256": digest(text) if text else None for name, text in hashes.items()}


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
    """Yield who decided whether an assessment counts in spite of a conflict."""
    paths = {"bid": "seat__bid__reference", **_same("seat_id", "is_kept", "by_id", "at")}
    return _hashed(ConflictDecision.objects.all(), paths, "reason")


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
        "state": "assessment__state",
        "is_counted": "assessment__is_counted",
        "submitted_at": "assessment__submitted_at",
    }
    return _hashed(Score.objects.all(), paths, "reason")


def _handed_in() -> Iterable[dict[str, Any]]:
    """Yield each score sheet as handed in, of a bid (`seat`) or of an interview (`interview_sheet`), by its hash."""
    paths = {"seat": "assessment__seat_id", "interview_sheet": "interview_sheet_id", **_same("number", "sha256", "at")}
    return _hashed(HandedIn.objects.all(), paths, "change_reason")


def _discussions() -> Iterable[dict[str, Any]]:
    fields = ("id", "state", "flags", "opened_by_id", "opened_at", "closed_by_id", "closed_at")
    paths = {"bid": "bid__reference", **_same(*fields)}
    return _hashed(Discussion.objects.all(), paths, "reason", "unflagged_reason", "outcome")


def _remarks() -> Iterable[dict[str, Any]]:
    return _hashed(Remark.objects.all(), _same("id", "discussion_id", "seat_id", "by_id", "at"), "text")


def _interviews() -> Iterable[dict[str, Any]]:
    """Yield each bid's interview with its time and what it weighs beside the score, per cent."""
    paths = {"bid": "bid__reference", "starts_at": "slot__starts_at", "weight_percent": "plan__weight_percent"}
    return _rows(Interview.objects.all(), {**paths, **_same("id", "state", "invited_at", "answered_at")})


def _interview_scores() -> Iterable[dict[str, Any]]:
    paths = {
        "interview": "sheet__interview_id",
        "sheet": "sheet_id",
        "assessor_id": "sheet__interviewer__assessor_id",
        "criterion": "criterion__title",
        "points": "points",
        "state": "sheet__state",
        "declared_at": "sheet__declared_at",
        "submitted_at": "sheet__submitted_at",
    }
    return _hashed(InterviewScore.objects.all(), paths, "reason")


def _frozen_sheets() -> Iterable[dict[str, Any]]:
    """Yield what each panel was shown: `sha256` is of `lines` as canonical JSON; marks are [assessor, per cent]."""
    paths = {"competition": "competition__reference", **_same("lines", "sha256", "at")}
    return _rows(FrozenSheet.objects.all(), paths)


def _meetings() -> Iterable[dict[str, Any]]:
    fields = (
        "id",
        "held_on",
        "state",
        "sheet_sha256",
        "minutes_sha256",
        "planned_by_id",
        "planned_at",
        "opened_at",
        "agreed_by_id",
        "agreed_at",
    )
    return _rows(PanelMeeting.objects.all(), {"competition": "competition__reference", **_same(*fields)})


def _members() -> Iterable[dict[str, Any]]:
    fields = ("id", "meeting_id", "user_id", "duty", "is_present", "declared_at")
    return _rows(PanelMember.objects.all(), _same(*fields))


def _panel_conflicts() -> Iterable[dict[str, Any]]:
    return _rows(PanelConflict.objects.all(), {"bid": "bid__reference", **_same("member_id", "source", "at")})


def _items() -> Iterable[dict[str, Any]]:
    fields = ("id", "meeting_id", "rank", "score", "grant_pounds", "is_above_line", "suggested", "outcome")
    return _hashed(PanelItem.objects.all(), {"bid": "bid__reference", **_same(*fields)}, "reason", "text")


def _votes() -> Iterable[dict[str, Any]]:
    return _rows(PanelVote.objects.all(), _same("item_id", "member_id", "choice", "at"))


def _releases() -> Iterable[dict[str, Any]]:
    paths = {"competition": "competition__reference", **_same("complaints_until", "by_id", "at")}
    return _hashed(FeedbackRelease.objects.all(), paths, "outliers")


def _decisions() -> Iterable[dict[str, Any]]:
    paths = {"bid": "bid__reference", "sha256": "proposal__content_sha256", "proposed_by_id": "proposal__by_id"}
    fields = ("proposal_id", "outcome", "rank", "score", "spread", "counted", "override_reason", "at")
    return _rows(Decision.objects.all(), {**paths, **_same(*fields)})
