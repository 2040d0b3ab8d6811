"""Take a competition from the close of bids to the panel's decision, which two people take on frozen scores."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.rules import Refused
from assessments import queries, rules
from assessments.actions.conflicts import check_all
from assessments.actions.locks import hold_bids, hold_competition
from assessments.models import Decision
from assessments.rules import Ranked
from assessments.states import Outcome
from audit.record import as_json, digest, record
from bids.actions import stand_all
from bids.models import Bid
from bids.states import BidState
from funds import approvals
from funds.models import Competition, Proposal
from funds.states import CompetitionState

_FIGURES = ("rank", "score", "spread", "counted", "in_scope", "fundable", "grant_pounds")


@transaction.atomic
def begin_assessment(*, competition: Competition, by: User, role: str, at: dt.datetime) -> Competition:
    """Close the book of bids: reopened bids stand as last submitted, and every conflict of interest is looked for.

    Raises:
        Refused: bids may still come in, or the assessment has begun already.
    """
    rules.must_manage(role)
    bids = hold_bids(competition, BidState.SUBMITTED, BidState.REOPENED)
    competition = hold_competition(competition.pk)
    if competition.state != CompetitionState.PUBLISHED:
        raise Refused(f"The competition is {competition.get_state_display().lower()}, so assessment cannot begin.")
    ends = competition.closes_at + dt.timedelta(seconds=competition.grace_seconds)
    if at <= ends:
        raise Refused("Bids may still come in. Assessment can begin once the deadline and its grace have passed.")
    stand_all(competition=competition, at=at)
    check_all(bids=bids, at=at, by=by)
    competition.begin_assessment()
    return _moved(competition, CompetitionState.PUBLISHED, "competition.assessment_began", by=by, role=role, at=at)


@transaction.atomic
def go_to_panel(*, competition: Competition, by: User, role: str, at: dt.datetime) -> Competition:
    """End the assessment: from now on no score changes, and what is not handed in counts for nothing.

    Raises:
        Refused: the competition is not in assessment.
    """
    rules.must_manage(role)
    competition = hold_competition(competition.pk)
    rules.must_be_in_assessment(competition.state)
    competition.go_to_panel()
    sheet = digest(_sheet(queries.ranked(competition)))
    return _moved(
        competition, CompetitionState.IN_ASSESSMENT, "competition.at_panel", by=by, role=role, at=at, sheet_sha256=sheet
    )


@transaction.atomic
def propose_decision(
    *,
    competition: Competition,
    outcomes: Mapping[str, str],
    overrides: Mapping[str, str] | None = None,
    by: User,
    role: str,
    at: dt.datetime,
) -> Proposal:
    """Put the panel's decision forward, with the frozen score of each bid; a second person approves it.

    At the panel every bid that stands is decided; after the decision only the reserve can be, as a new decision.

    Args:
        outcomes: outcome by bid reference, for every bid that is to be decided.
        overrides: written reason by bid reference, where the panel departs from score, support or rank.

    Raises:
        Refused: too much money, a departure without a reason, an outcome missing; the message names all of it.
    """
    rules.must_manage(role)
    competition = hold_competition(competition.pk)
    overrides = {reference: reason.strip() for reference, reason in (overrides or {}).items() if reason.strip()}
    sheet = queries.ranked(competition)
    rows = _to_decide(competition, sheet)
    left = queries.left_pence(competition, sheet)
    problems = rules.problems_of_decision(
        rows, outcomes, overrides, left_pence=left, threshold=competition.quality_threshold
    )
    if problems:
        raise Refused(" ".join(problems))
    content = {
        "competition": competition.reference,
        "threshold": competition.quality_threshold,
        "left_pence": left,
        "bids": {
            reference: {**figures, "outcome": str(outcomes[reference]), "override_reason": overrides.get(reference, "")}
            for reference, figures in _sheet(rows).items()
        },
    }
    return approvals.propose(kind="decision", reference=competition.reference, content=content, by=by, role=role, at=at)


@transaction.atomic
def approve_decision(*, competition: Competition, by: User, role: str, at: dt.datetime) -> list[Decision]:
    """Approve the decision that was put forward, as a second person; approving it again changes nothing.

    Raises:
        Refused: nothing was put forward, the maker approves, or a score or bid has changed since.
    """
    rules.must_manage(role)
    bids = {b.reference: b for b in hold_bids(competition, BidState.SUBMITTED, BidState.RESERVE)}
    competition = hold_competition(competition.pk)
    proposal = approvals.newest("decision", competition.reference)
    if proposal is None:
        raise Refused("Nobody has put a decision forward for this competition.")
    if taken := list(Decision.objects.filter(proposal=proposal).order_by("rank")):
        return taken
    lines = proposal.content["bids"]
    now = _sheet(_to_decide(competition, queries.ranked(competition)))
    then = {reference: {name: line[name] for name in _FIGURES} for reference, line in lines.items()}
    if as_json(now) != then:
        raise Refused("A bid or a score has changed since the decision was put forward. Put it forward again.")
    approvals.approve(proposal=proposal, by=by, role=role, at=at)
    decisions = [
        _decide(bids[reference], line, proposal, by=by, role=role, at=at)
        for reference, line in sorted(lines.items(), key=lambda item: item[1]["rank"])
    ]
    if competition.state == CompetitionState.AT_PANEL:
        competition.decide()
        _moved(competition, CompetitionState.AT_PANEL, "competition.decided", by=by, role=role, at=at)
    return decisions


def _sheet(rows: list[Ranked]) -> dict[str, dict[str, Any]]:
    """Return the figures a decision is taken on, by bid reference."""
    return {row.reference: {name: getattr(row, name) for name in _FIGURES} for row in rows}


def _to_decide(competition: Competition, sheet: list[Ranked]) -> list[Ranked]:
    wanted = rules.DECIDABLE.get(CompetitionState(competition.state))
    if wanted is None:
        raise Refused("A decision is taken at the panel. End the assessment first.")
    return [row for row in sheet if row.state == wanted]


def _decide(bid: Bid, line: Mapping[str, Any], proposal: Proposal, *, by: User, role: str, at: dt.datetime) -> Decision:
    """Write one decision and move its bid."""
    decision = Decision.objects.create(
        bid=bid, proposal=proposal, outcome=line["outcome"], rank=line["rank"], score=_decimal(line["score"]),
        spread=_decimal(line["spread"]), counted=line["counted"], override_reason=line["override_reason"], at=at,
    )  # fmt: skip
    before = bid.state
    match line["outcome"]:
        case Outcome.SUCCESSFUL:
            bid.succeed()
        case Outcome.UNSUCCESSFUL:
            bid.fail()
        case Outcome.RESERVE if before != BidState.RESERVE:
            bid.hold_in_reserve()
    bid.save(update_fields=["state"])
    record(
        "bid.decided", bid, by=by, role=role, at=at,
        changes={
            "state": [before, bid.state], "decision": decision, "rank": line["rank"], "score": line["score"],
            "override_sha256": digest(line["override_reason"]) if line["override_reason"] else None,
        },
    )  # fmt: skip
    return decision


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _moved(
    competition: Competition, before: str, verb: str, *, by: User, role: str, at: dt.datetime, **facts: str
) -> Competition:
    """Save a competition's new state and put it on the record."""
    competition.save(update_fields=["state"])
    record(verb, competition, by=by, role=role, at=at, changes={"state": [before, competition.state], **facts})
    return competition
