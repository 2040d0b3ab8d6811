"""When there are interviews, on what they are scored, and which times make sense. Pure."""

import datetime as dt
from collections.abc import Sequence

from accounts.rules import Refused
from bids.states import BidState
from funds.states import CompetitionState

INTERVIEWED = (BidState.SUBMITTED, BidState.REOPENED)
WHEN = (CompetitionState.IN_ASSESSMENT, CompetitionState.AT_PANEL)
MOST_CRITERIA = 10
MOST_SLOTS = 50  # made at once
TITLE, PLACE, LINK = 120, 200, 300  # characters
GUIDANCE_WORDS = 100


def must_be_interviewing(state: str) -> None:
    """Refuse deeds about interviews before the assessment and after the panel's decision."""
    if state not in WHEN:
        raise Refused("Interviews are planned and held during the assessment and the panel.")


def criteria(typed: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return (title, guidance) of each criterion without blanks around them.

    Raises:
        Refused: none, too many, two of one name, or one too long.
    """
    found = [(" ".join(title.split()), guidance.strip()) for title, guidance in typed if title.strip()]
    titles = [title.casefold() for title, _ in found]
    if not found:
        raise Refused("Name at least one criterion.")
    if len(found) > MOST_CRITERIA:
        raise Refused(f"Name at most {MOST_CRITERIA} criteria; there are {len(found)}.")
    if doubled := next((title for title, _ in found if titles.count(title.casefold()) > 1), None):
        raise Refused(f"“{doubled}” is there twice. Give each criterion its own name.")
    if long := next((title for title, _ in found if len(title) > TITLE or "\0" in title), None):
        raise Refused(f"“{long[:40]}…” is too long. Use at most {TITLE} characters.")
    return found


def must_be_slots(
    starts_at: dt.datetime, *, minutes: int, pause: int, number: int, has_place: bool, now: dt.datetime
) -> None:
    """Refuse times for interviews that lie in the past, make no sense or have no place."""
    if starts_at <= now:
        raise Refused("These times have passed. Choose later ones.")
    if starts_at > now + dt.timedelta(days=730):
        raise Refused("These times are more than two years away. Check the year.")
    if not 5 <= minutes <= 480 or not 0 <= pause <= 480:
        raise Refused("An interview takes from 5 to 480 minutes, a break up to 480.")
    if not 1 <= number <= MOST_SLOTS:
        raise Refused(f"Add from 1 to {MOST_SLOTS} times at once.")
    if not has_place:
        raise Refused("Say where the interviews are: a place, a link to join from afar, or both.")
