"""Ledger entries of claims, and the references by which each is posted once."""

from awards.models import Claim, RunItem
from funds.models import LedgerEntry, Proposal


def reference_of(item: RunItem) -> str:
    """Return what makes an attempt's entries one of a kind: the claim, and the attempt from the second on."""
    claim = item.claim.reference
    return claim if item.attempt == 1 else f"{claim}/A{item.attempt}"


def entry(
    kind: str, claim: Claim, reference: str, pence: int, year: str, proposal: Proposal | None = None, reason: str = ""
) -> LedgerEntry:
    """Return an entry of a claim's award, not posted yet."""
    award = claim.award
    return LedgerEntry(
        kind=kind, reference=reference, pence=pence, year=year, stream=award.bid.competition.stream,
        pot=award.bid.competition.pot, award=award.envelope, proposal=proposal,
        reason=reason or f"claim {claim.reference}",
    )  # fmt: skip
