"""Who may assess what, what a score must be, and what a panel may decide. Pure."""

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from accounts.rules import Refused
from accounts.states import Role
from assessments.states import AssessmentState, AssessorType, DeclineReason, Outcome, SeatState
from bids.states import BidState
from funds.money import pounds
from funds.states import CompetitionState

MANAGES = frozenset({Role.FUND_MANAGER})
READS_ALL = frozenset({Role.FUND_MANAGER, Role.FINANCE_OFFICER, Role.AUDITOR})
REASON_WORDS = 100
FEEDBACK_WORDS = 400
OUTLIER_WORDS = 200
ABOUT_WORDS = 200
MOST_CAPACITY = 100
MOST_TAGS = 20
MOST_FEE_PENCE = 1_000_000
RUN_RANGES = {
    "seats_per_bid": (1, 9, "The number of assessors a bid"),
    "capacity_percent": (10, 300, "The share of each capacity, in per cent,"),
    "seconds": (1, 600, "The time limit, in seconds,"),
}
RESERVE_DAYS = 5  # before assessments are due, the last day on which reserves step in where no day is set
CHASE_INVITATIONS = (2, 5)  # days without an answer
CHASE_ASSESSMENTS = (7, 2, 1)  # days before assessments are due
REMARK_WORDS = 300
COMPLAINT_DAYS = 10  # at least, from the release of feedback
STANDING_FOR_ASSESSMENT = (BidState.SUBMITTED, BidState.REOPENED)
HELD = (SeatState.INVITED, SeatState.ACCEPTED)
SCORES_FIXED = (CompetitionState.AT_PANEL, CompetitionState.DECIDED, CompetitionState.CLOSED)
DECIDED = (BidState.SUCCESSFUL, BidState.RESERVE, BidState.UNSUCCESSFUL)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A line of the ranked sheet. Score and spread are per cent to 1 decimal, None when nothing counts."""

    rank: int
    bid_id: int
    reference: str
    title: str
    lead: str
    state: str
    counted: int
    score: Decimal | None
    spread: Decimal | None
    grant_pounds: int
    in_scope: int
    fundable: int
    clinical_area: str
    region: str


def must_manage(role: str) -> None:
    """Refuse everybody but fund managers."""
    if role not in MANAGES:
        raise Refused("Only a fund manager may do this.")


def types(chosen: Collection[str]) -> list[str]:
    """Return the types of an assessor in their usual order; refuse none or unknown ones."""
    unknown = sorted(set(chosen) - set(AssessorType.values))
    if unknown or not chosen:
        words = ", ".join(AssessorType.values)
        raise Refused(
            f"Choose what the assessor judges, one or more of: {words}." + (f" Not {unknown[0]}." if unknown else "")
        )
    return [value for value in AssessorType.values if value in chosen]


def why_not_invite(
    *,
    competition_state: str,
    bid_state: str,
    because: str | None,
    seats_held: int,
    capacity: int,
    shares_network: bool,
    is_available: bool = True,
    is_own_region: bool = False,
) -> str | None:
    """Return why an assessor cannot be invited to a bid, in words; None when they can.

    Args:
        because: the conflict of interest that blocks the pair, if any.
        seats_held: bids of the competition that the assessor holds already, invited or accepted.
        shares_network: one of the same network sits on the bid and the competition wants one of each.
        is_own_region: the assessor's network is of the lead's region and the competition does not want that.
    """
    if competition_state != CompetitionState.IN_ASSESSMENT:
        return "Assessors are invited while a competition is in assessment. Begin the assessment first."
    if bid_state not in STANDING_FOR_ASSESSMENT:
        return f"This bid is {BidState(bid_state).label.lower()}, so it is not assessed."
    if because:
        return f"A conflict of interest blocks this assessor from the bid ({because}). Choose somebody else."
    if not is_available:
        return "This assessor takes no invitations at present. Choose somebody else."
    if not capacity:
        return "This assessor takes no bids of this competition, or is away while it is assessed. Choose somebody else."
    if seats_held >= capacity:
        return f"This assessor takes {capacity} bids in a competition and has {seats_held}. Choose somebody else."
    if shares_network:
        return "Somebody of the same network sits on this bid already. Choose somebody from another network."
    if is_own_region:
        return "This assessor is of the network of the lead’s own region. Choose somebody from another region."
    return None


def declared_until(on: dt.date) -> dt.date:
    """Return the last day for which a declaration of interests holds: the day before its anniversary."""
    return on + relativedelta(years=1) - dt.timedelta(days=1)


def must_have_declared(until: dt.date | None, today: dt.date) -> None:
    """Refuse an assessor whose yearly declaration of interests has not been made or has run out."""
    if until is None or until < today:
        raise Refused("Declare your interests for this year first. Then you can accept bids.")


def must_be_in_assessment(state: str) -> None:
    """Refuse assessors' deeds outside the assessment of a competition: from the panel on, scores are fixed."""
    if state == CompetitionState.IN_ASSESSMENT:
        return
    if state in (CompetitionState.DRAFT, CompetitionState.PUBLISHED):
        raise Refused("The assessment of this competition has not begun.")
    raise Refused("The assessment of this competition is over: its scores are fixed.")


def must_be_terms(terms: Mapping[str, int], seconds: int) -> None:
    """Refuse to ask the solver for what makes no sense: seats a bid, per cent of capacity, seconds."""
    for name, (least, most, words) in RUN_RANGES.items():
        value = seconds if name == "seconds" else terms[name]
        if not least <= value <= most:
            raise Refused(f"{words} is between {least} and {most}.")


def reserves_until(policy: dt.date | None, assess_by: dt.date | None) -> dt.date | None:
    """Return the last day on which reserves are asked by themselves; nothing when no day is known."""
    return policy or (assess_by - dt.timedelta(days=RESERVE_DAYS) if assess_by else None)


def chased_after(waited: int) -> int | None:
    """Return which reminder an invitation without answer has come to after so many days; nothing before the first."""
    return max((days for days in CHASE_INVITATIONS if waited >= days), default=None)


def chased_before(left: int) -> int | None:
    """Return which reminder of assessments is due with so many days left; nothing too early, or when they are late."""
    return min((days for days in CHASE_ASSESSMENTS if 0 <= left <= days), default=None)


def points(value: object, most: int) -> int:
    """Return points as a whole number from 0 to `most`; refuse anything else (7.5, “ten”, True, −1, 11)."""
    text = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if not re.fullmatch(r"[0-9]{1,3}", text) or int(text) > most:
        raise Refused(f"Points are a whole number from 0 to {most}, not “{str(value)[:20]}”.")
    return int(text)


def decline_reason(value: str) -> str:
    """Return a known reason to decline a bid."""
    if value not in DeclineReason.values:
        raise Refused(f"Say why, one of: {', '.join(DeclineReason.values)}.")
    return value


def missing_before_submission(
    *, lacking: Sequence[str], is_in_scope: bool | None, is_fundable: bool | None, too_long: Sequence[str] = ()
) -> list[str]:
    """Return what an assessor still has to do.

    Args:
        lacking: headings of questions without points or reason.
        too_long: what is wrong with the length of texts.
    """
    problems = [f"Give points and a reason for “{heading}”." for heading in lacking] + list(too_long)
    if is_in_scope is None:
        problems.append("Say whether the bid is in scope.")
    if is_fundable is None:
        problems.append("Say whether the bid is suitable for funding.")
    return problems


def must_be_in_progress(state: str) -> None:
    """Refuse changes of an assessment that has been handed in."""
    if state != AssessmentState.IN_PROGRESS:
        raise Refused("This assessment has been handed in. Ask the fund manager to reopen it.")


def must_be_releasable(state: str, complaints_until: dt.date, *, today: dt.date) -> None:
    """Refuse to release feedback before the panel has decided, or without time to complain."""
    if state not in (CompetitionState.DECIDED, CompetitionState.CLOSED):
        raise Refused("Feedback is released after the panel's decision, to every applicant at once.")
    earliest = today + dt.timedelta(days=COMPLAINT_DAYS)
    if not earliest <= complaints_until <= today + dt.timedelta(days=366):
        raise Refused(f"Give applicants at least {COMPLAINT_DAYS} days, and at most a year, to complain.")


def tags(typed: Iterable[str]) -> list[str]:
    """Return tags without blanks and doubles, in the order in which they were typed.

    Raises:
        Refused: too many, or one is too long.
    """
    found = {" ".join(tag.split()).casefold(): " ".join(tag.split()) for tag in typed if tag.strip()}
    if len(found) > MOST_TAGS:
        raise Refused(f"Give at most {MOST_TAGS}; there are {len(found)}.")
    if long := next((tag for tag in found.values() if len(tag) > 60 or "\0" in tag), None):
        raise Refused(f"“{long[:30]}…” is too long: use at most 60 characters.")
    return list(found.values())


def has_support(row: Ranked) -> bool:
    """Tell whether no majority of the counted assessors finds the bid out of scope or not fundable."""
    return 2 * row.in_scope >= row.counted and 2 * row.fundable >= row.counted


def is_above_line(row: Ranked, threshold: Decimal) -> bool:
    """Tell whether a bid may be funded without an override: at or above the threshold (per cent), with support."""
    return row.score is not None and row.score >= threshold and has_support(row)


def suggest(ranked: Sequence[Ranked], *, left_pence: int, threshold: Decimal) -> dict[str, str]:
    """Return an outcome per bid reference, top-down: stop at the first that does not fit; the rest above the line wait.

    Args:
        left_pence: what the competition's pot has left.
        threshold: quality threshold, per cent.
    """
    outcomes, stopped = {}, False
    for row in sorted(ranked, key=lambda r: r.rank):
        if not is_above_line(row, threshold):
            outcomes[row.reference] = Outcome.UNSUCCESSFUL.value
            continue
        stopped = stopped or row.grant_pounds * 100 > left_pence
        outcomes[row.reference] = Outcome.RESERVE.value if stopped else Outcome.SUCCESSFUL.value
        left_pence -= 0 if stopped else row.grant_pounds * 100
    return outcomes


def promoted(ranked: Sequence[Ranked], *, left_pence: int) -> dict[str, str]:
    """Return the bids in reserve that the money left can fund, by rank, stopping at the first that does not fit."""
    found = {}
    for row in sorted(ranked, key=lambda r: r.rank):
        if row.state != BidState.RESERVE:
            continue
        left_pence -= row.grant_pounds * 100
        if left_pence < 0:
            break
        found[row.reference] = Outcome.SUCCESSFUL.value
    return found


def problems_of_decision(
    ranked: Sequence[Ranked],
    outcomes: Mapping[str, str],
    overrides: Mapping[str, str],
    *,
    left_pence: int,
    threshold: Decimal,
) -> list[str]:
    """Return why a panel's outcomes cannot be put forward, in words; nothing when they can.

    Every bid needs an outcome; the successful must fit into what the pot has left; a successful bid needs an override
    reason below the threshold, against a majority of its assessors, or when a better bid above the line is passed
    over (unless that bid carries a reason itself). A bid that nobody scored cannot be successful.
    """
    known = {row.reference for row in ranked}
    given = {reference for reference, reason in overrides.items() if reason.strip()}
    problems = [f"{r} is not a bid that this panel decides." for r in sorted((set(outcomes) | set(overrides)) - known)]
    problems += [f"{r} has no outcome." for r in sorted(known - set(outcomes))]
    problems += [
        f"{r}: “{outcome}” is not an outcome. Choose successful, reserve or unsuccessful."
        for r, outcome in sorted(outcomes.items())
        if outcome not in Outcome.values
    ]
    funded = [row for row in ranked if outcomes.get(row.reference) == Outcome.SUCCESSFUL]
    asked = sum(row.grant_pounds for row in funded) * 100
    if asked > left_pence:
        problems.append(
            f"The successful bids ask for {pounds(asked)} and the pot has {pounds(max(left_pence, 0))} left: "
            f"{pounds(asked - max(left_pence, 0))} too much."
        )
    passed_over = [
        row for row in ranked if is_above_line(row, threshold) and row not in funded and row.reference not in given
    ]
    for row in funded:
        problems += _problems_of_success(row, passed_over, row.reference in given, threshold)
    return problems


def _problems_of_success(
    row: Ranked, passed_over: Sequence[Ranked], is_overridden: bool, threshold: Decimal
) -> list[str]:
    if row.score is None:
        return [f"{row.reference} has no assessment that counts, so it cannot be successful."]
    if is_overridden:
        return []
    problems = []
    if row.score < threshold:
        problems.append(f"{row.reference} scored {row.score} %, below the threshold of {threshold} %: give a reason.")
    if 2 * row.in_scope < row.counted:
        problems.append(f"Most assessors find {row.reference} out of scope: give a reason.")
    if 2 * row.fundable < row.counted:
        problems.append(f"Most assessors find {row.reference} not suitable for funding: give a reason.")
    better = [other.reference for other in passed_over if other.rank < row.rank]
    if better:
        problems.append(f"{row.reference} is out of rank order, ahead of {', '.join(better[:5])}: give a reason.")
    return problems
