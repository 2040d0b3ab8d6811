"""Which claims can be paid now, to which account, and why the others cannot. A constant number of queries."""

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from django.db.models import Max, QuerySet, Sum

from accounts.models import User
from audit.record import digest
from awards import payees, rules
from awards.bank_files.transfers import instruction_id
from awards.models import Claim, PaymentRun, Report, RunItem, Suspension
from awards.payees import Payee
from awards.states import ITEM_LIVE, ClaimState, ReportKind, ReportState
from bids.queries import kept_from
from funds.models import LedgerEntry
from funds.rules_in_database import MOVES

TO_PAY = (ClaimState.APPROVED, ClaimState.RETURNED)


class ToPay(NamedTuple):
    """A claim that is to be paid, its account, which attempt it is, and what stands against it in words."""

    claim: Claim
    payee: Payee | None
    attempt: int
    why_not: str

    @property
    def end_to_end_id(self) -> str:
        """The id of the claim's payment, once for ever."""
        return rules.end_to_end_id(self.claim.reference)

    @property
    def instruction_id(self) -> str:
        """The id of this attempt."""
        return instruction_id(self.end_to_end_id, self.attempt)


def waiting(user: User | None = None) -> QuerySet[Claim]:
    """Return the claims that wait to be paid and are in no run; of a person's, without those kept from them."""
    live = RunItem.objects.filter(state__in=ITEM_LIVE).values("claim_id")
    found = Claim.objects.filter(state__in=TO_PAY, grant_pence__gt=0).exclude(pk__in=live)
    if user is not None:
        found = found.exclude(award__bid__in=kept_from(user))
    return found.select_related("award__bid__competition__stream", "award__bid__competition__pot",
                                "award__envelope", "organisation")  # fmt: skip


def looked_at(claims: Iterable[Claim], *, run: PaymentRun | None = None) -> list[ToPay]:
    """Return what stands for and against paying each of these claims, in their order.

    Args:
        run: the run that holds them already, if one does; its attempts are the ones counted.
    """
    claims = list(claims)
    keys = [claim.pk for claim in claims]
    accounts = payees.of({claim.organisation_id for claim in claims})
    awards = {claim.award_id for claim in claims}
    held = set(Suspension.objects.filter(award__in=awards, lifted_at=None).values_list("award_id", flat=True))
    reports = Report.objects.filter(award__in=awards, kind=ReportKind.FINAL, state=ReportState.ACCEPTED)
    reported = set(reports.values_list("award_id", flat=True))
    items = RunItem.objects.filter(claim__in=keys)
    taken = set(items.filter(state__in=ITEM_LIVE).exclude(run=run).values_list("claim_id", flat=True))
    made = dict(items.exclude(run=run).values_list("claim_id").annotate(last=Max("attempt")))
    return [
        ToPay(
            claim,
            accounts.get(claim.organisation_id),
            made.get(claim.pk, 0) + 1,
            _why_not(
                claim,
                has_account=claim.organisation_id in accounts,
                is_held=claim.award_id in held,
                is_reported=claim.award_id in reported,
                is_taken=claim.pk in taken,
            ),
        )
        for claim in claims
    ]


def _why_not(claim: Claim, *, has_account: bool, is_held: bool, is_reported: bool, is_taken: bool) -> str:
    if claim.state not in TO_PAY:
        return f"It is {claim.get_state_display().lower()}, and only a claim that is approved or was returned is paid."
    if is_taken:
        return "It is in another run."
    if is_held:
        return "Payments are held: the award is suspended."
    if not has_account:
        return f"{claim.organisation} has no bank details that a second person has verified."
    if claim.number >= rules.periods(claim.award.starts_on, claim.award.ends_on) and not is_reported:
        return "It is the last claim, and the final report is not accepted yet."
    return ""


def content_of(run: PaymentRun, rows: Iterable[ToPay]) -> dict[str, Any]:
    """Return what two people agree to: each payment with the digest of its claim and the account it goes to."""
    return {
        "run": run.reference,
        "pay_on": run.pay_on,
        "pence": run.pence,
        "payments": [
            {
                "instruction_id": row.instruction_id,
                "end_to_end_id": row.end_to_end_id,
                "claim": row.claim.content_sha256,
                "pence": row.claim.grant_pence,
                "bank_details": row.payee.details if row.payee else None,
            }
            for row in rows
        ],
    }


def sha256_of(run: PaymentRun, rows: Iterable[ToPay]) -> str:
    """Return the digest of what two people agree to."""
    return digest(content_of(run, rows))


def left_by_year(envelopes: Collection[int]) -> dict[int, dict[str, int]]:
    """Return what is committed and not yet instructed of awards' envelopes, in pence by financial year."""
    entries = LedgerEntry.objects.filter(award__in=envelopes).values_list("award_id", "kind", "year")
    left: dict[int, dict[str, int]] = {}
    for award, kind, year, pence in entries.annotate(total=Sum("pence")):
        moves, years = MOVES[kind]["award"], left.setdefault(award, {})
        years[year] = years.get(year, 0) + pence * (moves.get("committed", 0) - moves.get("instructed", 0))
    return left
