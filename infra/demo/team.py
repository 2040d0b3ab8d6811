"""Colleagues and partners who write unfinished bids of the demo together."""

import datetime as dt
from io import BytesIO
from typing import Any

from django.db import transaction

from accounts.models import User
from bids import actions as bids
from bids import costs, sections, sheets
from bids.actions.invitations import invite
from bids.actions.lines import import_lines
from bids.actions.team import assign, set_role
from bids.models import Bid, Partner
from bids.overview import lines_digest
from infra.demo import plans
from infra.demo.evidence import paper, statement
from infra.demo.people import People, colleague

DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)


def share_out(bid: Bid, by: User, at: dt.datetime) -> None:
    """Let a colleague look after the money and another be invited, and share out what is left to write."""
    lead, address = bid.lead, by.email.partition("@")[0]
    purse = colleague(by, lead, "finance", at)
    set_role(bid=bid, person=purse, role="finance", by=by, at=at)
    own_part = bid.partners.get(is_lead=True).pk
    assign(bid=bid, section=sections.of_money(own_part, "costs"), person=purse, by=by, at=at)
    for question in bid.competition.questions.order_by("-position")[:2]:
        assign(bid=bid, section=sections.of_question(question.slug), person=by, by=by, at=at)
    invite(bid=bid, organisation=lead, email=f"invited.by.{address}@example.org", role="viewer", by=by, at=at)


@transaction.atomic
def write_together(bid: Bid, pounds: int, people: People, now: dt.datetime) -> None:
    """Go on with an unfinished bid of a company and its partner, each with their own part, once."""
    if bid.documents.exists():
        return
    by, at = people.applicants[bid.lead_id], now - 5 * DAY
    lead, partner = bid.partners.order_by("-is_lead", "pk")
    theirs = people.applicants[partner.organisation_id]
    _name_people(bid, people, by, at)
    _costs_from_a_sheet(lead, pounds * 70 // 100, people.colleagues["finance"], at)
    _money(lead, by, at)
    bids.set_costs(partner=partner, lines=plans.cost_lines(pounds * 30 // 100), by=theirs, at=at)
    invite(bid=bid, organisation=partner.organisation, email="new.colleague@example.org", role="finance", by=theirs,
           at=now - 2 * DAY)  # fmt: skip
    _papers(bid, people.colleagues["editor"], at)


def _name_people(bid: Bid, people: People, by: User, at: dt.datetime) -> None:
    """Let one colleague only read, and another write two answers within two weeks."""
    set_role(bid=bid, person=people.colleagues["viewer"], role="viewer", by=by, at=at)
    for minutes, question in enumerate(bid.competition.questions.filter(slug__in=["market", "impacts"])):
        assign(
            bid=bid, section=sections.of_question(question.slug), person=people.colleagues["editor"],
            due_on=(at + 14 * DAY).date(), by=by, at=at + minutes * MINUTE,
        )  # fmt: skip


def _costs_from_a_sheet(part: Partner, pounds: int, by: User, at: dt.datetime) -> None:
    """Fill in the template of costs, read it through as the page does, and take it over."""
    allowed = part.bid.competition.cost_categories
    book = sheets.workbook(costs.worked_out(plans.cost_lines(pounds), part.working_days, allowed), allowed)
    found = sheets.read(BytesIO(book), len(book))
    lines = sheets.checked(found, part.working_days, allowed).lines
    import_lines(partner=part, lines=lines, adds=False, was=lines_digest([]), by=by, at=at)


def _money(part: Partner, by: User, at: dt.datetime) -> None:
    """Ask for the highest grant, and show half of the match funding."""
    percent = plans.percent_asked(part.bid.category, part.size)
    part = bids.set_funding(partner=part, percent=percent, other_public_pounds=0, by=by, at=at)
    day, name, half = (at - 20 * DAY).date(), part.organisation.name, part.match_pounds // 2
    money: dict[str, Any] = {"secured_on": day, "available_on": day, "by": by, "at": at}
    source = bids.declare_match(partner=part, kind="own_reserves", funder=name, amount_pounds=half, **money)
    document = bids.attach_document(
        bid=part.bid, file=BytesIO(statement(name, half, day, part.bid.reference)), filename="statement.pdf",
        kind="match_evidence", source=source, dated_on=day, by=by, at=at,
    )  # fmt: skip
    bids.give_evidence(source=source, document=document, by=by, at=at)


def _papers(bid: Bid, by: User, at: dt.datetime) -> None:
    """Give an appendix in two versions, and a plan that is put aside again."""

    def file(title: str) -> BytesIO:
        return BytesIO(paper(title, f"For demonstration only: {bid.reference}"))

    question = bid.competition.questions.get(slug="approach")
    drawn: dict[str, Any] = {"filename": "how-it-works.pdf", "by": by}
    first = bids.attach_document(bid=bid, file=file("How it works"), kind="appendix", question=question, at=at, **drawn)
    bids.replace_document(document=first, file=file("How it works, with the alarm"), at=at + DAY, **drawn)
    plan = bids.attach_document(bid=bid, file=file("Plan"), filename="plan.pdf", kind="other", by=by, at=at)
    bids.delete_document(document=plan, by=by, at=at + DAY)
