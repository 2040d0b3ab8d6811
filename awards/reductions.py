"""Read the cost lines of an award, what two people have found ineligible, and what waits for a second person."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from awards import before_letter
from awards.before_letter import Reduced
from awards.models import Award, AwardPartner, CostReduction
from bids.models import CostLine
from bids.states import CostCategory
from funds import approvals
from funds.models import Proposal, SentBack

KIND = "eligibility"


@dataclass(frozen=True)
class Line:
    """A cost line with what was asked and what is eligible of it, in pounds to 5 decimals."""

    row: CostLine
    eligible: Decimal
    follows_labour: bool


def lines(part: AwardPartner) -> list[Line]:
    """Return the lines of a partner as they stand after what was found so far."""
    now = dict(
        CostReduction.objects.filter(award=part.award_id, organisation=part.organisation_id)
        .order_by("pk")
        .values_list("line", "now")
    )
    rows = CostLine.objects.filter(partner=part.partner_id).order_by("category", "pk")
    return [Line(row, now.get(row.pk, row.amount), _follows(row)) for row in rows]


def _follows(row: CostLine) -> bool:
    return row.category == CostCategory.OVERHEADS and row.inputs.get("kind") == "percent"


def reduced(part: AwardPartner, to: Mapping[int, Decimal]) -> tuple[Reduced, dict[int, Decimal]]:
    """Return a partner's money when lines are reduced to these amounts, and each line that changes.

    Raises:
        Refused: a line cannot be reduced like that, or the identity cannot hold.
    """
    there = [before_letter.CostLine(x.row.pk, x.row.category, x.eligible, x.follows_labour) for x in lines(part)]
    return before_letter.reduce(
        there, to, percent=part.percent, other_public=part.other_public_pounds, grant_before=part.grant_pounds
    )


def content(award: Award, part: AwardPartner, to: Mapping[int, Decimal], reason: str) -> dict[str, Any]:
    """Return what two people agree to."""
    result, changed = reduced(part, to)
    before = {x.row.pk: x.eligible for x in lines(part)}
    return {
        "award": award.reference,
        "organisation": part.organisation_id,
        "reason": reason,
        "chosen": {str(key): str(amount) for key, amount in sorted(to.items())},
        "lines": [[key, str(before[key]), str(amount)] for key, amount in sorted(changed.items())],
        "before": {"cost": part.cost_pounds, "grant": part.grant_pounds, "match": part.match_pounds},
        "after": {"cost": result.cost, "grant": result.grant, "match": result.match},
    }


def reference(award: Award, organisation: int) -> str:
    """Return what a proposal about a partner's costs is filed under."""
    return f"{award.reference}/{organisation}"


def waiting(award: Award, organisation: int) -> Proposal | None:
    """Return what was put forward about a partner's costs and waits for a second person."""
    found = approvals.newest(KIND, reference(award, organisation))
    if found is None or found.approvals.exists() or SentBack.objects.filter(proposal=found).exists():
        return None
    return found
