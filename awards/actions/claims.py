"""Claim what was spent, review it and approve it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Sum

from accounts.models import Organisation, User
from accounts.rules import Refused
from accounts.states import Role
from audit.record import digest, record
from awards import claim_checks, claim_news, claim_rules, queries, reports, rules
from awards.actions.claim_queries import ask
from awards.actions.locks import (
    act_for_government,
    hold_award,
    hold_claim,
    hold_claimant,
    hold_open,
    move,
    must_monitor,
)
from awards.models import Award, Claim, ClaimLine, Evidence, MatchSpent
from awards.states import AwardState, ClaimState, QueryState, ReportKind
from funds import approvals
from funds.models import Proposal


@transaction.atomic
def start_claim(*, award: Award, organisation: Organisation, number: int, by: User, at: dt.datetime) -> Claim:
    """Return the claim of a partner for a period that is over, begun if it was not.

    Args:
        number: the three-month period of the project, from 1.

    Raises:
        Refused: the award is not live, the period is not over, or the partner receives no grant.
    """
    award = hold_award(award)
    rules.must_belong(by.organisation_ids(Role.APPLICANT), organisation.pk)
    _must_be_live(award)
    place, part = next(
        ((i, p) for i, p in enumerate(award.partners.all(), start=1) if p.organisation_id == organisation.pk),
        (0, None),
    )
    if part is None or not part.grant_pounds:
        raise Refused(f"{organisation} receives no grant from award {award.reference}, so it has nothing to claim.")
    starts_on, ends_on = rules.period(award.starts_on, award.ends_on, number, rules.uk_day(at))
    claim, is_new = Claim.objects.get_or_create(
        award=award,
        organisation=organisation,
        number=number,
        defaults={
            "reference": rules.claim_reference(award.reference, place, number),
            "starts_on": starts_on,
            "ends_on": ends_on,
        },
    )
    if is_new:
        record("claim.started", claim, by=by, role=Role.APPLICANT, at=at, changes={"organisation": organisation.pk})
    return claim


@transaction.atomic
def set_claim_lines(*, claim: Claim, lines: Sequence[rules.Line], match_pence: int, by: User, at: dt.datetime) -> Claim:
    """Put these items of spend on a claim in place of those before; what is wrong with them is told at submission.

    Files that proved the items before stay with the claim, but prove nothing until they are chosen for a new item.

    Args:
        match_pence: match funding spent in the period, as one sum.

    Raises:
        Refused: the claim is submitted, or an amount or a category cannot be kept at all.
    """
    claim = hold_open(claim, by)
    rules.must_be_keepable(lines, match_pence)
    before = digest(_lines(claim))
    claim.lines.all().delete()
    ClaimLine.objects.bulk_create(ClaimLine(claim=claim, **columns(line)) for line in lines)
    claim.match_lines.all().delete()
    if match_pence:
        MatchSpent.objects.create(
            claim=claim, description="Match funding spent in the period", spent_on=claim.ends_on, pence=match_pence,
            no_evidence_reason="Given as one sum for the period.",
        )  # fmt: skip
    add_up(claim)
    changes = {"lines_sha256": [before, digest(_lines(claim))], "eligible_pence": claim.eligible_pence}
    record("claim.written", claim, by=by, role=Role.APPLICANT, at=at, changes=changes)
    return claim


@transaction.atomic
def submit_claim(*, claim: Claim, by: User, at: dt.datetime, is_nil: bool = False) -> Claim:
    """Hand a claim in, and put exactly this content forward for three people to agree.

    Args:
        is_nil: nothing was spent in the period, and nothing is claimed.

    Raises:
        Refused: it breaks a rule; the message lists every one. Or the award is not live.
    """
    claim = hold_open(claim, by)
    hold_claimant(claim)
    _must_be_live(claim.award)
    claim.is_nil = is_nil and not claim.lines.exists() and not claim.match_lines.exists()
    if problems := claim_checks.problems(claim):
        raise Refused(" ".join(problem.sentence for problem in problems))
    claim.declaration = claim_rules.DECLARATION
    _set_sums(claim)
    content = content_of(claim, round=_rounds(claim) + 1, by=by)
    claim.content_sha256 = digest(content)
    # The content is frozen with the state, so it is written while the claim is still open to changes.
    claim.save(update_fields=["eligible_pence", "grant_pence", "content_sha256", "is_nil", "declaration"])
    changes = move(claim.submit, by=by, at=at)
    _save_within_the_grant(
        claim, ["state", "submitted_by", "submitted_at", "received_at", "queried_at", "held_seconds"]
    )
    record(
        "claim.submitted", claim, by=by, role=Role.APPLICANT, at=at,
        changes={
            "state": changes, "grant_pence": claim.grant_pence, "sha256": claim.content_sha256, "is_nil": claim.is_nil,
        },
    )  # fmt: skip
    approvals.propose(kind="claim", reference=claim.reference, content=content, by=by, role=Role.APPLICANT, at=at)
    claim_news.submitted(claim, at)
    return claim


@transaction.atomic
def review_claim(*, claim: Claim, by: User, role: str, at: dt.datetime, seen: str | None = None) -> Claim:
    """Agree to a claim as the monitoring officer of the award's network: the first of three people.

    Args:
        seen: digest of the claim as the person has read it; left out, nothing is compared.
    """
    claim = _hold_as_read(claim, seen)
    must_monitor(claim.award, by)
    _must_be_answered(claim)
    if claim.is_nil:
        return _note(claim, by=by, role=role, at=at)
    claim = agree(claim, "review", by=by, role=role, at=at)
    claim_news.adjusted(claim, at)
    claim_news.reviewed(claim, at)
    return claim


@transaction.atomic
def approve_claim(*, claim: Claim, by: User, role: str, at: dt.datetime, seen: str | None = None) -> Claim:
    """Approve a reviewed claim as the fund manager: the second of three people.

    Args:
        seen: digest of the claim as the person has read it; left out, nothing is compared.

    Raises:
        Refused: as `agree`; a question is not settled, or a report that the claim needs is not accepted.
    """
    claim = _hold_as_read(claim, seen)
    _must_be_answered(claim)
    if claim.state == ClaimState.REVIEWED and (kind := reports.missing(claim)):
        raise Refused(f"Claim {claim.reference} waits for an accepted report: {ReportKind(kind).label.lower()}.")
    claim = agree(claim, "approve", by=by, role=role, at=at)
    claim_news.approved(claim, at)
    return claim


@transaction.atomic
def query_claim(
    *, claim: Claim, reason: str, by: User, role: str, at: dt.datetime, questions: Mapping[int, str] | None = None
) -> Claim:
    """Ask the claimant about a claim that is not instructed yet; what was agreed to it counts no more.

    Args:
        questions: the key of an item → what is asked about it.
    """
    claim = _give_back(hold_claim(claim), "query", reason, by=by, role=role, at=at)
    ask(claim, questions or {}, by=by, role=role, at=at)
    claim_news.queried(claim, at)
    return claim


@transaction.atomic
def reject_claim(*, claim: Claim, reason: str, by: User, role: str, at: dt.datetime) -> Claim:
    """Refuse a claim for good."""
    claim = _give_back(hold_claim(claim), "reject", reason, by=by, role=role, at=at)
    claim_news.rejected(claim, at)
    return claim


def agree(claim: Claim, step: str, *, by: User, role: str, at: dt.datetime) -> Claim:
    """Take one step of the three on a claim that is held: approve its exact content, then move its state.

    Raises:
        Refused: it is not the step's turn, not the person's role, or the person took another step already.
    """
    state, needed = rules.CLAIM_STEPS[step]
    act_for_government(claim.award, by=by, role=role, needed=needed)
    if claim.state != state:
        now = claim.get_state_display().lower()
        raise Refused(f"Claim {claim.reference} is {now}, but this is for a claim that is {state.label.lower()}.")
    approvals.approve(proposal=_proposal(claim), by=by, role=role, at=at, step=step)
    changes = move(getattr(claim, step))
    claim.save(update_fields=["state"])
    facts = {"state": changes, "sha256": claim.content_sha256}
    record(f"claim.{claim.state}", claim, by=by, role=role, at=at, changes=facts)
    return claim


def content_of(claim: Claim, *, round: int, by: User | None) -> dict[str, Any]:
    """Return what is agreed to: who claims what for which period, each item of spend and the sums, in pence.

    Args:
        round: which submission it is, from 1; so what was agreed to before a query never counts after it.
    """
    return {
        "round": round,
        "submitted_by": by,
        "claim": claim.reference,
        "award": claim.award.reference,
        "organisation": claim.organisation_id,
        "starts_on": claim.starts_on,
        "ends_on": claim.ends_on,
        "is_nil": claim.is_nil,
        "declaration": claim.declaration,
        "lines": _lines(claim),
        "match": _match_lines(claim),
        "evidence": _proofs(claim),
        "eligible_pence": claim.eligible_pence,
        "grant_pence": claim.grant_pence,
        "match_pence": claim.match_pence,
    }


def columns(line: rules.Line) -> dict[str, Any]:
    """Return what a row keeps of an item of spend."""
    texts = ("description", "invoice_number", "supplier", "no_evidence_reason", "duplicate_reason")
    kept = {name: getattr(line, name).strip() for name in texts}
    return {"category": line.category, "incurred_on": line.incurred_on, "pence": line.pence, **kept}


def add_up(claim: Claim) -> None:
    """Keep what a claim that is held and open comes to, after a change of its items."""
    _set_sums(claim)
    claim.match_pence = claim.match_lines.aggregate(total=Sum("pence"))["total"] or 0
    claim.is_nil = False
    claim.save(update_fields=["eligible_pence", "grant_pence", "match_pence", "is_nil"])


def put_forward_again(claim: Claim, *, by: User, role: str, at: dt.datetime) -> None:
    """Put a claim that is held forward anew, after the monitoring officer has changed what counts of it.

    The claimant stays the maker: the content is theirs, and the officer takes the first of the three steps.

    Raises:
        Refused: nothing is left to pay, or the sums are above what is left.
    """
    _set_sums(claim)
    if not claim.grant_pence:
        raise Refused("Nothing would be left to pay. Reject the claim instead, with the reason.")
    content = content_of(claim, round=_rounds(claim) + 1, by=claim.submitted_by)
    claim.content_sha256 = digest(content)
    _save_within_the_grant(claim, ["eligible_pence", "grant_pence", "content_sha256"])
    approvals.propose(
        kind="claim", reference=claim.reference, content=content, by=by, role=role, at=at, maker=claim.submitted_by
    )


def _set_sums(claim: Claim) -> None:
    sums = rules.claim_sums(queries.lines_of(claim), queries.entitlement(claim))
    claim.eligible_pence, claim.grant_pence = sums.eligible, sums.grant


def _save_within_the_grant(claim: Claim, fields: list[str]) -> None:
    """Save a claim; the database refuses what is above the grant, whoever else claims at this moment."""
    try:
        with transaction.atomic():
            claim.save(update_fields=fields)
    except IntegrityError as error:
        if "of the grant" not in str(error):
            raise
        raise Refused(
            f"Claim {claim.reference} is above what is left of the grant. Open it again and save it."
        ) from error


def _lines(claim: Claim) -> list[dict[str, Any]]:
    lines = claim.lines.order_by("id").annotate(disallowed=queries.DISALLOWED)
    found = lines.values(
        "category", "description", "supplier", "invoice_number", "incurred_on", "pence", "no_evidence_reason",
        "duplicate_reason", "disallowed",
    )  # fmt: skip
    return [{**row} for row in found]


def _match_lines(claim: Claim) -> list[dict[str, Any]]:
    fields = ("source_id", "description", "spent_on", "pence", "no_evidence_reason")
    return list(claim.match_lines.order_by("id").values(*fields))


def _proofs(claim: Claim) -> list[dict[str, Any]]:
    """Return which file, by its SHA-256, proves which item."""
    proofs = Evidence.objects.filter(document__claim=claim).order_by("id")
    return [{**row} for row in proofs.values("line_id", "match_line_id", sha256=F("document__sha256"))]


def _rounds(claim: Claim) -> int:
    """Return how many times the claim was submitted."""
    return Proposal.objects.filter(kind="claim", reference=claim.reference).count()


def _hold_as_read(claim: Claim, seen: str | None) -> Claim:
    """Return the claim held; refuse one that has changed since the person read it, while it can change no more."""
    held = hold_claim(claim)
    if seen not in (None, held.content_sha256):
        raise Refused(approvals.CHANGED)
    return held


def _proposal(claim: Claim) -> Proposal:
    proposal = approvals.newest("claim", claim.reference)
    content = content_of(claim, round=_rounds(claim), by=claim.submitted_by)
    if proposal is None or not proposal.content_sha256 == claim.content_sha256 == digest(content):
        raise Refused("The claim is not what was submitted. Query it, so that it is submitted again.")
    return proposal


def _give_back(claim: Claim, deed: str, reason: str, *, by: User, role: str, at: dt.datetime) -> Claim:
    turn = next((roles for state, roles in rules.CLAIM_STEPS.values() if state == claim.state), frozenset())
    act_for_government(claim.award, by=by, role=role, needed=turn | rules.OFFERS)
    if role in rules.CLAIM_STEPS["review"][1]:
        must_monitor(claim.award, by)
    when = {"at": at} if deed == "query" else {}
    changes = move(getattr(claim, deed), reason=rules.kept(reason, "a reason, which the claimant will read"), **when)
    claim.save(update_fields=["state", "reason", "queried_at"])
    facts = {"state": changes, "reason_sha256": digest(claim.reason)}
    record(f"claim.{claim.state}", claim, by=by, role=role, at=at, changes=facts)
    return claim


def _note(claim: Claim, *, by: User, role: str, at: dt.datetime) -> Claim:
    """Take note that nothing is claimed: that ends the claim, as there is nothing to pay."""
    act_for_government(claim.award, by=by, role=role, needed=rules.CLAIM_STEPS["review"][1])
    changes = move(claim.note)
    claim.save(update_fields=["state"])
    record("claim.nil", claim, by=by, role=role, at=at, changes={"state": changes, "sha256": claim.content_sha256})
    return claim


def _must_be_answered(claim: Claim) -> None:
    """Refuse to agree while a question about an item is not settled."""
    if query := claim.queries.exclude(state=QueryState.SETTLED).first():
        raise Refused(f"The question about “{query.about}” is not settled. Settle it, or query the claim again.")


def _must_be_live(award: Award) -> None:
    if award.state != AwardState.LIVE:
        raise Refused(
            f"Award {award.reference} is {award.get_state_display().lower()}: claims can be made while it is live."
        )
