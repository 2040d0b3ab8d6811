"""Find what is claimed twice: across the claims of an award, and across the awards of an organisation."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from awards import claim_rules, rules
from awards.models import Claim, ClaimDocument, ClaimLine, MatchSpent
from awards.states import ClaimState
from funds.money import pounds
from infra.filters import uk_date


@dataclass(frozen=True)
class Match:
    """An item of spend or match funding that looks like one of another claim, and why. An exact one stops the claim."""

    item: ClaimLine | MatchSpent
    other: Claim
    why: str
    is_exact: bool = False


def of_claim(
    claim: Claim, items: Sequence[ClaimLine], match: Iterable[MatchSpent], *, own_only: bool = False
) -> list[Match]:
    """Return what the claim's items have in common with other claims that are submitted and not rejected.

    The same invoice (number and supplier) over the same amount is exact. The same invoice over another amount, the same
    number and amount under another supplier's name, the same amount on the same day, and the same file, of an item or
    of match funding, are for an official to look at. Officials also see the same invoice of a supplier, number and
    amount, on claims of other organisations in other awards.

    Args:
        own_only: look at claims of the same organisation alone, as for its own people.
    """
    return [*_by_item(claim, items, own_only), *_by_file(claim, [*items, *match], own_only)]


def _by_item(claim: Claim, items: Sequence[ClaimLine], own_only: bool) -> list[Match]:
    looked_at = Q(claim__organisation=claim.organisation_id)
    if not own_only:
        named = {item.pence for item in items if item.invoice_number and item.supplier}
        looked_at |= Q(claim__award=claim.award_id) | (Q(pence__in=named) & ~Q(invoice_number="") & ~Q(supplier=""))
    others = ClaimLine.objects.filter(looked_at, claim__state__in=rules.COUNTED).exclude(claim=claim.pk)
    by_number: dict[str, list[ClaimLine]] = {}
    by_amount: dict[tuple, list[ClaimLine]] = {}
    for other in others.select_related("claim").order_by("id"):
        by_number.setdefault(claim_rules.text_key(other.invoice_number), []).append(other)
        if _is_near(claim, other):
            by_amount.setdefault((other.pence, other.incurred_on), []).append(other)
    found = []
    for item in items:
        numbered = by_number.get(claim_rules.text_key(item.invoice_number), [])
        same = [
            other
            for other in numbered
            if claim_rules.is_same_invoice(item, other)
            and (_is_near(claim, other) or (item.supplier and other.pence == item.pence))
        ]
        found += [Match(item, o.claim, _words(item, o), is_exact=o.pence == item.pence) for o in same]
        renamed = [o for o in _of_amount(item, numbered) if o not in same and _is_near(claim, o)]
        why = f"number {item.invoice_number} over the same amount, of another supplier"
        found += [Match(item, other.claim, why) for other in renamed]
        alike = [o for o in by_amount.get((item.pence, item.incurred_on), []) if o not in [*same, *renamed]]
        why = f"{pounds(item.pence)} on {uk_date(item.incurred_on)} too"
        found += [Match(item, other.claim, why) for other in alike]
    return found


def _of_amount(item: ClaimLine, numbered: Iterable[ClaimLine]) -> list[ClaimLine]:
    """Return those of the items with an item's number that cost the same; none when it has no number."""
    return [o for o in numbered if o.pence == item.pence] if claim_rules.text_key(item.invoice_number) else []


def _is_near(claim: Claim, other: ClaimLine) -> bool:
    """Tell whether an item of another claim is of the same organisation or the same award."""
    return other.claim.organisation_id == claim.organisation_id or other.claim.award_id == claim.award_id


def _words(item: ClaimLine, other: ClaimLine) -> str:
    if item.pence == other.pence:
        return f"invoice {item.invoice_number} over the same amount"
    return f"invoice {item.invoice_number} over {pounds(other.pence)}"


def _by_file(claim: Claim, items: Sequence[ClaimLine | MatchSpent], own_only: bool) -> list[Match]:
    proofs = dict.fromkeys(
        (evidence.document.sha256, item)
        for item in items
        for evidence in item.evidence.all()
        if evidence.document.deleted_at is None
    )
    if not proofs:
        return []
    others = ClaimDocument.objects.filter(sha256__in={sha256 for sha256, _ in proofs}, deleted_at=None)
    others = others.exclude(claim=claim.pk).exclude(claim__received_at=None).exclude(claim__state=ClaimState.REJECTED)
    if own_only:
        others = others.filter(claim__organisation=claim.organisation_id)
    there: dict[str, list[ClaimDocument]] = {}
    for other in others.select_related("claim").order_by("id"):
        there.setdefault(other.sha256, []).append(other)
    return [
        Match(item, o.claim, f"the same file, {o.filename}") for sha256, item in proofs for o in there.get(sha256, [])
    ]
