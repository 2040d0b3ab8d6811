"""What a panel's meeting needs, who may do what at its table, and when its minutes are whole. Pure."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol
from zoneinfo import ZoneInfo

from accounts.rules import Refused
from accounts.states import Role
from assessments import rules
from assessments.rules import Ranked
from assessments.states import Choice, Duty, MeetingState, Outcome
from funds.states import CompetitionState
from infra import words

LONDON = ZoneInfo("Europe/London")
# Who may sit on a panel: officials who run competitions, and assessors.
MAY_SIT = frozenset({Role.FUND_MANAGER, Role.FINANCE_OFFICER, Role.ASSESSOR})
WRITES_MINUTES = frozenset({Duty.CHAIR, Duty.SECRETARY})
VOTERS = 2  # at least, at the table, when the sheet is opened
PLACE_LENGTH = 200
REASON_WORDS = 200
MINUTE_WORDS = 600
GENERAL_WORDS = 2_000
COMPLAINT_WORDS = 500
ANSWER_WORDS = 800


@dataclass(frozen=True, slots=True)
class Seat:
    """Who sits at the table: their key, duty, whether they have declared their interests, and are present."""

    member: int
    duty: str
    has_declared: bool
    is_present: bool

    @property
    def votes(self) -> bool:
        """Tell whether this person votes where no conflict keeps them from it."""
        return self.is_present and self.duty != Duty.SECRETARY


def must_be_plannable(competition_state: str, held_on: dt.date, place: str, *, today: dt.date) -> str:
    """Return the place of a meeting in one line; refuse a meeting that cannot be."""
    if competition_state not in (CompetitionState.IN_ASSESSMENT, CompetitionState.AT_PANEL):
        raise Refused("A panel meets once the assessment has begun and before the decision.")
    if not today <= held_on <= today + dt.timedelta(days=366):
        raise Refused("Give a day from today on, at most a year ahead.")
    place = " ".join(place.split())
    if problem := words.why_not_text(place):
        raise Refused(problem)
    if not place or len(place) > PLACE_LENGTH:
        raise Refused(f"Say where the panel meets, in at most {PLACE_LENGTH} characters.")
    return place


def must_be_planned(state: str) -> None:
    """Refuse what can only be done before the sheet is on the table."""
    if state != MeetingState.PLANNED:
        raise Refused(f"This meeting is {MeetingState(state).label.lower()}, so this cannot be changed any more.")


def must_be_open(state: str) -> None:
    """Refuse what is done at the table before the sheet is opened, or after the minutes were agreed."""
    if state == MeetingState.PLANNED:
        raise Refused("The sheet is not on the table yet. Open the meeting first.")
    if state != MeetingState.OPEN:
        raise Refused("The minutes of this meeting are agreed, so nothing about it changes any more.")


def must_not_be_over(state: str) -> None:
    """Refuse changes of a meeting that is over."""
    if state not in (MeetingState.PLANNED, MeetingState.OPEN):
        raise Refused("This meeting is over, so nothing about it changes any more.")


def must_write_minutes(duty: str) -> None:
    """Refuse everybody but chair and secretary."""
    if duty not in WRITES_MINUTES:
        raise Refused("The chair or the secretary writes this down.")


def why_not_open(competition_state: str, table: Sequence[Seat], *, today: dt.date, held_on: dt.date) -> list[str]:
    """Return why the sheet cannot be laid on the table, in words; nothing when it can."""
    problems = []
    if competition_state != CompetitionState.AT_PANEL:
        problems.append("End the assessment first, so that the scores are fixed.")
    if today < held_on:
        problems.append("The day of the meeting has not come.")
    if not any(seat.duty == Duty.CHAIR and seat.is_present for seat in table):
        problems.append("The chair has to be present.")
    if sum(seat.votes for seat in table) < VOTERS:
        problems.append(f"At least {VOTERS} people who vote have to be present.")
    return problems


def departs(is_above_line: bool, outcome: str) -> bool:
    """Tell whether an outcome departs from the line: a bid below it is not turned down, or one above it is."""
    return (outcome == Outcome.UNSUCCESSFUL) == is_above_line


def outcome(value: str) -> str:
    """Return a known outcome."""
    if value not in Outcome.values:
        raise Refused("Choose successful, reserve or unsuccessful.")
    return value


def choice(value: str) -> str:
    """Return a known vote."""
    if value not in Choice.values:
        raise Refused("Choose fund, do not fund or abstain.")
    return value


def text(value: str, most: int, what: str) -> str:
    """Return a text with plain line ends and without blanks at its ends; refuse what cannot be kept."""
    value = words.with_plain_line_ends(value).strip()
    if problem := words.why_not_text(value) or words.over_limit(value, most):
        raise Refused(f"{what}: {problem}")
    return value


def must_have_reason(is_above_line: bool, given: str, reason: str) -> None:
    """Refuse an outcome that departs from the line without a reason."""
    if departs(is_above_line, given) and not reason:
        where = "above" if is_above_line else "below"
        raise Refused(f"This bid is {where} the line. Give the panel's reason for deciding otherwise.")


def why_not_agree(
    agenda: Sequence[Ranked],
    outcomes: Mapping[str, str],
    reasons: Mapping[str, str],
    *,
    left_pence: int,
    threshold: Decimal,
    undecided_at_the_table: Collection[str] = (),
) -> list[str]:
    """Return what the minutes still lack, in words: outcomes, reasons, money, and somebody to decide on each bid.

    Args:
        undecided_at_the_table: references of bids that conflicts leave nobody to vote on.
    """
    given = {reference: outcome for reference, outcome in outcomes.items() if outcome}
    problems = rules.problems_of_decision(agenda, given, reasons, left_pence=left_pence, threshold=threshold)
    problems += [
        f"{row.reference} is {'above' if rules.is_above_line(row, threshold) else 'below'} the line: give a reason."
        for row in agenda
        if row.reference in given
        and departs(rules.is_above_line(row, threshold), given[row.reference])
        and not reasons.get(row.reference, "")
        and not any(problem.startswith(f"{row.reference} scored") for problem in problems)
    ]
    return problems + [
        f"Conflicts of interest leave nobody at the table to decide on {reference}."
        for reference in sorted(undecided_at_the_table)
    ]


class Window(Protocol):
    """The release of feedback, as far as complaints go."""

    at: dt.datetime
    complaints_until: dt.date


def must_be_in_window(release: Window | None, at: dt.datetime) -> None:
    """Refuse a complaint before the release of feedback, or after the last day for complaints (UK time)."""
    if release is None or at < release.at:
        raise Refused("Complaints are taken once the feedback is released.")
    if at.astimezone(LONDON).date() > release.complaints_until:
        raise Refused(f"Complaints were taken until {release.complaints_until:%-d %B %Y}.")
