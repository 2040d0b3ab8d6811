"""Take the panel's decision on frozen scores and agreed minutes, by two people; change it later only by a new one."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.rules import Refused
from assessments import panel_queries, panel_rules, queries, rules
from assessments.actions.locks import hold_bids, hold_competition
from assessments.actions.panel import moved
from assessments.models import Decision, FrozenSheet, PanelMeeting
from assessments.rules import Ranked
from assessments.states import Outcome
from audit.record import as_json, digest, record
from bids.models import Bid
from bids.states import BidState
from funds import approvals
from funds.models import Competition, Proposal
from funds.money import pounds
from funds.states import CompetitionState

_FIGURES = ("rank", "score", "spread", "counted", "in_scope", "fundable", "grant_pounds")


@transaction.atomic
def propose_decision(*, competition: Competition, by: User, role: str, at: dt.datetime) -> Proposal:
    """Put forward what the agreed minutes say, with the frozen score of each bid; a second person approves it.

    Raises:
        Refused: no minutes are agreed, the competition is not at its panel, or the money has become too little.
    """
    rules.must_manage(role)
    competition = hold_competition(competition.pk)
    if competition.state != CompetitionState.AT_PANEL:
        raise Refused("The first decision is taken at the panel. End the assessment first, or change the decision.")
    meeting = _agreed(competition)
    items = {item.bid.reference: item for item in meeting.items.select_related("bid")}
    rows = [row for row in queries.ranked(competition) if row.state == BidState.SUBMITTED]
    outcomes = {row.reference: items[row.reference].outcome for row in rows if row.reference in items}
    reasons = {row.reference: items[row.reference].reason for row in rows if row.reference in items}
    return _put_forward(competition, meeting, rows, outcomes, reasons, "", by=by, role=role, at=at)


@transaction.atomic
def change_decision(
    *, competition: Competition, outcomes: Mapping[str, str], reason: str, by: User, role: str, at: dt.datetime
) -> Proposal:
    """Put a later decision on some bids forward, such as one in reserve that can be funded now; a second approves it.

    Args:
        outcomes: new outcome by bid reference.
        reason: why, at most 200 words; auditors read it.

    Raises:
        Refused: no reason, no change, more than the money left, an award was offered, or nothing is decided yet.
    """
    rules.must_manage(role)
    reason = panel_rules.text(reason, panel_rules.REASON_WORDS, "The reason")
    competition = hold_competition(competition.pk)
    if competition.state != CompetitionState.DECIDED:
        raise Refused("There is no decision to change: the panel decides first.")
    if not reason:
        raise Refused("Say why the decision changes.")
    decided = {row.reference: row for row in queries.ranked(competition) if row.state in rules.DECIDED}
    if unknown := sorted(set(outcomes) - set(decided)):
        raise Refused(f"{unknown[0]} is not a bid that this panel has decided on.")
    wanted = {ref: panel_rules.outcome(value) for ref, value in outcomes.items() if value != decided[ref].state}
    if not wanted:
        raise Refused("Choose another outcome for at least one bid.")
    rows = [row for ref, row in decided.items() if ref in wanted]
    return _put_forward(competition, _agreed(competition), rows, wanted, {}, reason, by=by, role=role, at=at)


@transaction.atomic
def promote_reserve(*, competition: Competition, by: User, role: str, at: dt.datetime) -> Proposal:
    """Put forward that the best bids in reserve are funded, as far as the money goes that has come back.

    Raises:
        Refused: nothing is in reserve, or the best of them does not fit.
    """
    sheet = queries.ranked(competition)
    left = queries.left_pence(competition, sheet)
    outcomes = rules.promoted(sheet, left_pence=left)
    if not outcomes:
        raise Refused(f"{pounds(max(left, 0))} is left, which funds no bid in reserve.")
    reason = f"{pounds(left)} is left in the pot, so that bids in reserve can be funded in the order of their rank."
    return change_decision(competition=competition, outcomes=outcomes, reason=reason, by=by, role=role, at=at)


@transaction.atomic
def approve_decision(
    *, competition: Competition, by: User, role: str, at: dt.datetime, seen: str | None = None
) -> list[Decision]:
    """Approve the decision that was put forward, as a second person; approving it again changes nothing.

    Args:
        seen: digest of the decision as the person has read it; left out, nothing is compared.

    Raises:
        Refused: nothing was put forward, the maker approves, or a score, a bid, an award or the money has changed.
    """
    rules.must_manage(role)
    bids = {b.reference: b for b in hold_bids(competition, BidState.SUBMITTED, *rules.DECIDED)}
    competition = hold_competition(competition.pk)
    proposal = approvals.newest("decision", competition.reference)
    if proposal is None:
        raise Refused("Nobody has put a decision forward for this competition.")
    if seen is not None:
        approvals.must_be_as_read(proposal, seen)
    if taken := list(Decision.objects.filter(proposal=proposal).order_by("rank")):
        return taken
    content = proposal.content
    lines = content["bids"]
    is_first = not content["change_reason"]
    rows = [row for row in queries.ranked(competition) if _is_asked(row, lines, is_first=is_first)]
    then = {reference: {name: line[name] for name in _FIGURES} for reference, line in lines.items()}
    if as_json(_figures(rows)) != then:
        raise Refused("A bid or a score has changed since the decision was put forward. Put it forward again.")
    outcomes = {reference: line["outcome"] for reference, line in lines.items()}
    overrides = {reference: line["override_reason"] for reference, line in lines.items()}
    _must_fit(competition, rows, outcomes, overrides, content["change_reason"])
    approvals.approve(proposal=proposal, by=by, role=role, at=at)
    decisions = [
        _decide(bids[reference], line, proposal, by=by, role=role, at=at)
        for reference, line in sorted(lines.items(), key=lambda item: item[1]["rank"])
    ]
    if competition.state == CompetitionState.AT_PANEL:
        competition.decide()
        moved(competition, CompetitionState.AT_PANEL, "competition.decided", by=by, role=role, at=at)
    return decisions


def must_be_as_frozen(competition: Competition, rows: list[Ranked]) -> FrozenSheet:
    """Return the frozen sheet; refuse figures that are not those of it. Bids withdrawn since do not matter."""
    frozen = FrozenSheet.objects.filter(competition=competition).first()
    if frozen is None:
        raise Refused("The scores of this competition were not fixed for a panel.")
    if digest(frozen.lines) != frozen.sha256:
        raise Refused("The frozen sheet is not the one whose hash was taken. Tell an auditor.")
    for row in rows:
        figures, fixed = queries.frozen_line(row), frozen.lines.get(row.reference, {})
        if any(fixed.get(name) != figure for name, figure in figures.items()):
            raise Refused(f"The figures of {row.reference} are not those fixed for the panel. Tell an auditor.")
    return frozen


def _agreed(competition: Competition) -> PanelMeeting:
    meeting = panel_queries.newest_agreed(competition)
    if meeting is None:
        raise Refused("The panel has to meet first, and its chair to agree the minutes.")
    return meeting


def _put_forward(
    competition: Competition, meeting: PanelMeeting, rows: list[Ranked], outcomes: Mapping[str, str],
    overrides: Mapping[str, str], change_reason: str, *, by: User, role: str, at: dt.datetime,
) -> Proposal:  # fmt: skip
    """Put a decision forward that fits, bound to the minutes and the frozen sheet that it rests on."""
    left = _must_fit(competition, rows, outcomes, overrides, change_reason)
    content = {
        "competition": competition.reference,
        "threshold": competition.quality_threshold,
        "left_pence": left,
        "meeting": meeting.pk,
        "minutes_sha256": meeting.minutes_sha256,
        "sheet_sha256": meeting.sheet_sha256,
        "change_reason": change_reason,
        "bids": {
            reference: {**figures, "outcome": str(outcomes[reference]), "override_reason": overrides.get(reference, "")}
            for reference, figures in _figures(rows).items()
        },
    }
    return approvals.propose(kind="decision", reference=competition.reference, content=content, by=by, role=role, at=at)


def _must_fit(
    competition: Competition, rows: list[Ranked], outcomes: Mapping[str, str], overrides: Mapping[str, str],
    change_reason: str,
) -> int:  # fmt: skip
    """Return the money that a decision has, in pence; refuse one that breaks a rule or touches an award."""
    must_be_as_frozen(competition, rows)
    awarded = Bid.objects.filter(pk__in=[row.bid_id for row in rows], award__isnull=False)
    if touched := awarded.order_by("reference").values_list("reference", flat=True).first():
        raise Refused(f"An award was offered for {touched}. Withdraw or end the award; the decision on it stays.")
    freed = sum(row.grant_pounds for row in rows if row.state == BidState.SUCCESSFUL) * 100
    left = queries.left_pence(competition, queries.ranked(competition)) + freed
    reasons = dict.fromkeys(outcomes, change_reason) if change_reason else overrides
    problems = rules.problems_of_decision(
        rows, outcomes, reasons, left_pence=left, threshold=competition.quality_threshold
    )
    if problems:
        raise Refused(" ".join(problems))
    return left


def _figures(rows: list[Ranked]) -> dict[str, dict[str, Any]]:
    """Return the figures a decision is taken on, by bid reference."""
    return {row.reference: {name: getattr(row, name) for name in _FIGURES} for row in rows}


def _is_asked(row: Ranked, lines: Mapping[str, Any], *, is_first: bool) -> bool:
    """Tell whether a bid is decided on: at the panel every bid that stands, later those that are named."""
    return row.state == BidState.SUBMITTED if is_first else row.reference in lines and row.state in rules.DECIDED


def _decide(bid: Bid, line: Mapping[str, Any], proposal: Proposal, *, by: User, role: str, at: dt.datetime) -> Decision:
    """Write one decision and move its bid."""
    decision = Decision.objects.create(
        bid=bid, proposal=proposal, outcome=line["outcome"], rank=line["rank"], score=_decimal(line["score"]),
        spread=_decimal(line["spread"]), counted=line["counted"], override_reason=line["override_reason"],
        meeting_id=proposal.content["meeting"], change_reason=proposal.content["change_reason"], at=at,
    )  # fmt: skip
    before = bid.state
    match line["outcome"]:
        case Outcome.SUCCESSFUL:
            bid.succeed()
        case Outcome.UNSUCCESSFUL:
            bid.fail()
        case _:
            bid.hold_in_reserve()
    bid.save(update_fields=["state"])
    record(
        "bid.decided", bid, by=by, role=role, at=at,
        changes={
            "state": [before, bid.state], "decision": decision, "rank": line["rank"], "score": line["score"],
            "override_sha256": digest(line["override_reason"]) if line["override_reason"] else None,
            "minutes_sha256": proposal.content["minutes_sha256"],
        },
    )  # fmt: skip
    return decision


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
