"""A competition as somebody reads it who thinks of bidding: its dates, its ceilings, its files, answers and changes."""

import datetime as dt
from collections.abc import Collection
from decimal import Decimal
from typing import Any, NamedTuple

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import OuterRef, Q, QuerySet, Subquery, TextChoices

from accounts.states import OrganisationKind, Size
from funds import rules
from funds.models import Competition, PublishedAnswer, SubsidyRegime, SupportingFile
from funds.states import CostCategory, MatchKind, ResearchCategory


class Day(NamedTuple):
    """A day or an instant that matters to bidders, and what happens then."""

    what: str
    when: dt.date | dt.datetime
    is_instant: bool


def days_of(competition: Competition) -> list[Day]:
    """Return the dates of a competition that are set, in the order in which they come."""
    days = [
        ("Opens", competition.opens_at),
        ("Briefing for bidders", competition.briefing_on),
        ("Closes", competition.closes_at),
        ("Assessment ends", competition.assess_by),
        ("Panel meets", competition.panel_on),
        ("You hear the result", competition.notify_on),
        ("Projects start by", competition.start_by),
    ]
    return [Day(what, when, isinstance(when, dt.datetime)) for what, when in days if when is not None]


def ceilings_of(competition: Competition) -> list[dict[str, Any]]:
    """Return a row for each research category that can be bid for: the highest grant in per cent by size."""
    wanted = {category for strand in competition.strands.all() for category in strand.categories}
    return _ceilings(competition.regime, wanted, competition.max_percent)


def ceilings_of_regimes() -> list[tuple[SubsidyRegime, list[dict[str, Any]]]]:
    """Return every subsidy regime with a row for each research category that its table lists."""
    found = SubsidyRegime.objects.order_by("valid_from", "title").prefetch_related("ceilings")
    return [(regime, _ceilings(regime, {c.category for c in regime.ceilings.all()})) for regime in found]


def _ceilings(regime: SubsidyRegime, wanted: Collection[str], most: Decimal | None = None) -> list[dict[str, Any]]:
    percents = {(c.category, c.size): c.percent for c in regime.ceilings.all()}
    return [
        {
            "category": category.label,
            "percents": [rules.lowest_ceiling(percents.get((category, size)), most) for size in Size],
        }
        for category in ResearchCategory
        if category in wanted
    ]


def labels(choices: type[TextChoices], values: Collection[str]) -> list[str]:
    """Return in words those of `choices` that are among `values`."""
    return [choice.label for choice in choices if choice in values]


def terms_of(competition: Competition) -> dict[str, Any]:
    """Return what a call says, as its page shows it: who, what, how much, when, and what it asks."""
    strands = competition.strands.all()
    return {
        "strands": strands,
        "categories": {strand.pk: labels(ResearchCategory, strand.categories) for strand in strands},
        "sizes": Size.labels,
        "ceilings": ceilings_of(competition),
        "lead_kinds": labels(OrganisationKind, competition.lead_kinds),
        "partner_kinds": labels(OrganisationKind, competition.partner_kinds),
        "match_kinds": labels(MatchKind, competition.match_kinds),
        "cost_categories": labels(CostCategory, competition.cost_categories),
        "days": days_of(competition),
        "questions": competition.questions.all(),
        "asked_documents": competition.asked_documents.all(),
    }


def files_of(competition: Competition) -> QuerySet[SupportingFile]:
    """Return the supporting files that the public may open now, in their order."""
    return competition.supporting_files.filter(removed_at=None, shown_at__isnull=False)


def answers_of(competition: Competition, words: str = "") -> QuerySet[PublishedAnswer]:
    """Return the published answers, each as it stands now; those that hold `words`, when any are given."""
    newest = PublishedAnswer.objects.filter(competition=OuterRef("competition"), number=OuterRef("number"))
    found = competition.published_answers.filter(version=Subquery(newest.order_by("-version").values("version")[:1]))
    if words:
        wanted = SearchQuery(words, config="english", search_type="websearch")
        found = found.annotate(searched=SearchVector("question", "answer", config="english")).filter(
            Q(searched=wanted) | Q(question__icontains=words) | Q(answer__icontains=words)
        )
    return found
