"""What the score sheets of bids and of interviews share: how they are saved, and kept when they are handed in."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from accounts.rules import Refused
from assessments import rules
from assessments.models import Assessment, HandedIn, InterviewSheet
from audit.record import digest
from bids.actions.answers import STRETCH_SECONDS
from infra import words

UNCHANGED = "Nothing was changed."


class SavedElsewhere(Refused):
    """The writer has saved the sheet in another window meanwhile; `version` is the one that stands now."""

    def __init__(self, version: int) -> None:
        self.version = version
        super().__init__("You have saved this sheet in another window meanwhile. Compare both and save again.")


def plain(text: str, what: str) -> str:
    """Return a text as it is kept; refuse one that cannot be. Too many words are refused when it is handed in."""
    if problem := words.why_not_text(text):
        raise Refused(f"{what}: {problem}")
    return words.plain(text)


def checked(given: Mapping[str, Any], title: str, most: int) -> dict[str, Any]:
    """Return `points`, `reason` or both as they are kept; refuse what is none.

    Args:
        title: of what is scored.
        most: points that it can earn.
    """
    new = dict(given)
    if new.get("points") is not None:
        new["points"] = rules.points(new["points"], most)
    if "reason" in new:
        new["reason"] = plain(new["reason"], f"The reason on “{title}”")
    return new


def must_be_seen(sheet: Assessment | InterviewSheet, version: int | None) -> None:
    """Refuse a save over a version that its writer has not seen; None when they saw none."""
    if version is not None and version != sheet.version:
        raise SavedElsewhere(sheet.version)


def is_same_stretch(before: dt.datetime | None, at: dt.datetime) -> bool:
    """Tell whether the save before was in the same ten minutes by the clock."""
    return before is not None and before.timestamp() // STRETCH_SECONDS == at.timestamp() // STRETCH_SECONDS


def reopening_reason(reason: str) -> str:
    """Return why a sheet is opened again; refuse none, or one that cannot be kept."""
    reason = reason.strip()
    if not reason:
        raise Refused("Give a reason for opening it again.")
    if problem := words.why_not_text(reason) or words.over_limit(reason, rules.REASON_WORDS):
        raise Refused(f"The reason: {problem}")
    return reason


def keep(
    sheet: Assessment | InterviewSheet, content: Mapping[str, Any], *, change_reason: str = "", at: dt.datetime
) -> HandedIn:
    """Keep a sheet as it is handed in; one that differs from the last needs a reason."""
    last, reason = sheet.handed_in.order_by("number").last(), change_reason.strip()
    if last and content == last.content:
        reason = UNCHANGED
    elif last and not reason:
        raise Refused("Say why you have changed what you had handed in before. It is kept beside what stood then.")
    if problem := words.why_not_text(reason) or words.over_limit(reason, rules.REASON_WORDS):
        raise Refused(f"The reason for the change: {problem}")
    return sheet.handed_in.create(
        number=last.number + 1 if last else 1, content=content, sha256=digest(content),
        change_reason=reason if last else "", at=at,
    )  # fmt: skip
