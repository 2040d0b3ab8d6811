"""Bids as applicants have them in front of them: half written, with a partner, evidence and a document."""

from accounts.models import Organisation, User
from bids import actions
from bids.actions.invitations import invite
from bids.models import Bid, Document
from funds.models import Competition
from tests.cast import NOW
from tests.cast_bids import LABOUR, draft, evidence, lead_partner, pdf, pledge

LINES = [
    LABOUR,
    {"category": "overheads", "description": "", "inputs": {"kind": "percent"}},
    {"category": "materials", "description": "Sensors", "inputs": {"quantity": "40", "unit_pounds": "12.50"}},
]


def half_written(competition: Competition, lead: Organisation, by: User, partner: Organisation | None = None) -> Bid:
    """Return a draft with costs, a pledge with evidence, a document, one answer, a guest, and perhaps a partner."""
    bid = draft(competition, lead, by)
    part = lead_partner(bid)
    part = actions.set_costs(partner=part, lines=LINES, by=by, at=NOW)
    part = actions.set_funding(partner=part, percent=50, other_public_pounds=1000, by=by, at=NOW)
    evidence(pledge(part, by, part.match_pounds), by)
    pledge(part, by, 500, kind="customer", funder="Customer Example Ltd")
    question = bid.competition.questions.first()
    actions.save_answer(bid=bid, question=question, text="We count breaths.", version=0, by=by, at=NOW)
    appendix(bid, by)
    if partner:
        actions.add_partner(bid=bid, organisation=partner, by=by, at=NOW)
    email = f"guest.of.{bid.reference.lower()}@example.org"
    invite(bid=bid, organisation=lead, email=email, role="editor", by=by, at=NOW)
    return Bid.objects.get(pk=bid.pk)


def appendix(bid: Bid, by: User, text: str = "appendix") -> Document:
    """Upload an appendix that is found clean."""
    facts = {"bid": bid, "filename": "appendix.pdf", "kind": "appendix", "by": by, "at": NOW}
    document = actions.attach_document(file=pdf(text), **facts)
    return actions.record_scan(document=document, clean=True, at=NOW)
