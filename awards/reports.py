"""Reads of the reports that claims and the end of a project wait for."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from awards import rules
from awards.models import Award, AwardPartner, Claim, Report
from awards.report_schedule import needed
from awards.states import ClaimState, ReportKind, ReportState
from funds.years import quarter_of_project

CAME_TO_NOTHING = (ClaimState.NIL, ClaimState.REJECTED)


@dataclass(frozen=True)
class Due:
    """A report that a claim of a partner needs, or the final report: what, for when, and what was sent."""

    kind: str
    partner: AwardPartner | None
    number: int
    due_on: dt.date
    claim: Claim | None
    sent: list[Report]

    @property
    def label(self) -> str:
        """What it is."""
        return str(ReportKind(self.kind).label)

    @property
    def newest(self) -> Report | None:
        """The report that was sent last."""
        return self.sent[-1] if self.sent else None

    @property
    def is_settled(self) -> bool:
        """Tell whether one was accepted."""
        return any(report.state == ReportState.ACCEPTED for report in self.sent)


def needed_for(claim: Claim) -> str | None:
    """Return the kind of report that a claim needs before it is approved, if any."""
    if claim.is_nil:
        return None
    award = claim.award
    earlier = Claim.objects.filter(award=award, organisation=claim.organisation_id, number__lt=claim.number)
    is_first = not earlier.filter(state__in=rules.COUNTED).exists()
    last = rules.periods(award.starts_on, award.ends_on)
    return needed(award.grant_pence, claim.number, last, is_first=is_first)


def missing(claim: Claim) -> str | None:
    """Return the kind of report that a claim waits for; nothing when it needs none or one is accepted."""
    kind = needed_for(claim)
    if kind and claim.reports.filter(kind=kind, state=ReportState.ACCEPTED).exists():
        return None
    return kind


def lacks_final(claim: Claim) -> bool:
    """Tell whether a claim is the project's last and waits for the final report."""
    award = claim.award
    if claim.number < rules.periods(award.starts_on, award.ends_on):
        return False
    return not award.reports.filter(kind=ReportKind.FINAL, state=ReportState.ACCEPTED).exists()


def schedule(award: Award, parts: list[AwardPartner], claims: Mapping[tuple[int, int], Claim]) -> list[Due]:
    """Return every report that is due over the project, in the order of time; known from the first day on.

    Args:
        claims: (organisation, period) → claim, for those that were begun.
    """
    last = rules.periods(award.starts_on, award.ends_on)
    sent: dict[int | None, list[Report]] = {}
    for report in award.reports.select_related("uploaded_by", "decided_by").order_by("id"):
        sent.setdefault(report.claim_id, []).append(report)
    found = []
    for number in range(1, last + 1):
        due_on = rules.claim_due_on(quarter_of_project(award.starts_on, number, award.ends_on)[1])
        for part in parts:
            own = {n: claim for (organisation, n), claim in claims.items() if organisation == part.organisation_id}
            claim = own.get(number)
            kind = needed(award.grant_pence, number, last, is_first=_is_first(own, number))
            if part.grant_pounds and kind and not (claim and claim.is_nil):
                found.append(Due(str(kind), part, number, due_on, claim, sent.get(claim.pk, []) if claim else []))
    final_on = rules.claim_due_on(award.ends_on)
    return [*found, Due(str(ReportKind.FINAL), None, last, final_on, None, sent.get(None, []))]


def _is_first(claims: Mapping[int, Claim], number: int) -> bool:
    """Tell whether a period's claim is a partner's first for money, or will be: those before came to nothing.

    Args:
        claims: period → claim of the partner, for those that were begun.
    """
    earlier = [claims.get(n) for n in range(1, number)]
    if any(claim and claim.state in rules.COUNTED for claim in earlier):
        return False
    return number in claims or all(claim and claim.state in CAME_TO_NOTHING for claim in earlier)
