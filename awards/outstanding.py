"""Read what must be settled before an award is completed."""

from typing import NamedTuple

from django.urls import reverse

from awards import queries
from awards.models import Award, Recovery, Underspend
from awards.states import RECOVERY_OPEN, ReportKind, ReportState, UnderspendState, VariationState


class Missing(NamedTuple):
    """What keeps an award from being completed, in a sentence, and the page on which it is settled."""

    sentence: str
    href: str


def of(award: Award) -> list[Missing]:
    """Return everything that is outstanding: reports, claims, money asked back, changes that wait; in five queries."""
    return [*_reports(award), *_claims(award), *_recoveries(award), *_changes(award)]


def _reports(award: Award) -> list[Missing]:
    page = reverse("award_progress", args=[award]) + "#reports"
    sent = list(award.reports.order_by("id"))
    final = [report.state for report in sent if report.kind == ReportKind.FINAL]
    found = []
    if not final:
        found.append(Missing("The final report of the project is due.", page))
    elif ReportState.ACCEPTED not in final and ReportState.WAITING not in final:
        found.append(Missing("The final report was sent back, and another is due.", page))
    waiting = (report.get_kind_display() for report in sent if report.state == ReportState.WAITING)
    return found + [Missing(f"{kind} waits to be read.", page) for kind in waiting]


def _claims(award: Award) -> list[Missing]:
    return [
        Missing(f"Claim {claim} is {claim.get_state_display().lower()}.", reverse("claim", args=[claim]))
        for claim in queries.unsettled_claims(award).order_by("pk")
    ]


def _recoveries(award: Award) -> list[Missing]:
    page = reverse("award_changes", args=[award])
    due = Recovery.objects.filter(claim__award=award, state__in=RECOVERY_OPEN).order_by("pk")
    return [Missing(f"Money is asked back and has not come: {one}.", page) for one in due]


def _changes(award: Award) -> list[Missing]:
    page = reverse("award_changes", args=[award])
    varied = award.variations.filter(state=VariationState.PROPOSED)
    released = Underspend.objects.filter(part__award=award, state=UnderspendState.PROPOSED).order_by("pk")
    return [Missing(f"{one} waits for a second person: agree to it or drop it.", page) for one in [*varied, *released]]
