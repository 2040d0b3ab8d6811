"""The money and the competitions of the demo, through the same actions as the pages."""

import datetime as dt
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db import transaction

from accounts.states import OrganisationKind as Kind
from accounts.states import Role
from ahsn import actions as ahsn
from ahsn.models import Allocation
from bids.states import CostCategory
from funds import actions, ledger
from funds.instants import uk_day, uk_instant
from funds.models import Competition, Question, Strand, Stream, SubsidyRegime
from funds.parts import Part
from funds.starters import STARTERS
from funds.states import Collaboration, EnvelopeKind, StreamCode
from funds.states import ResearchCategory as Research
from infra.demo.dates import Calendar, tuesday
from infra.demo.people import People

FM = Role.FUND_MANAGER
MILLION = 100_000_000
# code, title, purpose, is competed, pence for each of the years.
STREAMS = [
    ("ahsn_allocation", "Innovation Exchanges",
     "The 15 networks assess the benefits of new technology and help the NHS to take up what works.",
     False, [13 * MILLION, 13 * MILLION, 13 * MILLION]),
    ("sme_match_funded", "Digital Health Technology Catalyst",
     "Match-funded awards to small companies that develop digital technology for patients and the NHS.",
     True, [875_000_000] * 4),
    ("testbed", "Real-world testing",
     "Small companies gather evidence for innovative medicines and devices in NHS test sites.",
     True, [2 * MILLION] * 3),
    ("integration", "Pathway Transformation Fund",
     "NHS organisations train staff and redesign pathways so that new technology becomes everyday practice.",
     True, [2 * MILLION] * 3),
]  # fmt: skip
BANDS = [
    [9, 10, "Convincing in every part, with evidence"],
    [7, 8, "Good, with small gaps"],
    [5, 6, "Reasonable, but important parts are thin"],
    [3, 4, "Weak: much is missing or unclear"],
    [1, 2, "Very weak, or does not answer the question"],
]
# slug, heading, question, scored, takes an appendix.
FORM = [
    ("summary", "Project summary", "What will you do, and what will be different at the end?", False, False),
    ("public", "Public description", "Describe the project for the public. It is published if you win.", False, False),
    ("scope", "Scope", "How does the project fit the scope of this competition?", False, False),
    ("need", "Need or challenge", "Which need of patients or of the NHS do you address?", True, False),
    ("approach", "Approach and innovation", "What is new about your approach, and why will it work?", True, True),
    ("team", "Team and resources", "Who will do the work, and with what?", True, True),
    ("market", "Market awareness", "Who would buy or use it, and what do they do today?", True, False),
    ("outcomes", "Outcomes and route to market", "How does it reach patients after the project?", True, False),
    ("impacts", "Wider impacts", "What else changes, for whom?", True, False),
    ("management", "Project management", "How will you run the project?", True, True),
    ("risks", "Risks", "What may go wrong, and what will you do about it?", True, True),
    ("added-value", "Added value", "What does public money change?", True, False),
    ("costs", "Costs and value for money", "Why are these costs right?", True, False),
]
CONDITIONS = [
    "A collaboration agreement between all partners is signed before the first claim.",
    "Progress is reported to the monitoring officer every quarter.",
]


def regime() -> SubsidyRegime:
    """Return GBER 651/2014 with the ceilings of Article 25."""
    actions.know_regimes()
    return SubsidyRegime.objects.get(code="gber_2014")


@transaction.atomic
def streams(people: People, calendar: Calendar) -> dict[str, Stream]:
    """Return the four streams with their money, £86m in all, appropriated on two people's word."""
    made = {}
    for code, title, purpose, is_competed, amounts in STREAMS:
        stream, _ = Stream.objects.get_or_create(
            code=code,
            defaults={
                "title": title,
                "purpose": purpose,
                "is_competed": is_competed,
                "departments": [people.department.name, people.ministry.name],
            },
        )
        made[code] = stream
        if stream.envelopes.filter(kind=EnvelopeKind.STREAM).exists():
            continue
        for year, pence in zip(calendar.years, amounts, strict=False):
            facts: dict[str, Any] = {"stream": stream, "year": year, "role": FM, "at": calendar.set_up}
            actions.propose_appropriation(pence=pence, reason="The £86m package", by=people.managers[0], **facts)
            actions.approve_appropriation(by=people.managers[1], **facts)
    return made


@transaction.atomic
def allocations(people: People, stream: Stream, calendar: Calendar) -> int:
    """Share the networks' first year between them, once; return how many have a share."""
    facts: dict[str, Any] = {"stream": stream, "year": calendar.years[0], "role": FM, "at": calendar.set_up}
    if not Allocation.objects.filter(year=calendar.years[0]).exists():
        ahsn.propose_allocations(pence=13 * MILLION, by=people.managers[0], **facts)
        ahsn.approve_allocations(by=people.managers[1], **facts)
    return Allocation.objects.filter(year=calendar.years[0]).count()


@transaction.atomic
def _competition(people: People, stream: Stream, pence: int, at: dt.datetime, **fields: Any) -> Competition:
    """Return a published competition with its form, strands and money."""
    competition = Competition.objects.create(
        stream=stream,
        pot=ledger.open_envelope(stream=stream, kind=EnvelopeKind.POT),
        responsible_officer=people.managers[0],
        lead_kinds=[Kind.SME],
        partner_kinds=[Kind.SME, Kind.LARGE_COMPANY, Kind.NHS_BODY, Kind.UNIVERSITY, Kind.CHARITY],
        regime=regime(),
        cost_categories=CostCategory.values,
        assessor_types_needed={"clinical": 1, "commercial": 1},
        letter_conditions=CONDITIONS,
        bids_per_business=6,
        leads_per_business=2,
        **fields,
    )
    for i, (slug, heading, text, is_scored, takes_appendix) in enumerate(FORM):
        Question.objects.create(
            competition=competition, position=i + 1, slug=slug, heading=heading, text=text, is_scored=is_scored,
            takes_appendix=takes_appendix, bands=BANDS if is_scored else [],
        )  # fmt: skip
    Strand.objects.create(
        competition=competition, code="feasibility", title="Feasibility studies", categories=[Research.FEASIBILITY],
        cost_min_pounds=50_000, cost_max_pounds=75_000, months_max=12, collaboration=Collaboration.EITHER,
    )  # fmt: skip
    Strand.objects.create(
        competition=competition, code="development", title="Industrial research and experimental development",
        categories=[Research.INDUSTRIAL, Research.EXPERIMENTAL], cost_min_pounds=500_000, cost_max_pounds=1_000_000,
        months_max=36, collaboration=Collaboration.COLLABORATIVE, claiming_partners_min=1,
    )  # fmt: skip
    facts: dict[str, Any] = {"competition": competition, "role": FM, "at": at}
    actions.propose_allocation(pence=pence, reason="The round's pot", by=people.managers[0], **facts)
    actions.approve_allocation(by=people.managers[1], **facts)
    actions.propose_publication(by=people.managers[0], **facts)
    return actions.publish(by=people.managers[1], **facts)


SUMMARY = (
    "Small companies can apply for match-funded grants to develop digital technology that improves outcomes for "
    "patients, changes how care is delivered or makes it more efficient."
)
ELIGIBILITY = (
    "A UK small or medium-sized company leads. Partners may be any organisation. The part of partners that are not "
    "businesses is at most 30% of project costs. Each partner's match funding is verified before the award letter."
)
SCOPE = "Digital health products or services for use by patients or the NHS, in any clinical area."


def first_round(people: People, stream: Stream, calendar: Calendar) -> Competition:
    """Return the 2017 round with its dates shifted, £8m, set up and published once."""
    if found := Competition.objects.filter(reference="DHTC-R1").first():
        return found
    return _competition(
        people, stream, 8 * MILLION, calendar.set_up, reference="DHTC-R1",
        title="Digital Health Technology Catalyst: round 1", summary=SUMMARY, eligibility=ELIGIBILITY, scope=SCOPE,
        opens_at=calendar.opens, closes_at=calendar.closes, start_by=calendar.start_on,
        assess_by=calendar.assessed.date(), panel_on=calendar.panel.date(), notify_on=calendar.offered.date(),
    )  # fmt: skip


def open_round(people: People, stream: Stream, now: dt.datetime) -> Competition:
    """Return a second round that is open now, £5m, closing at noon in six weeks."""
    if found := Competition.objects.filter(reference="DHTC-R2").first():
        return found
    closes_on = tuesday(uk_day(now) + relativedelta(weeks=6))
    return _competition(
        people, stream, 5 * MILLION, now - dt.timedelta(days=15), reference="DHTC-R2",
        title="Digital Health Technology Catalyst: round 2", summary=SUMMARY, eligibility=ELIGIBILITY, scope=SCOPE,
        opens_at=uk_instant(uk_day(now) - dt.timedelta(days=14), dt.time(9)),
        closes_at=uk_instant(closes_on, dt.time(12)),
        start_by=closes_on.replace(day=1) + relativedelta(months=6),
    )  # fmt: skip


@transaction.atomic
def next_round(people: People, stream: Stream, now: dt.datetime) -> Competition:
    """Return a third round that is being set up from its template; its money waits for a second person."""
    if found := Competition.objects.filter(reference="DHTC-R3").first():
        return found
    facts: dict[str, Any] = {"by": people.managers[0], "role": FM, "at": now}
    title = "Digital Health Technology Catalyst: round 3"
    starter = STARTERS[StreamCode.SME_MATCH_FUNDED]
    made = actions.set_up(stream=stream, starter=starter, reference="DHTC-R3", title=title, **facts)
    for part in (Part.WHO, Part.CONSORTIUM, Part.COSTS, Part.MATCH):
        actions.mark_part(competition=made, part=part, is_complete=True, **facts)
    actions.propose_allocation(competition=made, pence=MILLION, reason="Round 3, feasibility", **facts)
    return made
