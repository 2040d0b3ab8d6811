"""Copy a bid into another competition as a new draft."""

import datetime as dt
from typing import NamedTuple

from django.db import transaction

from accounts.models import User
from accounts.rules import Refused
from accounts.states import Role
from audit.record import record
from bids import copies
from bids.actions.answers import save_answer
from bids.actions.drafts import add_partner, save_basics, start_bid
from bids.actions.finance import set_costs, set_funding
from bids.actions.locks import must_edit
from bids.models import Bid, Partner
from funds.models import Competition, Strand


class Copied(NamedTuple):
    """The new draft, and what could not be carried into it, in words."""

    bid: Bid
    left_out: list[str]


@transaction.atomic
def copy_bid(
    *, bid: Bid, competition: Competition, strand: Strand, title: str, category: str, by: User, at: dt.datetime
) -> Copied:
    """Begin a draft of the same lead with the answers, partners and costs of a bid, as far as they fit.

    No answer counts as finished, and no match funding, evidence or document is carried: the same money counts once.

    Raises:
        Refused: `by` may not change the bid, it is of this very competition, or no bid can be begun there.
    """
    must_edit(bid, by)
    if competition.pk == bid.competition_id:
        raise Refused("Choose another competition than the bid's own.")
    plan = copies.plan(bid, competition)
    made = start_bid(
        competition=competition, strand=strand, lead=bid.lead, title=title, category=category, by=by, at=at
    )
    start_on = bid.start_on if bid.start_on and bid.start_on > at.date() else None
    months = max(strand.months_min, min(bid.months, strand.months_max))
    save_basics(bid=made, clinical_area=bid.clinical_area, start_on=start_on, months=months, by=by, at=at)
    for question, text in plan.answers:
        save_answer(bid=made, question=question, text=text, version=0, by=by, at=at)
    left_out = plan.left_out
    for partner in plan.partners:
        left_out += _copy_partner(partner, made, by=by, at=at)
    facts = {"from": bid.reference, "answers": len(plan.answers), "partners": len(plan.partners)}
    record("bid.copied", made, by=by, role=Role.APPLICANT, at=at, changes=facts)
    return Copied(Bid.objects.get(pk=made.pk), left_out)


def _copy_partner(partner: Partner, bid: Bid, *, by: User, at: dt.datetime) -> list[str]:
    """Write a partner with its costs and per cent into a new draft; return what of them was refused."""
    new = add_partner(bid=bid, organisation=partner.organisation, by=by, at=at)
    taken = [line for line in partner.cost_lines.all() if line.category in bid.competition.cost_categories]
    lines = [{"category": x.category, "description": x.description, "inputs": x.inputs} for x in taken]
    refused = []
    try:
        set_costs(partner=new, lines=lines, working_days=partner.working_days, by=by, at=at)
    except Refused as why:
        refused.append(f"The costs of {partner.organisation}: {why}")
    try:
        set_funding(partner=new, percent=partner.percent, other_public_pounds=0, by=by, at=at)
    except Refused as why:
        refused.append(copies.refused_percent(partner, str(why)))
    return refused
