"""Decide on match funding: take a case, verify, query or reject it, look again, and let old evidence expire.

Each decision is a row of its own that is never changed; the state of the source follows the newest.
"""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from accounts.rules import Refused
from audit.record import digest, record
from bids import match, match_checks, queries, rules
from bids.actions.correspondence import tell_applicants
from bids.actions.locks import locked, locked_source
from bids.models import Bid, MatchSource, MatchVerification, Partner, SameMoney
from bids.states import MatchOutcome, MatchState, SameMoneyOutcome, ScanState
from infra import words

REASON_WORDS = 400


@transaction.atomic
def take_case(*, source: MatchSource, by: User, role: str, at: dt.datetime) -> MatchSource:
    """Take a source to decide on it, so that nobody else looks at it meanwhile; a colleague's case is taken over.

    Raises:
        Refused: `by` may not decide on it, or it does not wait for a decision.
    """
    bid, source, _ = _to_decide(source, by, role)
    if source.state not in (MatchState.EVIDENCED, MatchState.QUERIED):
        raise Refused("Only a source that waits for a decision can be taken.")
    before, source.taken_by, source.taken_at = source.taken_by_id, by, at
    source.save(update_fields=["taken_by", "taken_at"])
    record("match.taken", bid, by=by, role=role, at=at, changes={"source": source, "taken_by": [before, by.pk]})
    return source


@transaction.atomic
def leave_case(*, source: MatchSource, by: User, role: str, at: dt.datetime) -> MatchSource:
    """Give a case back to the queue."""
    bid, source, _ = _to_decide(source, by, role)
    if source.taken_by_id != by.pk:
        raise Refused("This is not your case, so you cannot give it back.")
    source.taken_by = source.taken_at = None
    source.save(update_fields=["taken_by", "taken_at"])
    record("match.left", bid, by=by, role=role, at=at, changes={"source": source, "taken_by": [by.pk, None]})
    return source


@transaction.atomic
def verify_match(
    *,
    source: MatchSource,
    pounds: int,
    checks: Collection[str],
    by: User,
    role: str,
    at: dt.datetime,
    duplicate_reason: str = "",
    covers_pounds: int | None = None,
) -> MatchSource:
    """Verify a source, whole or in part: somebody has seen the money in clean evidence.

    Args:
        pounds: what is verified, at most the amount declared.
        checks: codes of what was checked; all those of the source's kind (`match_checks.CHECKS`).
        duplicate_reason: why it counts here although the same pledge or file is cited elsewhere.
        covers_pounds: what the evidence cited more than once covers in all; left out, the largest amount declared.

    Raises:
        Refused: `by` is no finance officer, belongs to the applicant or is responsible for the competition; there is no
            clean evidence or it is too old; a check is missing; the amount is too high; a colleague has the case; or
            the same money is cited elsewhere and no reason or no headroom is left.
    """
    bid, source, same = _to_decide(source, by, role)
    _must_have(source, by)
    if source.state != MatchState.EVIDENCED:
        raise Refused("Only a source with evidence that waits for a decision can be verified.")
    if not 1 <= pounds <= source.amount_pounds:
        raise Refused(f"Verify between £1 and £{source.amount_pounds:,}, the amount declared.")
    dated_on = _newest_clean(source)
    match.must_be_fresh(source.kind, dated_on, at.date())
    checked = match_checks.must_be_checked(source.kind, checks)
    source.reason = ""
    if same:
        source.reason = _why_it_counts_twice(source, same, pounds, duplicate_reason, covers_pounds, by=by, at=at)
    expires_on = match_checks.recent_until(source.kind, dated_on)
    facts = {"pounds": pounds, "checks": checked, "expires_on": expires_on, "reason": source.reason}
    made = _write(source, MatchOutcome.VERIFIED, by=by, at=at, **facts)
    source.verify(pounds=pounds, by=by, at=at)
    source.save(update_fields=["state", "verified_pounds", "decided_by", "decided_at", "reason"])
    record(
        "match.verified", bid, by=by, role=role, at=at,
        changes={
            "source": source, "number": made.number, "pounds": pounds, "of": source.amount_pounds, "checks": checked,
            "expires_on": expires_on, "evidence": made.evidence, "same_money_as": [s.pk for s in same],
            "reason_sha256": digest(source.reason) if same else None, "covers": covers_pounds,
        },
    )  # fmt: skip
    tell_applicants("match_verified", source, f"{made.number}", at, verification=made)
    return source


@transaction.atomic
def query_match(*, source: MatchSource, reason: str, by: User, role: str, at: dt.datetime) -> MatchSource:
    """Ask the applicant for more evidence of a source, saying what.

    Raises:
        Refused: `by` may not decide, there is no reason, or no evidence waits for a decision.
    """
    bid, source, _ = _to_decide(source, by, role)
    _must_have(source, by)
    if source.state != MatchState.EVIDENCED:
        raise Refused("Only a source with evidence that waits for a decision can be queried.")
    source.query(reason=checked_reason(reason), by=by, at=at)
    return _decided(MatchOutcome.QUERIED, bid, source, MatchState.EVIDENCED, by=by, role=role, at=at)


@transaction.atomic
def reject_match(*, source: MatchSource, reason: str, by: User, role: str, at: dt.datetime) -> MatchSource:
    """Find that a source is no match funding, saying why.

    Raises:
        Refused: `by` may not decide, there is no reason, or nothing waits for a decision.
    """
    bid, source, same = _to_decide(source, by, role)
    _must_have(source, by)
    before = source.state
    if before not in (MatchState.EVIDENCED, MatchState.QUERIED):
        raise Refused("Only a source that waits for a decision can be rejected.")
    source.reject(reason=checked_reason(reason), by=by, at=at)
    _write_pairs(source, same, SameMoneyOutcome.REJECTED, source.reason, by, at)
    return _decided(MatchOutcome.REJECTED, bid, source, before, by=by, role=role, at=at)


@transaction.atomic
def look_again(*, source: MatchSource, reason: str, by: User, role: str, at: dt.datetime) -> MatchSource:
    """Put a source that was verified or rejected back among those that wait; the decision stays on the record.

    Raises:
        Refused: `by` may not decide, there is no reason, or nothing was decided.
    """
    bid, source, _ = _to_decide(source, by, role)
    before = source.state
    if before not in (MatchState.VERIFIED, MatchState.REJECTED):
        raise Refused("Only a source that was verified or rejected can be looked at again.")
    reason = checked_reason(reason)
    made = _write(source, MatchOutcome.REOPENED, by=by, at=at, reason=reason)
    source.look_again()
    source.waiting_since, source.taken_by, source.taken_at = at, by, at
    source.save(update_fields=["state", "waiting_since", "taken_by", "taken_at"])
    facts = {"number": made.number, "state": [before, source.state], "reason_sha256": digest(reason)}
    record("match.reopened", bid, by=by, role=role, at=at, changes={"source": source} | facts)
    return source


@transaction.atomic
def expire_match(*, source: MatchSource, at: dt.datetime) -> MatchSource:
    """Ask for newer evidence of a verified source whose evidence has grown too old; again, it changes nothing."""
    bid, source = locked_source(source)
    newest = source.verifications.last()
    if source.state != MatchState.VERIFIED or not newest or not newest.expires_on or newest.expires_on >= at.date():
        return source
    reason = (
        f"It was verified on evidence that was recent enough until {newest.expires_on:%-d %B %Y}. Give newer evidence,"
        f" at most {match.EVIDENCE_DAYS} days old."
    )
    made = _write(source, MatchOutcome.EXPIRED, by=None, at=at, reason=reason)
    source.expire(reason=reason)
    source.save(update_fields=["state", "reason"])
    facts = {"source": source, "number": made.number, "state": [MatchState.VERIFIED, source.state]}
    record("match.expired", bid, by=None, at=at, changes=facts)
    tell_applicants("match_queried", source, f"{made.number}", at, reason=reason)
    return source


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
    if by.pk == bid.competition.responsible_officer_id:
        raise Refused("You are responsible for this competition, so somebody else has to decide.")
    if bid.state not in match.VERIFIABLE:
        raise Refused(f"The bid is {bid.get_state_display().lower()}, so its match funding is not decided on.")
    keys = [source.pk, *queries.same_money(source).values_list("pk", flat=True)]
    rows = MatchSource.objects.select_for_update(no_key=True, of=("self",)).select_related("partner__organisation")
    fresh = {s.pk: s for s in rows.filter(pk__in=keys).order_by("pk")}[source.pk]
    return bid, fresh, list(queries.same_money(fresh))


def _must_have(source: MatchSource, by: User) -> None:
    """Refuse a case that a colleague has."""
    if source.taken_by_id not in (None, by.pk):
        raise Refused(f"{source.taken_by} has this case. Ask them, or take it over first.")


def _newest_clean(source: MatchSource) -> dt.date | None:
    """Return the newest date on evidence that was found clean."""
    clean = source.documents.filter(deleted_at=None, scan=ScanState.CLEAN)
    if not clean.exists():
        raise Refused("No evidence of this source has been scanned and found clean yet.")
    return clean.aggregate(newest=Max("dated_on"))["newest"]


def _why_it_counts_twice(
    source: MatchSource,
    same: list[MatchSource],
    pounds: int,
    reason: str,
    covers: int | None,
    *,
    by: User,
    at: dt.datetime,
) -> str:
    """Return why money that is cited elsewhere counts here too, and write it down for each place."""
    if not reason.strip():
        cited = ", ".join(sorted({s.partner.bid.reference for s in same}))
        raise Refused(f"The same pledge or the same file is cited in {cited}. Give a reason why it counts here too.")
    largest = max(s.amount_pounds for s in [source, *same])
    elsewhere = queries.verified_pounds(same)
    match.must_fit_headroom(pounds=pounds, verified_elsewhere=elsewhere, covers=largest if covers is None else covers)
    reason = checked_reason(reason)
    _write_pairs(source, same, SameMoneyOutcome.CLEARED, reason, by, at)
    return reason


def _write_pairs(
    source: MatchSource, same: list[MatchSource], outcome: str, reason: str, by: User, at: dt.datetime
) -> None:
    SameMoney.objects.bulk_create(
        SameMoney(source=source, other=other, outcome=outcome, reason=reason, by=by, at=at) for other in same
    )


def checked_reason(reason: str) -> str:
    """Return a reason as it is kept.

    Raises:
        Refused: it is empty, too long, or holds characters that cannot be kept.
    """
    reason = reason.strip()
    if problem := words.why_not_text(reason) or words.over_limit(reason, REASON_WORDS):
        raise Refused(problem)
    if words.is_blank(reason):
        raise Refused("Give a reason.")
    return reason


def _write(
    source: MatchSource, outcome: MatchOutcome, *, by: User | None, at: dt.datetime, **facts: Any
) -> MatchVerification:
    """Write a decision down, before the state of the source may follow it."""
    last = source.verifications.aggregate(last=Max("number"))["last"] or 0
    evidence = list(source.documents.filter(deleted_at=None).order_by("id").values_list("sha256", flat=True))
    return MatchVerification.objects.create(
        source=source, number=last + 1, outcome=outcome, evidence=evidence, by=by, at=at, **facts
    )


def _decided(
    outcome: MatchOutcome, bid: Bid, source: MatchSource, before: str, *, by: User, role: str, at: dt.datetime
) -> MatchSource:
    made = _write(source, outcome, by=by, at=at, reason=source.reason)
    source.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    facts = {"number": made.number, "state": [before, source.state], "reason_sha256": digest(source.reason)}
    record(f"match.{outcome}", bid, by=by, role=role, at=at, changes={"source": source} | facts)
    tell_applicants(f"match_{outcome}", source, f"{made.number}", at, reason=source.reason)
    return source
