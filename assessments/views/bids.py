"""The officials' view of the bids of a competition, as they were submitted."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.queries import by_keys
from accounts.signed_in import acting
from assessments import interviews, rules, sheet
from bids.aid import beside
from bids.paper import paper
from bids.pledges import flags
from bids.rules import CHECKS_ELIGIBILITY
from bids.views.officials import find_bid
from funds.states import CompetitionState


@require_GET
def bid(request: HttpRequest, reference: str, bid: str) -> HttpResponse:
    """Show the last submitted version of a bid with its finances, and what the assessors wrote."""
    user, _ = acting(request, rules.READS_ALL)
    found = find_bid(user, reference, bid)
    version = found.versions.get(number=found.version)
    facts = {
        "bid": found,
        "version": version,
        "paper": paper(version.content),
        "questions": found.competition.questions.filter(is_scored=True),
        "columns": sheet.columns_of(user, found),
        "flags": flags(found, version.content),
        "parties": by_keys(partner.get("organisation_id") for partner in version.content.get("partners", ())),
        "aid": beside(version.content, version.at.date()),
        "is_interviewed": interviews.of_bid(found) is not None,
        "may_check": bool(user.roles & CHECKS_ELIGIBILITY),
        "may_reopen": bool(user.roles & rules.MANAGES) and found.competition.state == CompetitionState.IN_ASSESSMENT,
    }
    return render(request, "assessments/bid.html", facts)
