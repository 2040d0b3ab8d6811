"""Colleagues who write an unfinished bid of the demo together."""

import datetime as dt

from accounts.models import User
from accounts.states import Role
from bids import sections
from bids.actions.invitations import invite
from bids.actions.team import assign, set_role
from bids.models import Bid
from infra.demo.people import person


def share_out(bid: Bid, by: User, at: dt.datetime) -> None:
    """Let a colleague look after the money and another be invited, and share out what is left to write."""
    lead, address = bid.lead, by.email.partition("@")[0]
    colleague = person(f"finance.of.{address}@example.org", f"Morgan of {lead}", Role.APPLICANT, lead, at)
    set_role(bid=bid, person=colleague, role="finance", by=by, at=at)
    own_part = bid.partners.get(is_lead=True).pk
    assign(bid=bid, section=sections.of_money(own_part, "costs"), person=colleague, by=by, at=at)
    for question in bid.competition.questions.order_by("-position")[:2]:
        assign(bid=bid, section=sections.of_question(question.slug), person=by, by=by, at=at)
    invite(bid=bid, organisation=lead, email=f"invited.by.{address}@example.org", role="viewer", by=by, at=at)
