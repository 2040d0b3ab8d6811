"""A list asks the database as often for 300 rows as for 3."""

import datetime as dt

import pytest

from accounts.states import Role
from awards import actions
from awards.models import Award, Claim
from awards.states import ClaimState
from funds import actions as funds
from funds import ledger
from funds.models import Competition, Envelope, Proposal, Question, Strand
from tests.asking import queries_of
from tests.cast import NOW
from tests.cast_awards import other, won_bid
from tests.many import copies, many_bids

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def publish(like: Competition, number: int, managers) -> None:
    """Publish a copy of a competition with a pound in its pot."""
    strand, question = like.strands.get(), like.questions.filter(is_scored=True).first()
    competition = Competition.objects.get(pk=like.pk)
    fields = {f.attname: getattr(competition, f.attname) for f in Competition._meta.concrete_fields}
    fields |= {"id": None, "state": "draft", "reference": f"COPY-{number}", "content_sha256": ""}
    fields["pot_id"] = ledger.open_envelope(stream=like.stream, kind="pot").pk
    copy = Competition.objects.create(**fields)
    for model, row in ((Strand, strand), (Question, question)):
        values = {f.attname: getattr(row, f.attname) for f in model._meta.concrete_fields if not f.primary_key}
        model.objects.create(**values | {"competition_id": copy.pk})
    facts = {"competition": copy, "role": Role.FUND_MANAGER, "at": NOW}
    funds.propose_allocation(pence=100, reason="Copy", by=managers[0], **facts)
    funds.approve_allocation(by=managers[1], **facts)
    funds.propose_publication(by=managers[0], **facts)
    funds.publish(by=managers[1], **facts)


def published_like(like: Competition, many: int) -> None:
    """Publish copies of a competition in bulk, on approvals that are copies too."""
    proposal = Proposal.objects.get(kind="competition", reference=like.reference)
    pots = copies(Envelope(kind="pot", stream=like.stream), many)
    numbered = {"reference": lambda n: f"MANY-{n}"}
    proposals = copies(proposal, many, **numbered)
    copies(proposal.approvals.get(), many, proposal_id=lambda n: proposals[n].pk)
    drafted = {"state": lambda n: "draft", "content_sha256": lambda n: "", "pot_id": lambda n: pots[n].pk}
    made = copies(like, many, **numbered, **drafted)
    for part in (like.strands.get(), like.questions.get()):
        copies(part, many, competition_id=lambda n: made[n].pk)
    drafts = Competition.objects.filter(pk__in=[copy.pk for copy in made])
    drafts.update(state="published", content_sha256=proposal.content_sha256)


def test_competitions(competition, fund_manager, second_manager, auditor):
    for number in (1, 2):
        publish(competition, number, (fund_manager, second_manager))
    asked = [(queries_of(auditor, "competitions"), queries_of(auditor, "home"))]
    published_like(Competition.objects.get(reference="COPY-1"), 297)
    asked.append((queries_of(auditor, "competitions"), queries_of(auditor, "home")))
    assert asked[0] == asked[1]


def enrich(competition: Competition, managers) -> None:
    """Give the stream and the competition £30m more."""
    facts = {"role": Role.FUND_MANAGER, "at": NOW}
    for year in ("2026-27", "2027-28", "2028-29"):
        wanted = {"stream": competition.stream, "year": year, **facts}
        funds.propose_appropriation(pence=3_000_000_000, reason="Many awards", by=managers[0], **wanted)
        funds.approve_appropriation(by=managers[1], **wanted)
    funds.propose_allocation(competition=competition, pence=3_000_000_000, reason="Many", by=managers[0], **facts)
    funds.approve_allocation(competition=competition, by=managers[1], **facts)


def offered_like(like: Award, many: int) -> None:
    """Offer copies of an award in bulk, for bids of their own."""
    bids = many_bids(like.bid.competition, many)
    envelopes = copies(Envelope(kind="award", stream=like.envelope.stream), many)
    made = copies(
        like, many, reference=lambda n: f"MANY-{n}", bid_id=lambda n: bids[n].pk, envelope_id=lambda n: envelopes[n].pk
    )
    for part in (*like.partners.all(), *like.conditions.all()):
        copies(part, many, award_id=lambda n: made[n].pk)


def test_awards(competition, sme, people, second_manager, auditor):
    enrich(competition, (people.fund_manager, second_manager))
    for _ in range(3):
        bid = won_bid(competition, sme, people.applicant, lines=[other(50_000)])
        award = actions.offer(bid=bid, by=people.fund_manager, role=Role.FUND_MANAGER, at=NOW)
    asked = [queries_of(auditor, "awards")]
    offered_like(award, 297)
    asked.append(queries_of(auditor, "awards"))
    assert asked[0] == asked[1]


def test_claims(live_award, sme, people, auditor):
    asked = {}
    for first, last in ((0, 3), (3, 300)):
        numbers = range(first + 1, last + 1)
        Claim.objects.bulk_create(
            Claim(
                reference=f"C-{n}", award=live_award, organisation=sme, number=n, starts_on=dt.date(2027, 3, 1),
                ends_on=dt.date(2027, 5, 31), submitted_by=people.applicant, submitted_at=NOW, received_at=NOW,
            )
            for n in numbers
        )  # fmt: skip
        Claim.objects.filter(number__in=numbers).update(state=ClaimState.SUBMITTED)
        asked[last] = queries_of(auditor, "claims")
    assert asked[300] == asked[3]
