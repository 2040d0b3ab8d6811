"""Bids that won, and awards on every step of their way. Builders go through the actions, as pages do."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import pytest

from accounts.models import Organisation, User
from accounts.states import OrganisationKind, Role
from awards import actions, tasks
from awards.models import Award, Claim
from awards.rules import Line
from bids.models import Answer, Bid, BidVersion, CostLine, MatchSource, Partner
from funds.models import Competition
from tests.cast import NOW, organisation

COSTS = {"labour": 40_000, "overheads": 8_000, "materials": 9_501}
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
def people(applicant, fund_manager, second_manager, finance_officer, monitoring_officer, sme, network) -> People:
    """The people of an award whose lead has an address and whose region has a network."""
    Organisation.objects.filter(pk=sme.pk).update(address="1 Fictional Way, Sampletown", postcode="ZZ99 9ZZ")
    Organisation.objects.filter(pk=network.pk).update(region="London")
    return People(applicant, fund_manager, second_manager, finance_officer, monitoring_officer)


def part(
    bid: Bid, of: Organisation, costs: dict[str, int], percent: str, *, other_public: int = 0, is_lead: bool = False
) -> Partner:
    """Add a partner with its costs in whole pounds, keeping the match-funding identity."""
    cost = sum(costs.values())
    grant = max(0, int(cost * Decimal(percent) // 100) - other_public)
    made = Partner.objects.create(
        bid=bid, organisation=of, is_lead=is_lead, size=of.size, percent=percent, cost_pounds=cost,
        other_public_pounds=other_public, grant_pounds=grant, match_pounds=cost - other_public - grant,
    )  # fmt: skip
    CostLine.objects.bulk_create(
        CostLine(partner=made, category=category, description=category, amount=pounds)
        for category, pounds in costs.items()
    )
    return made


def prove_match(partner: Partner, by: User, pounds: int | None = None) -> MatchSource:
    """Give a partner verified match funding: all that it needs, or `pounds`."""
    source = MatchSource.objects.create(
        partner=partner, kind="equity", funder="Made-up Ventures LLP", amount_pounds=pounds or partner.match_pounds,
        secured_on=dt.date(2027, 1, 4), available_on=dt.date(2027, 1, 4),
    )  # fmt: skip
    source.give_evidence()
    source.save(update_fields=["state"])
    source.verify(pounds=pounds or partner.match_pounds, by=by, at=NOW)
    source.save()
    return source


def won_bid(
    competition: Competition, lead: Organisation, by: User, *, costs: dict[str, int] = COSTS, months: int = 12,
    percent: str = "70", start_on: dt.date = STARTS_ON, reference: str = "",
) -> Bid:  # fmt: skip
    """Return a bid of one company that the panel has decided to fund."""
    bid = Bid.objects.create(
        reference=reference or f"B{Bid.objects.count() + 900_000:06d}", competition=competition,
        strand=competition.strands.get(), lead=lead, created_by=by, created_at=NOW, title="A fictional stethoscope",
        category="feasibility", start_on=start_on, months=months,
    )  # fmt: skip
    part(bid, lead, costs, percent, is_lead=True)
    Answer.objects.create(
        bid=bid, question=competition.questions.get(slug="summary"), text="We listen to hearts at home.",
        saved_by=by, saved_at=NOW,
    )  # fmt: skip
    return bid


def win(bid: Bid) -> Bid:
    """Submit a draft and let it succeed."""
    bid = Bid.objects.get(pk=bid.pk)
    bid.submit(by=bid.created_by, at=NOW)
    bid.save()
    BidVersion.objects.create(
        bid=bid, number=1, content={}, sha256="0" * 64, at=NOW, by=bid.created_by, key=f"press-{bid.pk}"
    )
    bid.succeed()
    bid.save()
    return bid


@pytest.fixture
def bid(competition, sme, people) -> Bid:
    """A successful feasibility study of £57,501 at 70 %: grant £40,250, match £17,251."""
    return win(won_bid(competition, sme, people.applicant))


@pytest.fixture
def award(bid, people) -> Award:
    """The award offered to that bid, from March 2027 to February 2028."""
    return actions.offer(bid=bid, by=people.fund_manager, role=Role.FUND_MANAGER, at=NOW)


def settle(award: Award, people: People) -> Award:
    """Verify the match funding and settle every condition."""
    for awarded in award.partners.filter(match_pounds__gt=0):
        prove_match(awarded.partner, people.finance_officer)
    for condition in award.conditions.all():
        actions.settle_condition(
            condition=condition, rating="green", note="", by=people.finance_officer, role=Role.FINANCE_OFFICER, at=NOW
        )
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
def accepted_award(issued_award, people) -> Award:
    """An award whose letter is stored and accepted."""
    tasks.make_letters(at=NOW)
    return actions.accept(award=issued_award, name="Ada Applicant", by=people.applicant, at=NOW)


@pytest.fixture
def live_award(accepted_award) -> Award:
    """An award whose project has started."""
    return actions.go_live(award=accepted_award, at=STARTED)


def line(pence: int = 1_000_000, category: str = "labour", **fields) -> Line:
    """Return an item of spend in the first quarter: £10,000 of labour."""
    facts = {"description": "Engineers in April", "incurred_on": dt.date(2027, 4, 30), "invoice_number": "PAY-04"}
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


def agree(claim: Claim, people: People, *steps: str) -> Claim:
    """Take steps of a claim's way: review, approve, instruct, pay."""
    for step in steps:
        match step:
            case "review":
                actions.review_claim(claim=claim, by=people.monitoring_officer, role=Role.MONITORING_OFFICER, at=QUARTER_OVER)
            case "approve":
                actions.approve_claim(claim=claim, by=people.fund_manager, role=Role.FUND_MANAGER, at=QUARTER_OVER)
            case "instruct":
                actions.instruct_payment(claim=claim, by=people.finance_officer, role=Role.FINANCE_OFFICER, at=QUARTER_OVER)
            case "pay":
                actions.record_payment(claim=claim, bank_reference="BACS 1", by=people.finance_officer, at=QUARTER_OVER)
    return Claim.objects.get(pk=claim.pk)


@pytest.fixture
def consortium(competition, sme, people) -> Bid:
    """A successful bid of a company (£40,000 at 70 %) and a trust (£30,000 at 100 %, £5,000 of other public funding)."""
    bid = won_bid(competition, sme, people.applicant, costs={"labour": 40_000})
    trust = organisation(OrganisationKind.NHS_BODY, "Imaginary Hospitals NHS Trust")
    part(bid, trust, {"labour": 25_000, "materials": 5_000}, "100", other_public=5_000)
    return win(bid)


