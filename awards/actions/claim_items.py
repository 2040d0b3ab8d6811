"""Write the items of a claim one by one: spend, match funding, what an import brings, and what is disallowed."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import models, transaction

from accounts.models import User
from accounts.rules import Refused
from accounts.states import Role
from audit.record import digest, record
from awards import claim_rules, rules
from awards.actions.claims import add_up, columns, put_forward_again
from awards.actions.locks import act_for_government, hold_claim, hold_open, must_monitor
from awards.models import Adjustment, Claim, ClaimLine, MatchSpent
from awards.states import ClaimState
from bids.models import MatchSource

CHANGED = "Somebody has changed or removed this item meanwhile. Open the claim again, and enter yours once more."


def mark(row: models.Model) -> str:
    """Return what tells one content of an item from another: a person must not write over what they have not seen."""
    fields = [f.attname for f in row._meta.concrete_fields]
    return digest({name: str(getattr(row, name)) for name in fields})[:16]


@transaction.atomic
def put_item(
    *, claim: Claim, line: rules.Line, by: User, at: dt.datetime, key: int | None = None, was: str = ""
) -> ClaimLine:
    """Add an item of spend, or change the one with this key; what was disallowed of it before counts no more.

    Args:
        was: the `mark` of the item when the person opened it.

    Raises:
        Refused: the claim is submitted, somebody has changed the item meanwhile, or it cannot be kept.
    """
    claim = hold_open(claim, by)
    rules.must_be_keepable([line], 0)
    if key is None:
        if claim.lines.count() >= rules.MOST_LINES:
            raise Refused(f"Give at most {rules.MOST_LINES} items of spend on one claim.")
        item = ClaimLine(claim=claim)
    else:
        item = _unchanged(claim.lines, key, was)
        Adjustment.objects.filter(line=item).delete()
    for name, value in columns(line).items():
        setattr(item, name, value)
    item.save()
    add_up(claim)
    _record("claim.item_written", claim, by, at, {"item": item.pk, "pence": item.pence, "sha256": mark(item)})
    return item


@transaction.atomic
def take_item(*, claim: Claim, key: int, was: str, by: User, at: dt.datetime) -> None:
    """Take an item of spend off a claim; the files that proved it stay with the claim."""
    claim = hold_open(claim, by)
    item = _unchanged(claim.lines, key, was)
    _record("claim.item_removed", claim, by, at, {"item": item.pk, "pence": item.pence, "sha256": mark(item)})
    item.delete()
    add_up(claim)


@transaction.atomic
def put_match(
    *, claim: Claim, line: rules.MatchLine, by: User, at: dt.datetime, key: int | None = None, was: str = ""
) -> MatchSpent:
    """Add match funding that was spent, or change the one with this key.

    Raises:
        Refused: as `put_item`, or the source belongs to somebody else.
    """
    claim = hold_open(claim, by)
    _must_be_keepable(claim, line)
    item = MatchSpent(claim=claim) if key is None else _unchanged(claim.match_lines, key, was)
    if key is None and claim.match_lines.count() >= rules.MOST_LINES:
        raise Refused(f"Give at most {rules.MOST_LINES} entries of match funding on one claim.")
    item.source_id, item.description = line.source, line.description.strip()
    item.spent_on, item.pence = line.spent_on, line.pence
    item.no_evidence_reason = line.no_evidence_reason.strip()
    item.save()
    add_up(claim)
    _record("claim.match_written", claim, by, at, {"match": item.pk, "pence": item.pence, "source": item.source_id})
    return item


@transaction.atomic
def take_match(*, claim: Claim, key: int, was: str, by: User, at: dt.datetime) -> None:
    """Take match funding off a claim."""
    claim = hold_open(claim, by)
    item = _unchanged(claim.match_lines, key, was)
    _record("claim.match_removed", claim, by, at, {"match": item.pk, "pence": item.pence})
    item.delete()
    add_up(claim)


@transaction.atomic
def import_items(*, claim: Claim, lines: Sequence[rules.Line], replaces: bool, by: User, at: dt.datetime) -> Claim:
    """Add the items of a sheet that was read through, or put them in place of those that are there."""
    claim = hold_open(claim, by)
    rules.must_be_keepable(lines, 0)
    if replaces:
        claim.lines.all().delete()
    if claim.lines.count() + len(lines) > rules.MOST_LINES:
        raise Refused(f"Give at most {rules.MOST_LINES} items of spend on one claim.")
    ClaimLine.objects.bulk_create(ClaimLine(claim=claim, **columns(line)) for line in lines)
    add_up(claim)
    facts = {"items": len(lines), "replaces": replaces, "eligible_pence": claim.eligible_pence}
    _record("claim.items_imported", claim, by, at, facts)
    return claim


@transaction.atomic
def disallow(*, claim: Claim, key: int, pence: int, reason: str, by: User, role: str, at: dt.datetime) -> Claim:
    """Disallow a part of an item as the monitoring officer, instead of asking for another claim; 0 takes it back.

    The grant follows by the rate, the claim is put forward anew with exactly this content, and the claimant is told.

    Raises:
        Refused: the claim is not submitted, more is disallowed than the item cost, or nothing would be left to pay.
    """
    claim = hold_claim(claim)
    act_for_government(claim.award, by=by, role=role, needed=rules.CLAIM_STEPS["review"][1])
    must_monitor(claim.award, by)
    if claim.state != ClaimState.SUBMITTED:
        raise Refused(
            f"Claim {claim.reference} is {claim.get_state_display().lower()}: nothing of it is disallowed now."
        )
    item = claim.lines.filter(pk=key).first()
    if item is None:
        raise Refused(CHANGED)
    made = Adjustment.objects.filter(line=item).first()
    before = made.pence if made else 0
    claim_rules.must_disallow(pence, item.pence, before)
    if pence:
        facts = {"pence": pence, "reason": rules.kept(reason, "why it is disallowed", 1_000), "by": by, "at": at}
        Adjustment.objects.update_or_create(line=item, defaults=facts)
    elif made:
        made.delete()
    grant = claim.grant_pence
    put_forward_again(claim, by=by, role=role, at=at)
    changes = {
        "item": item.pk, "disallowed_pence": [before, pence], "grant_pence": [grant, claim.grant_pence],
        "reason_sha256": digest(reason), "sha256": claim.content_sha256,
    }  # fmt: skip
    record("claim.adjusted", claim, by=by, role=role, at=at, changes=changes)
    return claim


def _unchanged(rows: Any, key: int, was: str) -> Any:
    item = rows.filter(pk=key).first()
    if item is None or mark(item) != was:
        raise Refused(CHANGED)
    return item


def _must_be_keepable(claim: Claim, line: rules.MatchLine) -> None:
    rules.kept(line.description, "what it paid for", 200)
    if line.no_evidence_reason.strip():
        rules.kept(line.no_evidence_reason, "why there is no evidence", 400)
    if not 0 < line.pence <= rules.MOST_PENCE:
        raise Refused("Match funding spent must be more than nothing.")
    part = claim.award.partners.get(organisation=claim.organisation_id)
    if line.source and not MatchSource.objects.filter(pk=line.source, partner=part.partner_id).exists():
        raise Refused("Choose one of your own sources of match funding.")


def _record(verb: str, claim: Claim, by: User, at: dt.datetime, changes: dict[str, Any]) -> None:
    record(verb, claim, by=by, role=Role.APPLICANT, at=at, changes=changes)
