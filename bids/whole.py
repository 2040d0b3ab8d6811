"""Read all that stands in a bid at once, in plain SQL: what is missing and what is submitted follow from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import Organisation
from bids import aid
from bids.models import Answer, Bid, CostLine, Document, MatchSource, Partner
from funds.models import Question
from infra.rows import bring, rows

_ANSWERS = """
    SELECT {q}, {a} FROM funds_question q
    LEFT JOIN bids_answer a ON a.question_id = q.id AND a.bid_id = %(bid)s
    WHERE q.competition_id = %(call)s ORDER BY q.position
"""
_PARTNERS = """
    SELECT {p}, {o}, EXISTS (SELECT FROM accounts_sizedeclaration WHERE organisation_id = o.id),
        (SELECT aid_limit FROM funds_subsidyregime WHERE code = %(regime)s)
    FROM bids_partner p JOIN accounts_organisation o ON o.id = p.organisation_id
    WHERE p.bid_id = %(bid)s ORDER BY p.is_lead DESC, p.id
"""
_COST_LINES = """
    SELECT {x} FROM bids_costline x JOIN bids_partner p ON p.id = x.partner_id
    WHERE p.bid_id = %(bid)s ORDER BY x.category, x.id
"""
_SOURCES = """
    SELECT {x} FROM bids_matchsource x JOIN bids_partner p ON p.id = x.partner_id
    WHERE p.bid_id = %(bid)s ORDER BY x.id
"""
_DOCUMENTS = "SELECT {d} FROM bids_document d WHERE d.bid_id = %(bid)s AND d.deleted_at IS NULL ORDER BY d.id"


@dataclass(frozen=True)
class Whole:
    """All that stands in a bid, read once: what is missing and what is submitted follow from it."""

    bid: Bid
    answers: Sequence[tuple[Question, Answer | None]]
    partners: Sequence[Partner]
    documents: Sequence[Document]


def whole(bid: Bid) -> Whole:
    """Read all that stands in a bid, in a constant number of queries."""
    facts = {"bid": bid.pk, "call": bid.competition_id, "regime": bid.competition.regime_id}
    return Whole(
        bid=bid,
        answers=[(question, answer) for question, answer in rows(_ANSWERS, facts, q=Question, a=Answer)],
        partners=_parts(facts),
        documents=[document for (document,) in rows(_DOCUMENTS, facts, d=Document)],
    )


def _parts(facts: dict[str, Any]) -> Sequence[Partner]:
    """Return the partners of a bid with all that is asked about them but the evidence of their match funding."""
    found = []
    for partner, organisation, is_worked_out, aid_limit in rows(_PARTNERS, facts, p=Partner, o=Organisation):
        partner.organisation = organisation
        partner.size_is_worked_out, partner.aid_limit = is_worked_out, aid_limit
        found.append(partner)
    bring(found, "cost_lines", (line for (line,) in rows(_COST_LINES, facts, x=CostLine)))
    bring(found, "match_sources", (source for (source,) in rows(_SOURCES, facts, x=MatchSource)))
    return aid.loaded(found)
