"""One competition from call to payment, deed by deed, through the same actions as the pages.

Every chapter can be told again: it looks at what is there and adds only what is missing.
"""

import datetime as dt
import random
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from typing import Any

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.db import transaction
from django.utils.text import slugify

from accounts.models import Organisation, User
from accounts.states import OrganisationKind, Role
from assessments import actions as assessments
from assessments.models import Seat
from assessments.states import SeatState
from awards import actions as awards
from awards.models import Award
from awards.rules import Line
from awards.states import AwardState, ClaimState
from bids import actions as bids
from bids.actions.aid import add_aid, confirm_aid
from bids.aid import digest_of, is_asked
from bids.models import Bid, Partner
from bids.states import BidState
from funds.models import Competition
from funds.money import floor_percent
from funds.past_awards import of_companies
from funds.states import CompetitionState
from infra.demo import assessing, panels, plans
from infra.demo.before_letter import prepare, verify
from infra.demo.claim_papers import prove, report
from infra.demo.dates import Calendar
from infra.demo.evidence import paper, statement
from infra.demo.people import AREAS, CHARITY, People
from infra.demo.plans import Plan
from infra.demo.team import share_out

FM, FO, MO = Role.FUND_MANAGER, Role.FINANCE_OFFICER, Role.MONITORING_OFFICER
HOUR = dt.timedelta(hours=1)
Tell = Callable[[str], None]
ANSWER = (
    "{title} is a fictional project of the demonstration. This answer to “{heading}” is long enough to read and short "
    "enough to skim: we name the need, the evidence we have, what we will do in each quarter, and how we will know."
)


def work_off_the_queue() -> None:
    """Run the worker until nothing is left to do."""
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "procrastinate", "worker", "--one-shot"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise RuntimeError(f"The worker failed: {done.stderr[-2000:]}")


# Bids


def write_bids(competition: Competition, drawn: list[Plan], people: People, at: dt.datetime, start_on: dt.date) -> int:
    """Write the planned bids that are not there yet; return how many there are."""
    there = set(Bid.objects.filter(competition=competition).values_list("title", flat=True))
    for i, plan in enumerate(drawn):
        if plan.title not in there:
            _write(competition, plan, people, at + i * HOUR, start_on, i)
    return Bid.objects.filter(competition=competition).count()


@transaction.atomic
def _write(competition: Competition, plan: Plan, people: People, at: dt.datetime, start_on: dt.date, i: int) -> None:
    lead = (people.trusts if plan.is_of_trust else people.companies)[plan.company]
    by = people.applicants[lead.pk]
    strand = competition.strands.get(code=plan.strand)
    bid = bids.start_bid(
        competition=competition, strand=strand, lead=lead, title=plan.title, category=plan.category, by=by, at=at
    )
    bids.save_basics(bid=bid, start_on=start_on, months=plan.months, clinical_area=AREAS[i % len(AREAS)], by=by, at=at)
    unfinished = plan.ending == "draft"
    for question in competition.questions.all()[: 5 if unfinished else None]:
        text = ANSWER.format(title=plan.title, heading=question.heading.lower())
        bids.save_answer(bid=bid, question=question, text=text, version=0, is_complete=True, by=by, at=at)
    other = _partner_of(plan, people)
    partner = bids.add_partner(bid=bid, organisation=other, by=by, at=at) if other else None
    if unfinished:
        share_out(bid, by, at)
        return
    _finances(bid, plan, partner, by, at)
    _papers(bid, by, at)
    bids.submit(bid=bid, by=by, at=at + HOUR, first_contact=at + HOUR, key=f"demo-{bid.reference}")
    match plan.ending:
        case "ineligible":
            reason = "The project does not concern patients or the NHS, so it is outside the scope of this competition."
            officer: dict[str, Any] = {"bid": bid, "by": people.managers[0], "role": FM}
            bids.find_ineligible(reason=reason, at=competition.closes_at + HOUR, **officer)
            bids.inform(at=competition.closes_at + 2 * HOUR, **officer)
        case "withdrawn":
            bids.withdraw(bid=bid, by=by, at=at + 3 * HOUR)
        case "reopened":
            bids.reopen(bid=bid, by=by, at=at + 3 * HOUR)


def _partner_of(plan: Plan, people: People) -> Organisation | None:
    match plan.shape:
        case "with_sme":
            return people.companies[(plan.company + 11) % len(people.companies)]
        case "with_large":
            return people.large
        case "with_university":
            return people.university
        case "with_trust":
            return people.trusts[plan.company % len(people.trusts)]
    return None


def _finances(bid: Bid, plan: Plan, other: Partner | None, by: User, at: dt.datetime) -> None:
    """Fill in costs, funding, match funding with evidence and earlier aid, for the lead and the partner."""
    call, (lead_cost, other_cost) = bid.competition, plans.shares_of(plan)
    parts = [(Partner.objects.get(bid=bid, is_lead=True), lead_cost), *([(other, other_cost)] if other else [])]
    for partner, pounds in parts:
        lines = [line for line in plans.cost_lines(pounds) if line["category"] in call.cost_categories]
        partner = bids.set_costs(partner=partner, lines=lines, by=by, at=at)
        percent = min(plans.percent_asked(plan.category, partner.size), call.max_percent or 100)
        partner = bids.set_funding(partner=partner, percent=percent, other_public_pounds=0, by=by, at=at)
        if partner.match_pounds:
            match(bid, partner, by, at)
        if is_asked(partner, call):
            _declare_aid(partner, by, at)


def match(bid: Bid, partner: Partner, by: User, at: dt.datetime) -> None:
    """Declare the match funding of a partner, with fictional evidence: its own reserves, or a charity's for a trust."""
    secured = (at - dt.timedelta(days=20)).date()
    is_public = partner.organisation.kind == OrganisationKind.NHS_BODY
    kind, name = ("charity", CHARITY) if is_public else ("own_reserves", partner.organisation.name)
    charity = Organisation.objects.get(kind=OrganisationKind.CHARITY, name=CHARITY) if is_public else None
    source = bids.declare_match(
        partner=partner, kind=kind, funder=name, organisation=charity, amount_pounds=partner.match_pounds,
        secured_on=secured, available_on=secured, by=by, at=at,
    )  # fmt: skip
    document = bids.attach_document(
        bid=bid, file=BytesIO(statement(name, partner.match_pounds, secured, bid.reference)),
        filename=f"statement-{bid.reference}-{partner.pk}.pdf", kind="match_evidence", source=source, dated_on=secured,
        by=by, at=at,
    )  # fmt: skip
    bids.give_evidence(source=source, document=document, by=by, at=at)


def _declare_aid(partner: Partner, by: User, at: dt.datetime) -> None:
    """List what the register knows of a partner in exact sums, and confirm the list; ranges are forgotten."""
    for award in of_companies([partner.organisation.company_number]):
        if award.low is not None and award.low == award.high:
            add_aid(
                partner=partner, giver=award.funder, scheme=award.scheme, granted_on=award.granted_on,
                amount=award.low, currency=award.currency, by=by, at=at,
            )  # fmt: skip
    confirm_aid(partner=partner, sha256=digest_of(partner.aid_received.all()), by=by, at=at)


def _papers(bid: Bid, by: User, at: dt.datetime) -> None:
    """Give what the competition asks for beside the answers."""
    for asked in bid.competition.asked_documents.filter(is_required=True):
        file = BytesIO(paper(asked.title, f"For demonstration only: {bid.reference}", bid.title))
        name = f"{slugify(asked.title)}-{bid.reference}.pdf"
        bids.attach_document(bid=bid, file=file, filename=name, kind="other", asked=asked, by=by, at=at)


# Assessment and panel


def assess(competition: Competition, people: People, calendar: Calendar) -> int:
    """Seat three assessors on each bid and let them score; return how many assessments are in."""
    competition = Competition.objects.get(pk=competition.pk)
    facts: dict[str, Any] = {"by": people.managers[0], "role": FM}
    if competition.state == CompetitionState.PUBLISHED:
        competition = assessments.begin_assessment(competition=competition, **facts, at=calendar.closes + 2 * HOUR)
    if competition.state == CompetitionState.IN_ASSESSMENT:
        assessing.seat(competition, people.managers[0], calendar.closes + 24 * HOUR)
    quality = {plan.title: plan.quality for plan in plans.first_round()}
    seats = Seat.objects.filter(bid__competition=competition).select_related("bid", "assessor__user").order_by("id")
    for seat in seats:
        if seat.state == SeatState.INVITED:
            _score(seat, competition, quality[seat.bid.title], calendar)
    if competition.state == CompetitionState.IN_ASSESSMENT:
        assessing.discuss(competition, people.managers[0], calendar.assessed)
    return seats.filter(assessment__state="submitted").count()


@transaction.atomic
def _score(seat: Seat, competition: Competition, quality: float, calendar: Calendar) -> None:
    chance = random.Random(seat.pk * 7919)  # noqa: S311 - the same scores at every run
    by, at = seat.assessor.user, calendar.closes + dt.timedelta(days=3, minutes=seat.pk)
    assessments.accept(seat=seat, by=by, at=at)
    points = []
    for question in competition.questions.filter(is_scored=True):
        points.append(max(1, min(10, round(quality + chance.gauss(0, 1.1)))))
        reason = f"{'Strong' if points[-1] >= 7 else 'Thin'} on {question.heading.lower()}, with evidence for the rest."
        assessments.save_score(seat=seat, question=question, points=points[-1], reason=reason, by=by, at=at)
    assessments.save_overall(
        seat=seat, is_in_scope=True, is_fundable=sum(points) >= 60, feedback="Clear on need; say more on cost.",
        note="", by=by, at=at + HOUR,
    )  # fmt: skip
    assessments.submit_assessment(seat=seat, by=by, at=at + 2 * HOUR)


@transaction.atomic
def decide(competition: Competition, people: People, calendar: Calendar) -> Competition:
    """Let the panel meet and decide inside the envelope, on two people's word."""
    competition = Competition.objects.get(pk=competition.pk)
    facts: dict[str, Any] = {"competition": competition, "role": FM}
    if competition.state == CompetitionState.IN_ASSESSMENT:
        competition = assessments.go_to_panel(**facts, by=people.managers[0], at=calendar.panel)
    if competition.state == CompetitionState.AT_PANEL:
        panels.decide(competition, people, calendar.panel)
    return Competition.objects.get(pk=competition.pk)


def give_feedback(competition: Competition, people: People, calendar: Calendar) -> None:
    """Release scores and reasons to every applicant of the round at once."""
    assessments.release_feedback(
        competition=competition, outliers="No score was far enough from the others to be treated differently.",
        complaints_until=(calendar.offered + dt.timedelta(days=45)).date(), by=people.managers[0], role=FM,
        at=calendar.offered,
    )  # fmt: skip


# Awards


@transaction.atomic
def offer(competition: Competition, people: People, calendar: Calendar) -> list[Award]:
    """Offer an award to each successful bid, best score first; return all awards."""
    won = Bid.objects.filter(competition=competition, state=BidState.SUCCESSFUL, award=None)
    for bid in won.order_by("decisions__rank"):
        award = awards.offer(bid=bid, by=people.managers[0], role=FM, at=calendar.offered)
        if award.network is None:
            network = people.networks[bid.pk % len(people.networks)]
            awards.assign_network(award=award, network=network, by=people.managers[0], role=FM, at=calendar.offered)
    return list(Award.objects.filter(bid__competition=competition).order_by("pk"))


@transaction.atomic
def settle(award: Award, people: People, calendar: Calendar) -> None:
    """Verify the match funding and settle the conditions of one award."""
    if award.state != AwardState.OFFERED:
        return
    at = calendar.offered + dt.timedelta(days=9)
    verify(award, people, at)
    prepare(award, people, at)


@transaction.atomic
def issue(award: Award, people: People, calendar: Calendar) -> None:
    """Issue the letter of one award, on two people's word."""
    if Award.objects.get(pk=award.pk).state == AwardState.CONDITIONS_MET:
        awards.propose_letter(award=award, by=people.managers[0], role=FM, at=calendar.issued)
        awards.issue_letter(award=award, by=people.managers[1], role=FM, at=calendar.issued + HOUR)


@transaction.atomic
def accept(award: Award, people: People, calendar: Calendar) -> None:
    """Let the lead's director accept, and start the project on its day."""
    award = Award.objects.select_related("bid").get(pk=award.pk)
    if award.state == AwardState.LETTER_ISSUED:
        by = people.applicants[award.bid.lead_id]
        award = awards.accept(award=award, name=by.full_name, by=by, at=calendar.accepted)
    if award.state == AwardState.ACCEPTED:
        start = dt.datetime.combine(award.starts_on, dt.time(9), dt.UTC)
        awards.go_live(award=award, by=people.managers[0], role=FM, at=start)


def each(deed: Callable[[Award, People, Calendar], None], made: list[Award], people: People, calendar: Calendar) -> int:
    """Do a deed for each award; return how many there are."""
    for award in made:
        deed(award, people, calendar)
    return len(made)


def claim(made: list[Award], people: People, calendar: Calendar) -> int:
    """Claim the first quarter of the first five awards, four of them up to the approval; return how many."""
    ends = [*[ClaimState.APPROVED] * 4, ClaimState.SUBMITTED]
    for award, end in zip(made, ends, strict=False):
        _claim(award, people, calendar, upto=end)
    return min(len(made), len(ends))


@transaction.atomic
def _claim(award: Award, people: People, calendar: Calendar, *, upto: str) -> None:
    """Claim the first quarter of the lead and take the claim as far as `upto`, each step by another person."""
    award = Award.objects.select_related("bid", "network").get(pk=award.pk)
    if award.state != AwardState.LIVE or award.claims.exists():
        return
    lead = award.partners.get(is_lead=True)
    by, at = people.applicants[lead.organisation_id], calendar.claimed
    made = awards.start_claim(award=award, organisation=lead.organisation, number=1, by=by, at=at)
    lines = _lines(award, lead.costs, made.starts_on)
    spent = sum(line.pence for line in lines)
    match = spent - floor_percent(spent, lead.percent)
    awards.set_claim_lines(claim=made, lines=lines, match_pence=match, by=by, at=at)
    prove(made, by=by, at=at)
    awards.submit_claim(claim=made, by=by, at=at + HOUR)
    report(made, by=by, monitor=people.monitors[award.network_id or 0], at=at + 2 * HOUR)
    steps = [
        (awards.review_claim, people.monitors[award.network_id or 0], MO),
        (awards.approve_claim, people.managers[0], FM),
    ]
    for day, (step, person, role) in enumerate(steps if upto == ClaimState.APPROVED else (), start=1):
        step(claim=made, by=person, role=role, at=at + dt.timedelta(days=day))


def _lines(award: Award, costs: dict[str, int], first_day: dt.date) -> list[Line]:
    """Return a quarter's spend: each category's cost in equal parts over the project, less a little."""
    quarters = max(1, -(-((award.ends_on - award.starts_on).days) // 91))
    return [
        Line(
            category=category, description=f"{category.replace('_', ' ').capitalize()} of the first quarter",
            incurred_on=first_day + relativedelta(days=40), pence=pounds * 100 // quarters * 9 // 10,
            invoice_number=f"INV-{award.reference}-{i}",
        )
        for i, (category, pounds) in enumerate(costs.items(), start=1)
        if pounds
    ]  # fmt: skip
