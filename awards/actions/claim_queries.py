"""Ask about items of a claim, answer, and settle: what both sides write stands together."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from accounts.models import User
from accounts.rules import Refused
from accounts.states import Role
from audit.record import digest, record
from awards import rules
from awards.actions.locks import act_for_government, hold_claim, hold_open, move, must_monitor
from awards.models import Claim, LineQuery, QueryMessage
from awards.states import ClaimState, QueryState

ASKING = frozenset({Role.MONITORING_OFFICER, Role.FUND_MANAGER, Role.FINANCE_OFFICER})
WITH_OFFICIALS = (ClaimState.SUBMITTED, ClaimState.REVIEWED, ClaimState.APPROVED)


def ask(claim: Claim, questions: Mapping[int, str], *, by: User, role: str, at: dt.datetime) -> None:
    """Ask about items of a claim that is held; one that is being asked about already is asked again."""
    lines = {line.pk: line for line in claim.lines.filter(pk__in=questions)}
    for key, text in questions.items():
        if key not in lines:
            raise Refused("An item that you ask about is not on the claim any more. Reload the page.")
        line = lines[key]
        query = claim.queries.filter(line=line).exclude(state=QueryState.SETTLED).first()
        if query is None:
            query = LineQuery.objects.create(claim=claim, line=line, about=line.description, opened_by=by, opened_at=at)
        elif query.state == QueryState.ANSWERED:
            move(query.ask_again)
            query.save(update_fields=["state"])
        _write(query, text, by=by, role=role, at=at)


@transaction.atomic
def answer_query(*, query: LineQuery, text: str, by: User, at: dt.datetime) -> LineQuery:
    """Answer a question about an item, for the claimant, while the claim is open.

    Raises:
        Refused: the claim is not open, the question is settled, or nothing is written.
    """
    claim = hold_open(query.claim, by)
    query = claim.queries.select_for_update(no_key=True).get(pk=query.pk)
    if query.state == QueryState.SETTLED:
        raise Refused("This question is settled. Nothing more needs to be written about it.")
    if query.state == QueryState.OPEN:
        move(query.answer)
        query.save(update_fields=["state"])
    _write(query, text, by=by, role=Role.APPLICANT, at=at)
    return query


@transaction.atomic
def settle_query(*, query: LineQuery, by: User, role: str, at: dt.datetime) -> LineQuery:
    """Settle a question: the item stands as it is. For officials, while the claim is with them.

    Raises:
        Refused: the claim is with the claimant or decided, or the person has no part in it.
    """
    claim = hold_claim(query.claim)
    act_for_government(claim.award, by=by, role=role, needed=ASKING)
    if role == Role.MONITORING_OFFICER:
        must_monitor(claim.award, by)
    if claim.state not in WITH_OFFICIALS:
        raise Refused(f"Claim {claim.reference} is {claim.get_state_display().lower()}: nothing is settled now.")
    query = claim.queries.select_for_update(no_key=True).get(pk=query.pk)
    if query.state != QueryState.SETTLED:
        changes = move(query.settle)
        query.save(update_fields=["state"])
        record("claim.query_settled", claim, by=by, role=role, at=at, changes={"query": query.pk, "state": changes})
    return query


def _write(query: LineQuery, text: str, *, by: User, role: str, at: dt.datetime) -> None:
    text = rules.kept(text, "what you want to say", 4_000)
    is_from_claimant = role == Role.APPLICANT
    QueryMessage.objects.create(query=query, text=text, is_from_claimant=is_from_claimant, by=by, at=at)
    verb = "claim.query_answered" if is_from_claimant else "claim.query_asked"
    changes = {"query": query.pk, "line": query.line_id, "text_sha256": digest(text)}
    record(verb, query.claim, by=by, role=role, at=at, changes=changes)
