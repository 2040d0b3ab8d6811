"""Declare match funding, give evidence of it, and decide on it."""

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.rules import Refused
from accounts.states import Role
from audit.record import digest, record
from bids import match, queries, rules
from bids.actions.locks import locked, locked_partner, locked_source, must_edit_part
from bids.models import Bid, Document, MatchSource, Partner
from bids.states import MatchState, ScanState
from infra import words

REASON_WORDS = 400


@transaction.atomic
def declare_match(
    *,
    partner: Partner,
    kind: str,
    funder: str,
    amount_pounds: int,
    secured_on: dt.date,
    available_on: dt.date,
    by: User,
    at: dt.datetime,
) -> MatchSource:
    """Declare a source of a partner's match funding, in whole pounds.

    Raises:
        Refused: it cannot be match funding, the bid has ended, or `by` may not change this partner's money.
    """
    bid, partner = locked_partner(partner)
    must_edit_part(bid, partner, by)
    if bid.state not in match.OPEN_TO_SOURCES:
        raise Refused("The bid has ended, so match funding can no longer be declared.")
    funder = match.tidy(funder)
    if problem := words.why_not_text(funder):
        raise Refused(problem)
    match.must_count_as_match(
        kind=kind, funder=funder, pounds=amount_pounds, secured_on=secured_on, available_on=available_on,
        partner_kind=partner.organisation.kind, allowed=queries.match_kinds(bid.competition), today=at.date(),
    )  # fmt: skip
    match.must_be_there_before_the_end(available_on, bid.start_on, bid.months)
    source = MatchSource.objects.create(
        partner=partner, kind=kind, funder=funder, amount_pounds=amount_pounds, secured_on=secured_on,
        available_on=available_on,
    )  # fmt: skip
    record(
        "match.declared", bid, by=by, role=Role.APPLICANT, at=at,
        changes={"source": source, "kind": kind, "pounds": amount_pounds, "organisation": partner.organisation_id},
    )  # fmt: skip
    return source


@transaction.atomic
def drop_match(*, source: MatchSource, by: User, at: dt.datetime) -> None:
    """Take back a source that no evidence has been given of.

    Raises:
        Refused: evidence has been given.
    """
    bid, source = locked_source(source)
    must_edit_part(bid, source.partner, by)
    if source.state != MatchState.DECLARED or source.documents.exists():
        raise Refused("Evidence of this source has been given, so it stays on the record.")
    record("match.dropped", bid, by=by, role=Role.APPLICANT, at=at, changes={"source": source})
    source.delete()


@transaction.atomic
def give_evidence(*, source: MatchSource, document: Document, by: User, at: dt.datetime) -> MatchSource:
    """Hand in a document, attached to the source, as evidence of it; more documents may follow.

    Raises:
        Refused: the document belongs elsewhere, has no date, is too old, or the source has been decided on.
    """
    bid, source = locked_source(source)
    must_edit_part(bid, source.partner, by)
    document = Document.objects.get(pk=document.pk)
    if document.match_source_id != source.pk:
        raise Refused("This document is not attached to this source of match funding.")
    if document.scan == ScanState.INFECTED:
        raise Refused("This document holds a virus. Give another one.")
    match.must_be_fresh(source.kind, document.dated_on, at.date())
    if source.state in (MatchState.VERIFIED, MatchState.REJECTED):
        raise Refused(f"This source is {source.get_state_display().lower()} already.")
    before = source.state
    if before != MatchState.EVIDENCED:
        source.give_evidence()
        source.save(update_fields=["state"])
    record(
        "match.evidenced", bid, by=by, role=Role.APPLICANT, at=at,
        changes={"source": source, "state": [before, source.state], "sha256": document.sha256},
    )  # fmt: skip
    return source


@transaction.atomic
def verify_match(
    *,
    source: MatchSource,
    pounds: int,
    by: User,
    role: str,
    at: dt.datetime,
    duplicate_reason: str = "",
    covers_pounds: int | None = None,
) -> MatchSource:
    """Verify a source, whole or in part: somebody has seen the money in clean evidence.

    Args:
        pounds: what is verified, at most the amount declared.
        duplicate_reason: why it counts here although the same pledge or file is cited elsewhere.
        covers_pounds: what the evidence cited more than once covers in all; left out, the largest amount declared.

    Raises:
        Refused: `by` is no finance officer or belongs to the applicant, there is no clean evidence, the amount is
            too high, or the same money is cited elsewhere and no reason or no headroom is left.
    """
    bid, source, same = _to_decide(source, by, role)
    if source.state != MatchState.EVIDENCED:
        raise Refused("Only a source with evidence that waits for a decision can be verified.")
    if not 1 <= pounds <= source.amount_pounds:
        raise Refused(f"Verify between £1 and £{source.amount_pounds:,}, the amount declared.")
    if not source.documents.filter(deleted_at=None, scan=ScanState.CLEAN).exists():
        raise Refused("No evidence of this source has been scanned and found clean yet.")
    if same:
        cited = ", ".join(sorted({s.partner.bid.reference for s in same}))
        if not duplicate_reason.strip():
            raise Refused(
                f"The same pledge or the same file is cited in {cited}. Give a reason why it counts here too."
            )
        largest = max(s.amount_pounds for s in [source, *same])
        match.must_fit_headroom(
            pounds=pounds,
            verified_elsewhere=queries.verified_pounds(same),
            covers=largest if covers_pounds is None else covers_pounds,
        )
        source.reason = _checked_reason(duplicate_reason)
    source.verify(pounds=pounds, by=by, at=at)
    source.save(update_fields=["state", "verified_pounds", "decided_by", "decided_at", "reason"])
    record(
        "match.verified", bid, by=by, role=role, at=at,
        changes={
            "source": source, "pounds": pounds, "of": source.amount_pounds,
            "evidence": list(source.documents.order_by("id").values_list("sha256", flat=True)),
            "same_money_as": [s.pk for s in same], "reason_sha256": digest(source.reason) if same else None,
            "covers": covers_pounds,
        },
    )  # fmt: skip
    return source


@transaction.atomic
def query_match(*, source: MatchSource, reason: str, by: User, role: str, at: dt.datetime) -> MatchSource:
    """Ask the applicant for more evidence of a source, saying what.

    Raises:
        Refused: `by` may not decide, there is no reason, or no evidence waits for a decision.
    """
    bid, source, _ = _to_decide(source, by, role)
    if source.state != MatchState.EVIDENCED:
        raise Refused("Only a source with evidence that waits for a decision can be queried.")
    source.query(reason=_checked_reason(reason), by=by, at=at)
    return _decided("match.queried", bid, source, MatchState.EVIDENCED, by=by, role=role, at=at)


@transaction.atomic
def reject_match(*, source: MatchSource, reason: str, by: User, role: str, at: dt.datetime) -> MatchSource:
    """Find that a source is no match funding, saying why.

    Raises:
        Refused: `by` may not decide, there is no reason, or nothing waits for a decision.
    """
    bid, source, _ = _to_decide(source, by, role)
    before = source.state
    if before not in (MatchState.EVIDENCED, MatchState.QUERIED):
        raise Refused("Only a source that waits for a decision can be rejected.")
    source.reject(reason=_checked_reason(reason), by=by, at=at)
    return _decided("match.rejected", bid, source, before, by=by, role=role, at=at)


def _to_decide(source: MatchSource, by: User, role: str) -> tuple[Bid, MatchSource, list[MatchSource]]:
    """Return the bid and the source, locked, and the other sources that cite the same money.

    All of these sources are locked in the order of their keys, so that two officers neither verify one pledge in two
    bids nor wait for each other in a circle; what cites the same money is then read anew.
    """
    if role not in rules.VERIFIES_MATCH:
        raise Refused("Only a finance officer can decide on match funding.")
    bid = locked(Partner.objects.values_list("bid", flat=True).get(match_sources=source))
    if queries.is_of_applicant(by, bid):
        raise Refused("You belong to an organisation of this bid, so somebody else has to decide.")
    if bid.state not in match.VERIFIABLE:
        raise Refused(f"The bid is {bid.get_state_display().lower()}, so its match funding is not decided on.")
    keys = [source.pk, *queries.same_money(source).values_list("pk", flat=True)]
    rows = MatchSource.objects.select_for_update(no_key=True, of=("self",)).select_related("partner__organisation")
    fresh = {s.pk: s for s in rows.filter(pk__in=keys).order_by("pk")}[source.pk]
    return bid, fresh, list(queries.same_money(fresh))


def _checked_reason(reason: str) -> str:
    reason = reason.strip()
    if problem := words.why_not_text(reason) or words.over_limit(reason, REASON_WORDS):
        raise Refused(problem)
    if not words.count(reason):
        raise Refused("Give a reason.")
    return reason


def _decided(
    verb: str, bid: Bid, source: MatchSource, before: str, *, by: User, role: str, at: dt.datetime
) -> MatchSource:
    source.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    record(
        verb, bid, by=by, role=role, at=at,
        changes={"source": source, "state": [before, source.state], "reason_sha256": digest(source.reason)},
    )  # fmt: skip
    return source
