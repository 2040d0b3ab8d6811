"""How the demo's first assessor came in, how seats were given, and a bid whose assessors talked."""

import datetime as dt
from dataclasses import replace
from typing import Any

from django.db import transaction

from accounts.models import Organisation, User
from accounts.states import Role
from assessments import actions, agreement, sheet
from assessments.actions.discussions import close_discussion, open_discussion, remark
from assessments.models import AllocationRun, Assessor, Discussion, Invitation
from assessments.question import Terms
from assessments.states import RunState
from bids.models import Bid
from funds.models import Competition

NEWCOMER = "assessor.to.be@example.org"
WHAT_IF_PERCENT = 80  # of what each assessor takes, in the run beside the one that is accepted
SECONDS = 20  # for a run
HOUR = dt.timedelta(hours=1)


def let_in(user: User, network: Organisation, lead: User, at: dt.datetime, **profile: Any) -> Assessor:
    """Let the lead of a network invite somebody, who agrees to the terms and fills in the profile."""
    invitation = actions.invite_assessor(email=user.email, network=network, by=lead, role=Role.AHSN_LEAD, at=at)
    return actions.become_assessor(
        invitation=invitation, read_sha256=agreement.SHA256, by=user, at=at + HOUR, fee_pence=0, **profile
    )


def invite_newcomer(network: Organisation, lead: User, at: dt.datetime) -> None:
    """Invite somebody who has not answered yet, once."""
    if not Invitation.objects.filter(email=NEWCOMER).exists():
        actions.invite_assessor(email=NEWCOMER, network=network, by=lead, role=Role.AHSN_LEAD, at=at)


def seat(competition: Competition, by: User, at: dt.datetime) -> None:
    """Work out two allocations, on the competition's terms and if everybody took fewer bids, and accept the first."""
    if AllocationRun.objects.filter(competition=competition, state=RunState.ACCEPTED).exists():
        return
    terms = Terms.of(competition)
    facts: dict[str, Any] = {"by": by, "role": Role.FUND_MANAGER, "at": at}
    asked = [
        actions.ask_for_run(competition=competition, terms=wanted, seconds=SECONDS, **facts)
        for wanted in (terms, replace(terms, capacity_percent=WHAT_IF_PERCENT))
    ]
    first, _ = [actions.carry_out_run(run.pk, at=at) for run in asked]
    if first is None or first.state != RunState.DONE:
        raise RuntimeError(f"The allocation failed: {first.problem if first else 'another process works on it'}")
    actions.accept_run(run=first, edits=0, **facts)


@transaction.atomic
def discuss(competition: Competition, by: User, at: dt.datetime) -> None:
    """Let the assessors of the bid with the widest spread talk, once."""
    if Discussion.objects.filter(bid__competition=competition).exists():
        return
    widest = max(sheet.of(competition).lines, key=lambda line: line.row.spread or 0)
    bid = Bid.objects.get(pk=widest.row.bid_id)
    facts: dict[str, Any] = {"by": by, "role": Role.FUND_MANAGER}
    talk = open_discussion(
        bid=bid, reason="Your scores are further apart than on any other bid. What did you see?",
        unflagged_reason="The widest spread of the round.", at=at, **facts,
    )  # fmt: skip
    held = bid.seats.filter(assessment__state="submitted").select_related("assessor__user").order_by("pk")
    said = ("The evidence of need is strong; I read the costs more kindly than others.", "The team is thin for a year.")
    for place, words in zip(held, said, strict=False):
        remark(discussion=talk, seat=place, text=words, by=place.assessor.user, at=at + HOUR)
    close_discussion(discussion=talk, outcome="Both keep their scores and have said why.", at=at + 2 * HOUR, **facts)
