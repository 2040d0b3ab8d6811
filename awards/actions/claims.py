"""Claim what was spent, review it and approve it."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from accounts.models import Organisation, User
from accounts.rules import Refused
from accounts.states import Role
from audit.record import digest, record
from awards import queries, rules
from awards.actions.locks import act_for_government, hold_award, hold_claim, hold_claimant, move
from awards.models import Award, Claim, ClaimLine
from awards.states import CLAIM_EDITABLE, AwardState
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

    Args:
        match_pence: match funding spent in the period.

    Raises:
        Refused: the claim is submitted, or an amount or a category cannot be kept at all.
    """
    claim = hold_claim(claim)
    rules.must_belong(by.organisation_ids(Role.APPLICANT), claim.organisation_id)
    _must_be_open(claim)
    rules.must_be_keepable(lines, match_pence)
    before = digest(_lines(claim))
    claim.lines.all().delete()
    ClaimLine.objects.bulk_create(
        ClaimLine(
            claim=claim,
            category=line.category,
            description=line.description.strip(),
            invoice_number=line.invoice_number.strip(),
            incurred_on=line.incurred_on,
            pence=line.pence,
        )
        for line in lines
    )
    sums = rules.claim_sums(lines, queries.entitlement(claim))
    claim.eligible_pence, claim.grant_pence, claim.match_pence = sums.eligible, sums.grant, match_pence
    claim.save(update_fields=["eligible_pence", "grant_pence", "match_pence"])
    changes = {"lines_sha256": [before, digest(_lines(claim))], "eligible_pence": sums.eligible}
    record("claim.written", claim, by=by, role=Role.APPLICANT, at=at, changes=changes)
    return claim


@transaction.atomic
def submit_claim(*, claim: Claim, by: User, at: dt.datetime) -> Claim:
    """Hand a claim in, and put exactly this content forward for three people to agree.

    Raises:
        Refused: it breaks a rule; the message lists every one. Or the award is not live.
    """
    claim = hold_claim(claim)
    hold_claimant(claim)
    rules.must_belong(by.organisation_ids(Role.APPLICANT), claim.organisation_id)
    _must_be_open(claim)
    _must_be_live(claim.award)
    if problems := queries.claim_problems(claim):
        raise Refused(" ".join(problems))
    sums = rules.claim_sums(queries.lines_of(claim), queries.entitlement(claim))
    claim.eligible_pence, claim.grant_pence = sums.eligible, sums.grant
    content = content_of(claim, round=_rounds(claim) + 1, by=by)
    claim.content_sha256 = digest(content)
    # The content is frozen with the state, so it is written while the claim is still open to changes.
    claim.save(update_fields=["eligible_pence", "grant_pence", "content_sha256"])
    changes = move(claim.submit, by=by, at=at)
    claim.save(update_fields=["state", "submitted_by", "submitted_at", "received_at", "queried_at", "held_seconds"])
    record(
        "claim.submitted", claim, by=by, role=Role.APPLICANT, at=at,
        changes={"state": changes, "grant_pence": claim.grant_pence, "sha256": claim.content_sha256},
    )  # fmt: skip
    approvals.propose(kind="claim", reference=claim.reference, content=content, by=by, role=Role.APPLICANT, at=at)
    return claim


@transaction.atomic
def review_claim(*, claim: Claim, by: User, role: str, at: dt.datetime) -> Claim:
    """Agree to a claim as the monitoring officer of the award's network: the first of three people."""
    claim = hold_claim(claim)
    _must_monitor(claim.award, by)
    return agree(claim, "review", by=by, role=role, at=at)


@transaction.atomic
def approve_claim(*, claim: Claim, by: User, role: str, at: dt.datetime) -> Claim:
    """Approve a reviewed claim as the fund manager: the second of three people."""
    return agree(hold_claim(claim), "approve", by=by, role=role, at=at)


@transaction.atomic
def query_claim(*, claim: Claim, reason: str, by: User, role: str, at: dt.datetime) -> Claim:
    """Ask the claimant about a claim that is not instructed yet; what was agreed to it counts no more."""
    return _give_back(hold_claim(claim), "query", reason, by=by, role=role, at=at)


@transaction.atomic
def reject_claim(*, claim: Claim, reason: str, by: User, role: str, at: dt.datetime) -> Claim:
    """Refuse a claim for good."""
    return _give_back(hold_claim(claim), "reject", reason, by=by, role=role, at=at)


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
        "lines": _lines(claim),
        "eligible_pence": claim.eligible_pence,
        "grant_pence": claim.grant_pence,
        "match_pence": claim.match_pence,
    }


def _lines(claim: Claim) -> list[dict[str, Any]]:
    fields = ("category", "description", "invoice_number", "incurred_on", "pence")
    return list(claim.lines.order_by("id").values(*fields))


def _rounds(claim: Claim) -> int:
    """Return how many times the claim was submitted."""
    return Proposal.objects.filter(kind="claim", reference=claim.reference).count()


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
        _must_monitor(claim.award, by)
    facts = {"at": at} if deed == "query" else {}
    changes = move(getattr(claim, deed), reason=rules.kept(reason, "a reason, which the claimant will read"), **facts)
    claim.save(update_fields=["state", "reason", "queried_at"])
    facts = {"state": changes, "reason_sha256": digest(claim.reason)}
    record(f"claim.{claim.state}", claim, by=by, role=role, at=at, changes=facts)
    return claim


def _must_monitor(award: Award, by: User) -> None:
    if award.network_id is None:
        raise Refused(f"No network monitors award {award.reference} yet. Ask the fund manager to name one.")
    if award.network_id not in by.organisation_ids(Role.MONITORING_OFFICER):
        raise Refused(f"Award {award.reference} is monitored by {award.network}: its monitoring officer does this.")


def _must_be_open(claim: Claim) -> None:
    if claim.state not in CLAIM_EDITABLE:
        raise Refused(f"Claim {claim.reference} is {claim.get_state_display().lower()} and cannot be changed.")


def _must_be_live(award: Award) -> None:
    if award.state != AwardState.LIVE:
        raise Refused(
            f"Award {award.reference} is {award.get_state_display().lower()}: claims can be made while it is live."
        )
