"""Bids that tests are about, made through the same actions as pages use."""

import datetime as dt
import io
import uuid

from accounts.models import Organisation, User
from accounts.states import OrganisationKind, Role
from bids import actions
from bids.models import Bid, Document, MatchSource, Partner
from bids.states import BidState
from funds import approvals
from funds.models import Competition
from tests.cast import NOW, organisation, person

LABOUR = {"category": "labour", "description": "Engineer", "inputs": {"gross_pounds": "67500", "days": "200"}}
START_ON = dt.date(2027, 6, 1)


def draft(competition: Competition, lead: Organisation, by: User, title: str = "A breath test") -> Bid:
    """Return a draft of the first strand."""
    return actions.start_bid(
        competition=competition, strand=competition.strands.first(), lead=lead, title=title, category="feasibility",
        by=by, at=NOW,
    )  # fmt: skip


def lead_partner(bid: Bid) -> Partner:
    """Return the lead's part of a bid."""
    return Partner.objects.get(bid=bid, is_lead=True)


def answer_all(bid: Bid, by: User, text: str = "Because it helps patients.") -> None:
    """Answer every question and mark it complete."""
    for question in bid.competition.questions.all():
        actions.save_answer(bid=bid, question=question, text=text, version=0, by=by, at=NOW, is_complete=True)


def pledge(partner: Partner, by: User, pounds: int, **changed) -> MatchSource:
    """Declare money that the partner has in the bank."""
    facts = {
        "kind": "own_reserves", "funder": partner.organisation.name, "amount_pounds": pounds,
        "secured_on": dt.date(2027, 1, 4), "available_on": dt.date(2027, 1, 4),
    }  # fmt: skip
    return actions.declare_match(partner=partner, by=by, at=NOW, **(facts | changed))


def ready(competition: Competition, lead: Organisation, by: User, title: str = "A breath test") -> Bid:
    """Return a draft of £60,000 at 70 % that lacks nothing."""
    bid = draft(competition, lead, by, title)
    actions.save_basics(bid=bid, start_on=START_ON, months=12, by=by, at=NOW)
    answer_all(bid, by)
    partner = lead_partner(bid)
    actions.set_costs(partner=partner, lines=[LABOUR], by=by, at=NOW)
    partner = actions.set_funding(partner=partner, percent=70, other_public_pounds=0, by=by, at=NOW)
    pledge(partner, by, partner.match_pounds)
    return Bid.objects.get(pk=bid.pk)


def submitted(competition: Competition, lead: Organisation, by: User, title: str = "A breath test") -> Bid:
    """Return a bid of £60,000 that has been submitted."""
    bid = ready(competition, lead, by, title)
    actions.submit(bid=bid, by=by, at=NOW, first_contact=NOW, key=uuid.uuid4().hex)
    return Bid.objects.get(pk=bid.pk)


def decided(bid: Bid, outcome: str = BidState.SUCCESSFUL) -> Bid:
    """Return a submitted bid after the panel's decision on it, which two people take."""
    room = organisation(OrganisationKind.DEPARTMENT)
    makers = person(Role.FUND_MANAGER, room), person(Role.FUND_MANAGER, room)
    facts = {"role": Role.FUND_MANAGER, "at": NOW}
    content = {"bids": {bid.reference: {"outcome": str(outcome)}}}
    proposal = approvals.propose(
        kind="decision", reference=bid.competition.reference, content=content, by=makers[0], **facts
    )
    approvals.approve(proposal=proposal, by=makers[1], **facts)
    found = Bid.objects.get(pk=bid.pk)
    deeds = {BidState.SUCCESSFUL: found.succeed, BidState.RESERVE: found.hold_in_reserve}
    deeds.get(BidState(outcome), found.fail)()
    found.save(update_fields=["state"])
    return found


def pdf(text: str = "statement") -> io.BytesIO:
    """Return a small file that is a PDF as far as its bytes tell."""
    return io.BytesIO(b"%PDF-1.4\n" + text.encode() + b"\n%%EOF\n")


def evidence(source: MatchSource, by: User, text: str = "", clean: bool = True) -> Document:
    """Give a bank statement as evidence of a source; another text is another file."""
    document = actions.attach_document(
        bid=source.partner.bid, file=pdf(text or f"statement {source.pk}"), filename="statement.pdf",
        kind="match_evidence", source=source, dated_on=dt.date(2027, 1, 20), by=by, at=NOW,
    )  # fmt: skip
    actions.record_scan(document=document, clean=clean, at=NOW)
    actions.give_evidence(source=source, document=document, by=by, at=NOW)
    return document
