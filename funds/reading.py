"""A competition in words, section by section, as the second person reads it before it is published."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from accounts.states import OrganisationKind
from funds.instants import uk_words
from funds.models import AskedDocument, Strand
from funds.money import pounds
from funds.parts import Part, SetUp
from funds.states import AssessorType, CostCategory, MatchKind, ResearchCategory


class Section(NamedTuple):
    """A part with lines of name and text."""

    title: str
    lines: list[tuple[str, str]]


def sections(found: SetUp) -> list[Section]:
    """Return everything that is approved with a competition but its questions, which are shown as they will look."""
    competition = found.competition
    days = [
        ("Briefing", competition.briefing_on), ("Assessments in by", competition.assess_by),
        ("Panel", competition.panel_on), ("Bidders told by", competition.notify_on),
        ("Projects start by", competition.start_by),
    ]  # fmt: skip
    return [
        Section(Part.BASICS.label, [
            ("Title", competition.title), ("Reference", competition.reference), ("Stream", competition.stream.title),
            ("Summary", competition.summary), ("Eligibility", competition.eligibility), ("Scope", competition.scope),
            ("Responsible officer", competition.responsible_officer.full_name),
        ]),
        Section(Part.MONEY.label, [("Pot", pounds(found.pot_pence))]),
        Section(Part.DATES.label, [
            ("Opens", uk_words(competition.opens_at)), ("Closes", uk_words(competition.closes_at)),
            ("Grace", f"{competition.grace_seconds} seconds"),
            *((name, f"{day:%-d %B %Y}" if day else "No date") for name, day in days),
        ]),
        Section(Part.WHO.label, [
            ("Leads", _labels(OrganisationKind, competition.lead_kinds)),
            ("Partners", _labels(OrganisationKind, competition.partner_kinds)),
        ]),
        Section(Part.CONSORTIUM.label, [
            ("Partners that are not businesses", _share(competition.non_business_share_percent)),
            ("Bids a business may be in", _limit(competition.bids_per_business)),
            ("Bids a business may lead", _limit(competition.leads_per_business)),
        ]),
        Section(Part.STRANDS.label, [
            (strand.title, _strand(strand)) for strand in found.strands
        ]),
        Section(Part.SUBSIDY.label, [
            ("Regime", competition.regime.title),
            ("Own ceiling", "None" if competition.max_percent is None else f"{competition.max_percent.normalize():f}%"),
        ]),
        Section(Part.COSTS.label, [("Eligible", _labels(CostCategory, competition.cost_categories))]),
        Section(Part.MATCH.label, [
            ("Kinds that count", _labels(MatchKind, competition.match_kinds)),
            ("In kind", f"At most {competition.in_kind_percent}%" if competition.in_kind_percent else "Does not count"),
        ] if competition.match_is_required else [("Match funding", "Not asked for")]),
        Section(Part.DOCUMENTS.label, [
            (document.title, _document(document)) for document in found.documents
        ]),
        Section(Part.ASSESSMENT.label, [
            ("Assessors of a bid", str(competition.assessors_per_bid)),
            ("Needed among them", ", ".join(
                f"{number} {AssessorType(kind).label.lower()}"
                for kind, number in competition.assessor_types_needed.items()
            ) or "No type"),
            ("At most one of a network", _yes(competition.one_assessor_per_network)),
            ("None of the lead’s own region", _yes(competition.not_own_region)),
            ("Who bids is hidden from them", _yes(competition.is_blind)),
            ("Quality threshold", f"{competition.quality_threshold.normalize():f}%"),
            ("The panel interviews", _yes(competition.has_interview)),
        ]),
        Section(Part.LETTER.label, [
            *((f"Condition {i}", text) for i, text in enumerate(competition.letter_conditions, start=1)),
            ("Claims", _every(competition.months_per_claim)),
        ]),
    ]  # fmt: skip


def part_lines(found: SetUp, part: Part) -> list[tuple[str, str]]:
    """Return what stands in one part."""
    return next(section.lines for section in sections(found) if section.title == part.label)


def row_lines(part: Part, row: Any) -> list[tuple[str, str]]:
    """Return what stands in a strand, a question or a document asked for."""
    if part == Part.QUESTIONS:
        bands = [f"{low} to {high}: {earns}" for low, high, earns in row.bands]
        return [
            ("Heading", row.heading), ("Question", row.text), ("Guidance", row.guidance or "None"),
            ("Word limit", str(row.word_limit)), ("Appendix", _yes(row.takes_appendix)),
            ("Scored", f"Yes, weight {row.weight}" if row.is_scored else "No"), ("Points", "; ".join(bands) or "None"),
        ]  # fmt: skip
    return [("Title", row.title), ("Rules", _strand(row) if part == Part.STRANDS else _document(row))]


def _strand(strand: Strand) -> str:
    return (
        f"{_labels(ResearchCategory, strand.categories)}. £{strand.cost_min_pounds:,} to"
        f" £{strand.cost_max_pounds:,}, {strand.months_min} to {strand.months_max} months."
        f" {strand.get_collaboration_display()}{_claiming(strand.claiming_partners_min)}."
    )


def _claiming(partners: int) -> str:
    return f", at least {partners} {'partner' if partners == 1 else 'partners'} claiming grant" if partners else ""


def _document(document: AskedDocument) -> str:
    return f"{'Must' if document.is_required else 'May'} be given. {document.guidance}"


def change_in_words(content: Mapping[str, Any], stream: str) -> str:
    """Return what is put forward for the envelope of a stream, such as “£5 more for Testing in 2026-27”."""
    way = "more" if content["pence"] > 0 else "less"
    return f"{pounds(abs(content['pence']))} {way} for {stream} in {content['year']}"


def _labels(kinds: type, values: list[str]) -> str:
    return ", ".join(str(kinds(value).label) for value in values) or "None"


def _share(percent: int) -> str:
    return "No limit" if percent >= 100 else f"At most {percent}% of costs"


def _every(months: int) -> str:
    return "Every month" if months == 1 else f"Every {months} months"


def _limit(most: int | None) -> str:
    return "No limit" if most is None else str(most)


def _yes(is_so: bool) -> str:
    return "Yes" if is_so else "No"
