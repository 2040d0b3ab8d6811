"""Bids that won, and awards on every step of their way. Builders go through the actions, as pages do."""

import datetime as dt
import hashlib
from dataclasses import dataclass

import pytest

from accounts.models import Organisation, User
from accounts.states import OrganisationKind, Role
from awards import actions, claim_tasks, tasks
from awards.actions import banking, runs
from awards.before_letter import clean_answers
from awards.models import Award, BankDetails, Claim, Report
from awards.rules import Line
from bids import actions as bid_actions
from bids.match_checks import codes
from bids.models import Bid, MatchSource, Partner
from funds import approvals, ledger
from funds.models import Competition, Envelope, Stream
from funds.states import EntryKind, EnvelopeKind
from infra.storage import StoredObject
from tests.cast import NOW, organisation, person
from tests.cast_bids import answer_all, decided, draft, evidence, lead_partner, pledge

LINES = (  # £40,000, £8,000 and £9,501
    {"category": "labour", "description": "Engineer", "inputs": {"gross_pounds": "45000", "days": "200"}},
    {"category": "overheads", "description": "Overheads", "inputs": {"kind": "percent"}},
    {"category": "materials", "description": "Sensors", "inputs": {"quantity": "3", "unit_pounds": "3167"}},
)
STARTS_ON = dt.date(2027, 3, 1)
STARTED = dt.datetime(2027, 3, 1, 9, 0, tzinfo=dt.UTC)
QUARTER_OVER = dt.datetime(2027, 6, 1, 9, 0, tzinfo=dt.UTC)


@dataclass(frozen=True)
class People:
    """Everybody whom an award needs."""

    applicant: User
    fund_manager: User
    second_manager: User
    finance_officer: User
    monitoring_officer: User


@pytest.fixture
def people(applicant, fund_manager, second_manager, finance_officer, monitoring_officer, sme, network, store) -> People:
    """The people of an award whose lead has an address and whose region has a network."""
    Organisation.objects.filter(pk=sme.pk).update(address="1 Fictional Way, Sampletown", postcode="ZZ99 9ZZ")
    Organisation.objects.filter(pk=network.pk).update(region="London")
    return People(applicant, fund_manager, second_manager, finance_officer, monitoring_officer)


def other(pounds: int) -> dict:
    """Return a line of other costs."""
    return {"category": "other", "description": "Field trial", "inputs": {"cost_pounds": str(pounds)}}


def fund(partner: Partner, by: User, *lines: dict, percent: int, other_public: int = 0) -> Partner:
    """Give a partner costs, a grant in per cent of them, and a pledge for its match funding."""
    bid_actions.set_costs(partner=partner, lines=lines, by=by, at=NOW)
    made = bid_actions.set_funding(partner=partner, percent=percent, other_public_pounds=other_public, by=by, at=NOW)
    if made.match_pounds:
        pledge(made, by, made.match_pounds)
    return made


def win(bid: Bid, by: User) -> Bid:
    """Submit a finished draft and let it succeed."""
    answer_all(bid, by)
    bid_actions.submit(bid=bid, by=by, at=NOW, first_contact=NOW, key=f"press-{bid.pk}")
    return decided(bid)


def won_bid(competition: Competition, lead: Organisation, by: User, *, lines=LINES) -> Bid:
    """Return a bid of one company that the panel has decided to fund: £57,501 at 70 %."""
    bid = draft(competition, lead, by)
    bid_actions.save_basics(bid=bid, start_on=STARTS_ON, months=12, by=by, at=NOW)
    fund(lead_partner(bid), by, *lines, percent=70)
    return win(bid, by)


@pytest.fixture
def bid(competition, sme, people) -> Bid:
    """A successful feasibility study of £57,501 at 70 %: grant £40,250, match £17,251."""
    return won_bid(competition, sme, people.applicant)


@pytest.fixture
def award(bid, people) -> Award:
    """The award offered to that bid, from March 2027 to February 2028."""
    return actions.offer(bid=bid, by=people.fund_manager, role=Role.FUND_MANAGER, at=NOW)


def prove(source: MatchSource, people: People, pounds: int | None = None) -> MatchSource:
    """Give evidence of a source of match funding and verify it, whole or `pounds` of it."""
    evidence(source, people.applicant)
    return bid_actions.verify_match(
        source=source,
        pounds=pounds or source.amount_pounds,
        checks=codes(source.kind),
        by=people.finance_officer,
        role=Role.FINANCE_OFFICER,
        at=NOW,
    )


def bank_on_file(award: Award, people: People) -> None:
    """Give every partner that claims bank details that finance has checked."""
    claiming = award.partners.filter(grant_pounds__gt=0).exclude(
        organisation__in=BankDetails.objects.values("organisation")
    )
    for part in claiming.select_related("organisation"):
        by = User.objects.filter(memberships__organisation=part.organisation, memberships__role=Role.APPLICANT).first()
        details = banking.enter_bank_details(
            organisation=part.organisation, sort_code="12-34-56", number=f"{10_000_000 + part.organisation_id}",
            holder="A Fictional Account", by=by, at=NOW,
        )  # fmt: skip
        banking.check_bank_details(
            details=details, outcome="verified", note="Called back.", by=people.finance_officer,
            role=Role.FINANCE_OFFICER, at=NOW,
        )  # fmt: skip


def settle(award: Award, people: People) -> Award:
    """Verify the match funding and settle every condition."""
    for source in MatchSource.objects.filter(partner__bid=award.bid_id):
        prove(source, people)
    bank_on_file(award, people)
    for condition in award.conditions.all():
        actions.settle_condition(
            condition=condition, rating="green", note="", answers=clean_answers(condition.kind),
            by=people.finance_officer, role=Role.FINANCE_OFFICER, at=NOW,
        )  # fmt: skip
    return Award.objects.get(pk=award.pk)


def issue(award: Award, people: People, at: dt.datetime = NOW) -> Award:
    """Let two people issue the letter."""
    actions.propose_letter(award=award, by=people.fund_manager, role=Role.FUND_MANAGER, at=at)
    actions.issue_letter(award=award, by=people.second_manager, role=Role.FUND_MANAGER, at=at)
    return Award.objects.get(pk=award.pk)


@pytest.fixture
def settled_award(award, people) -> Award:
    """An award whose conditions are met."""
    return settle(award, people)


@pytest.fixture
def issued_award(settled_award, people) -> Award:
    """An award whose letter is issued and waits to be made."""
    return issue(settled_award, people)


@pytest.fixture
def lettered_award(issued_award) -> Award:
    """An award whose letter is written down as stored, without the seconds that rendering takes."""
    write_down(issued_award)
    return issued_award


def write_down(award: Award) -> None:
    """Say that the newest letter of an award is stored, without making it."""
    request = award.letter_requests.order_by("number").last()
    sha256 = hashlib.sha256(f"{award.reference}/{request.number}".encode()).hexdigest()
    tasks._keep(request.pk, StoredObject(f"letters/{sha256}.pdf", sha256, 1, ""), NOW)


@pytest.fixture
def accepted_award(lettered_award, people) -> Award:
    """An award that a director has accepted."""
    return actions.accept(award=lettered_award, name="Ada Applicant", by=people.applicant, at=NOW)


@pytest.fixture
def live_award(accepted_award) -> Award:
    """An award whose project has started."""
    return actions.go_live(award=accepted_award, at=STARTED)


def line(pence: int = 1_000_000, category: str = "labour", **fields) -> Line:
    """Return an item of spend in the first quarter: £10,000 of labour."""
    facts = {
        "description": "Engineers in April", "incurred_on": dt.date(2027, 4, 30), "invoice_number": "PAY-04",
        "no_evidence_reason": "The payroll is kept by the accountant.",
    }  # fmt: skip
    return Line(category=category, pence=pence, **facts | fields)


def draft_claim(award: Award, people: People, *lines: Line, number: int = 1, match_pence: int = 300_000) -> Claim:
    """Return a claim of the lead with these lines, not submitted yet."""
    claim = actions.start_claim(
        award=award, organisation=award.bid.lead, number=number, by=people.applicant,
        at=QUARTER_OVER + dt.timedelta(days=92 * (number - 1)),
    )  # fmt: skip
    return actions.set_claim_lines(
        claim=claim, lines=lines or [line()], match_pence=match_pence, by=people.applicant, at=QUARTER_OVER
    )


@pytest.fixture
def claim(live_award, people) -> Claim:
    """A claim for £10,000 of labour, submitted: grant £7,000."""
    return actions.submit_claim(claim=draft_claim(live_award, people), by=people.applicant, at=QUARTER_OVER)


def instruct(claim: Claim, people: People, by: User | None = None) -> Claim:
    """Let two finance officers pay a claim in a run of its own; `by`, or the one of the cast, makes it."""
    facts = {"role": Role.FINANCE_OFFICER, "at": QUARTER_OVER}
    first = person(Role.FINANCE_OFFICER, people.finance_officer.held[0].organisation)
    run = runs.propose_run(claims=[Claim.objects.get(pk=claim.pk)], pay_on=QUARTER_OVER.date(), by=first, **facts)
    runs.make_run(run=run, by=by or people.finance_officer, **facts)
    return Claim.objects.get(pk=claim.pk)


def agree(claim: Claim, people: People, *steps: str) -> Claim:
    """Take steps of a claim's way: review, approve, instruct, pay."""
    for step in steps:
        match step:
            case "review":
                actions.review_claim(
                    claim=claim, by=people.monitoring_officer, role=Role.MONITORING_OFFICER, at=QUARTER_OVER
                )
            case "approve":
                actions.approve_claim(claim=claim, by=people.fund_manager, role=Role.FUND_MANAGER, at=QUARTER_OVER)
            case "instruct":
                instruct(claim, people)
            case "pay":
                actions.record_payment(claim=claim, bank_reference="BACS 1", by=people.finance_officer, at=QUARTER_OVER)
    return Claim.objects.get(pk=claim.pk)


def sent(award: Award, people: People, claim: Claim | None = None, kind: str = "final") -> Report:
    """Return a report of an award, found clean, that waits to be read."""
    report = Report.objects.create(
        award=award, claim=claim, kind=kind, filename="report.pdf", content_type="application/pdf", bytes=9,
        sha256="0" * 64, key="documents/none", uploaded_by=people.applicant, uploaded_at=QUARTER_OVER,
    )  # fmt: skip
    claim_tasks.record_claim_scan(stored=report, clean=True, at=QUARTER_OVER)
    return report


def report_finally(award: Award, people: People) -> Report:
    """Return the final report of an award, accepted."""
    facts = {"by": people.fund_manager, "role": Role.FUND_MANAGER, "at": QUARTER_OVER}
    return actions.accept_report(report=sent(award, people), **facts)


@pytest.fixture
def consortium(competition, sme, people) -> Bid:
    """A successful bid: a company (£45,000 at 70 %), and a trust (£13,000 at 100 %, £5,000 of other public funding)."""
    bid = draft(competition, sme, people.applicant)
    bid_actions.save_basics(bid=bid, start_on=STARTS_ON, months=12, by=people.applicant, at=NOW)
    trust = organisation(OrganisationKind.NHS_BODY, "Imaginary Hospitals NHS Trust")
    person(Role.APPLICANT, trust, "Tara Trust")
    partner = bid_actions.add_partner(bid=bid, organisation=trust, by=people.applicant, at=NOW)
    fund(lead_partner(bid), people.applicant, other(45_000), percent=70)
    fund(partner, people.applicant, other(13_000), percent=100, other_public=5_000)
    return win(bid, people.applicant)


def another_pot(stream: Stream, pence: int, *, by: User, approver: User) -> Envelope:
    """Return a pot of `pence` beside the competition's."""
    pot = ledger.open_envelope(stream=stream, kind=EnvelopeKind.POT)
    facts = {"role": Role.FUND_MANAGER, "at": NOW}
    proposal = approvals.propose(kind="allocation", reference=f"pot-{pot.pk}", content={"pence": pence}, by=by, **facts)
    approvals.approve(proposal=proposal, by=approver, **facts)
    ledger.post(
        kind=EntryKind.ALLOCATED, reference=f"pot-{pot.pk}", pence=pence, stream=stream, pot=pot, proposal=proposal,
        by=by, at=NOW,
    )  # fmt: skip
    return pot


def fill(pot: Envelope, pence: int, *, by: User, year: str = "2028-29") -> None:
    """Commit `pence` of a pot to an award that is nobody's."""
    award = ledger.open_envelope(stream=pot.stream, kind=EnvelopeKind.AWARD)
    ledger.post(
        kind=EntryKind.COMMITTED, reference=f"fill-{award.pk}", pence=pence, year=year, stream=pot.stream, pot=pot,
        award=award, by=by, at=NOW,
    )  # fmt: skip
