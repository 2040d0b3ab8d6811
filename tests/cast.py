"""The people, organisations and money that tests are about. Builders go through the actions, as pages do."""

import datetime as dt

import pytest

from accounts.actions import grant_role, register_organisation
from accounts.models import Organisation, User
from accounts.states import OrganisationKind, Role, Size
from funds import actions, approvals, ledger
from funds.models import Ceiling, Competition, Question, Strand, Stream, SubsidyRegime
from funds.states import Collaboration, EntryKind, EnvelopeKind, ResearchCategory

NOW = dt.datetime(2027, 2, 2, 12, 0, tzinfo=dt.UTC)
CEILINGS = {
    ResearchCategory.FEASIBILITY: (70, 70, 60, 50, 100),
    ResearchCategory.INDUSTRIAL: (70, 70, 60, 50, 100),
    ResearchCategory.EXPERIMENTAL: (45, 45, 35, 25, 100),
}
SIZES = (Size.MICRO, Size.SMALL, Size.MEDIUM, Size.LARGE, Size.NON_BUSINESS)
_numbers = iter(range(10_000_000, 99_999_999))


def organisation(kind: str = OrganisationKind.SME, name: str = "", **fields) -> Organisation:
    """Return a registered organisation of a kind, with an identifier that fits."""
    number = next(_numbers)
    if kind in (OrganisationKind.SME, OrganisationKind.LARGE_COMPANY, OrganisationKind.PARTNER):
        fields.setdefault("company_number", f"{number:08d}")
        fields.setdefault("size", Size.SMALL if kind == OrganisationKind.SME else Size.LARGE)
    if kind == OrganisationKind.NHS_BODY:
        fields.setdefault("ods_code", f"T{number % 100_000:05d}"[:6])
    return register_organisation(by=None, at=NOW, kind=kind, name=name or f"Fictional {kind} {number}", **fields)[0]


def person(role: str, at: Organisation, name: str = "") -> User:
    """Return a person who holds `role` at an organisation."""
    number = next(_numbers)
    user = User.objects.create_user(f"{role}.{number}@example.org", full_name=name or f"Fictional {role} {number}")
    grant_role(user=user, organisation=at, role=role, by=None, at=NOW)
    return user


@pytest.fixture
def now() -> dt.datetime:
    """A fixed instant while the competition of the cast is open: noon UTC, Tuesday 2 February 2027."""
    return NOW


@pytest.fixture
def department(db) -> Organisation:
    """The department that pays."""
    return organisation(OrganisationKind.DEPARTMENT, "Department of Health and Social Care")


@pytest.fixture
def fund_manager(department) -> User:
    """The official who sets up and proposes."""
    return person(Role.FUND_MANAGER, department, "Frances Manager")


@pytest.fixture
def second_manager(department) -> User:
    """The official who approves."""
    return person(Role.FUND_MANAGER, department, "Simon Second")


@pytest.fixture
def finance_officer(department) -> User:
    """The official who verifies and instructs."""
    return person(Role.FINANCE_OFFICER, department, "Fatima Finance")


@pytest.fixture
def auditor(department) -> User:
    """The one who reads everything and changes nothing."""
    return person(Role.AUDITOR, department, "Arthur Auditor")


@pytest.fixture
def network(db) -> Organisation:
    """An AHSN."""
    return organisation(OrganisationKind.AHSN, "Fictional AHSN")


@pytest.fixture
def monitoring_officer(network) -> User:
    """The network's officer who reviews claims."""
    return person(Role.MONITORING_OFFICER, network, "Mo Monitor")


@pytest.fixture
def sme(db) -> Organisation:
    """A small company that bids."""
    return organisation(OrganisationKind.SME, "Breathe Example Ltd", size=Size.SMALL, region="London")


@pytest.fixture
def applicant(sme) -> User:
    """A person of that company."""
    return person(Role.APPLICANT, sme, "Ada Applicant")


def money_in(stream: Stream, pence: int, *, by: User, approver: User, years=("2026-27", "2027-28", "2028-29")) -> None:
    """Appropriate `pence` to a stream for each of `years`, on two people's word."""
    ledger.open_envelope(stream=stream, kind=EnvelopeKind.STREAM)
    for year in years:
        ledger.open_envelope(stream=stream, kind=EnvelopeKind.YEAR, year=year)
        content = {"stream": stream.code, "year": year, "pence": pence}
        proposal = approvals.propose(
            kind="appropriation", reference=f"{stream.code}/{year}", content=content, by=by, role="fund_manager", at=NOW
        )
        approvals.approve(proposal=proposal, by=approver, role="fund_manager", at=NOW)
        ledger.post(
            kind=EntryKind.APPROPRIATION, reference=f"{stream.code}/{year}", pence=pence, stream=stream, year=year,
            proposal=proposal, by=by, at=NOW,
        )  # fmt: skip


@pytest.fixture
def regime(db) -> SubsidyRegime:
    """GBER 651/2014, Article 25."""
    regime = SubsidyRegime.objects.create(
        code="gber_2014", title="General Block Exemption Regulation", legal_basis="Aid under GBER 651/2014.",
        article="Article 25", valid_from=dt.date(2014, 7, 1),
    )  # fmt: skip
    Ceiling.objects.bulk_create(
        Ceiling(regime=regime, category=category, size=size, percent=percent)
        for category, percents in CEILINGS.items()
        for size, percent in zip(SIZES, percents, strict=True)
    )
    return regime


@pytest.fixture
def stream(fund_manager, second_manager) -> Stream:
    """The SME stream with £1m a year."""
    stream = Stream.objects.create(
        code="sme_match_funded", title="Digital Health Technology Catalyst", purpose="Match-funded awards.",
        departments=["Department of Health and Social Care"],
    )  # fmt: skip
    money_in(stream, 100_000_000, by=fund_manager, approver=second_manager)
    return stream


def questions(competition: Competition, scored: int = 2) -> list[Question]:
    """Give a competition a summary that is not scored and `scored` questions that are."""
    bands = [[9, 10, "Convincing"], [7, 8, "Good"], [5, 6, "Fair"], [3, 4, "Weak"], [1, 2, "Poor"]]
    made = [
        Question.objects.create(
            competition=competition, position=1, slug="summary", heading="Project summary", is_scored=False,
            text="What will you do?", word_limit=400,
        )
    ]  # fmt: skip
    for i in range(scored):
        made.append(
            Question.objects.create(
                competition=competition, position=i + 2, slug=f"question-{i + 1}", heading=f"Question {i + 1}",
                text=f"Please answer question {i + 1}.", word_limit=400, bands=bands,
            )
        )  # fmt: skip
    return made


@pytest.fixture
def call_terms() -> dict:
    """Terms of the competition that a test sets otherwise: once it is published they are fixed.

    `@pytest.mark.parametrize("call_terms", [{"leads_per_business": 1}])`
    """
    return {}


@pytest.fixture
def draft_competition(stream, regime, fund_manager, call_terms) -> Competition:
    """A competition being set up: open all February 2027, £500,000."""
    pot = ledger.open_envelope(stream=stream, kind=EnvelopeKind.POT)
    competition = Competition(
        reference="DHTC-T-1", stream=stream, pot=pot, title="Test round", summary="A round for tests.",
        responsible_officer=fund_manager, opens_at=NOW - dt.timedelta(days=1), closes_at=NOW + dt.timedelta(days=26),
        lead_kinds=[OrganisationKind.SME],
        partner_kinds=[OrganisationKind.SME, OrganisationKind.LARGE_COMPANY, OrganisationKind.NHS_BODY,
                       OrganisationKind.UNIVERSITY, OrganisationKind.CHARITY],
        regime=regime,
        cost_categories=["labour", "overheads", "materials", "capital_usage", "subcontracting",
                         "travel_and_subsistence", "other"],
        assessor_types_needed={"clinical": 1, "commercial": 1},
    )  # fmt: skip
    for name, value in call_terms.items():
        setattr(competition, name, value)
    competition.save()
    Strand.objects.create(
        competition=competition, code="feasibility", title="Feasibility studies",
        categories=[ResearchCategory.FEASIBILITY], cost_min_pounds=50_000, cost_max_pounds=75_000, months_max=12,
        collaboration=Collaboration.EITHER,
    )  # fmt: skip
    questions(competition)
    return competition


@pytest.fixture
def competition(draft_competition, fund_manager, second_manager) -> Competition:
    """The published competition with £500,000."""
    facts = {"competition": draft_competition, "role": Role.FUND_MANAGER, "at": NOW}
    actions.propose_allocation(pence=50_000_000, reason="Round 1", by=fund_manager, **facts)
    actions.approve_allocation(by=second_manager, **facts)
    actions.propose_publication(by=fund_manager, **facts)
    return actions.publish(by=second_manager, **facts)
