"""What the task list of a bid says about the people who work on it."""

import datetime as dt
from typing import Any

from accounts.models import User
from bids import sections, team
from bids.models import Bid
from bids.overview import Overview
from bids.progress import Status


def statuses(found: Overview) -> dict[str, tuple[str, Status]]:
    """Return section → what it is called and how far it is."""
    told = {
        sections.DETAILS: ("Project details", found.done.details),
        sections.PARTNERS: ("Partners", found.done.partners),
    }
    for question, status in found.questions:
        told[sections.of_question(question.slug)] = (question.heading, status)
    for partner, far in found.money:
        for part, label in sections.MONEY.items():
            told[sections.of_money(partner.pk, part)] = (f"{label} of {partner.organisation}", getattr(far, part))
    return told | {sections.DOCUMENTS: ("Documents", found.done.documents)}


def on_the_bid(user: User, bid: Bid, found: Overview, now: dt.datetime) -> dict[str, Any]:
    """Return who does which section, who has it open, and what this person may do and has to do."""
    assigned, far = team.assignments(bid), statuses(found)
    return {
        "assigned": assigned,
        "here": team.present(bid, now, but=user),
        "may_lead": not team.why_not_lead(user, bid),
        "own_parts": team.own_parts(user, bid, [part for part, _ in found.money]),
        "own_tasks": [(s, *far[s]) for s, one in assigned.items() if one.user_id == user.pk and s in far],
    }
