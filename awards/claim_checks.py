"""Look a claim through as a whole: what keeps it from being submitted, and what is shown beside each item."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import QuerySet, prefetch_related_objects

from awards import claim_rules, duplicates, queries, rules
from awards.models import Claim, ClaimDocument, ClaimLine, Condition, LineQuery, MatchSpent
from awards.states import QueryState
from infra.scan import ScanState


@dataclass(frozen=True)
class Checked:
    """A claim's items, what they come to, what is wrong, and what looks like another claim."""

    items: list[ClaimLine]
    match: list[MatchSpent]
    due: rules.Entitlement
    sums: rules.ClaimSums
    problems: list[claim_rules.Problem] = field(default_factory=list)
    flags: list[duplicates.Match] = field(default_factory=list)

    @property
    def by_item(self) -> dict[int, list[str]]:
        """What is wrong with each item, by its key."""
        found: dict[int, list[str]] = {}
        for problem in self.problems:
            if problem.line is not None:
                found.setdefault(self.items[problem.line].pk, []).append(problem.sentence)
        return found

    @property
    def of_all(self) -> list[str]:
        """What is wrong with the claim as a whole."""
        return [problem.sentence for problem in self.problems if problem.line is None]

    @property
    def flags_by_item(self) -> dict[int, list[duplicates.Match]]:
        """What each item of spend has in common with other claims, by its key."""
        return self._flags_of(ClaimLine)

    @property
    def flags_by_match(self) -> dict[int, list[duplicates.Match]]:
        """What each entry of match funding has in common with other claims, by its key."""
        return self._flags_of(MatchSpent)

    def _flags_of(self, kind: type) -> dict[int, list[duplicates.Match]]:
        found: dict[int, list[duplicates.Match]] = {}
        for flag in self.flags:
            if isinstance(flag.item, kind):
                found.setdefault(flag.item.pk, []).append(flag)
        return found


def check(claim: Claim, *, own_only: bool) -> Checked:
    """Return everything about a claim as it is now, in a constant number of queries.

    Args:
        own_only: compare with claims of the same organisation alone, as for its own people.
    """
    items, match = queries.items(claim), queries.match_items(claim)
    prefetch_related_objects(items, "evidence__document")
    prefetch_related_objects(match, "evidence__document")
    due = queries.entitlement(claim)
    lines = [queries.line_of(item) for item in items]
    flags = duplicates.of_claim(claim, items, match, own_only=own_only)
    return Checked(
        items, match, due, rules.claim_sums(lines, due), _problems(claim, items, lines, match, due, flags), flags
    )


def problems(claim: Claim) -> list[claim_rules.Problem]:
    """Return everything that keeps a claim from being submitted."""
    return check(claim, own_only=True).problems


def _problems(
    claim: Claim,
    items: list[ClaimLine],
    lines: list[rules.Line],
    match: list[MatchSpent],
    due: rules.Entitlement,
    flags: Iterable[duplicates.Match],
) -> list[claim_rules.Problem]:
    open_conditions = unsettled(claim)
    if claim.is_nil and not items:
        return open_conditions
    found = open_conditions + claim_rules.claim_problems(
        lines=lines,
        match_pence=claim.match_pence,
        due=due,
        starts_on=claim.starts_on,
        ends_on=claim.ends_on,
        match=[queries.match_line_of(m) for m in match],
    )
    places = {item.pk: place for place, item in enumerate(items)}
    for flag in flags:
        if not flag.is_exact or not isinstance(flag.item, ClaimLine):
            continue
        if not flag.item.duplicate_reason and flag.other.organisation_id == claim.organisation_id:
            told = (
                f"Invoice {flag.item.invoice_number} over the same amount is on claim {flag.other.reference} already. "
                "Remove the item, or say on it why both are right."
            )
            found.append(claim_rules.Problem(told, places[flag.item.pk]))
    found += [
        claim_rules.Problem(f"A virus was found in {document.filename}. Remove it and give another file.")
        for document in current_documents(claim).filter(scan=ScanState.INFECTED)
    ]
    found += [claim_rules.Problem(f"Answer the question about “{query.about}”.") for query in open_queries(claim)]
    return found


def unsettled(claim: Claim) -> list[claim_rules.Problem]:
    """Return what the department has still to find out of a claimant that joined after the letter."""
    conditions = Condition.objects.filter(award=claim.award_id, organisation=claim.organisation_id, settled_at=None)
    return [
        claim_rules.Problem(f"{one.get_kind_display()}: a finance officer settles this before you can claim.")
        for one in conditions
    ]


def current_documents(claim: Claim) -> QuerySet[ClaimDocument]:
    """Return the files of a claim, without versions that were put aside."""
    return claim.documents.filter(deleted_at=None).order_by("id")


def open_queries(claim: Claim) -> QuerySet[LineQuery]:
    """Return the questions that the claimant has not answered."""
    return claim.queries.filter(state=QueryState.OPEN)
