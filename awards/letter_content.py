"""What an award letter says, read from the award. Two people approve the content; the issue adds date and codes."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.conf import settings

from accounts.models import Organisation
from audit.record import digest
from awards import rules
from awards.models import Award, AwardPartner, LetterRequest
from awards.report_schedule import band_of
from awards.states import AwardState
from bids.models import MatchSource
from bids.queries import standing_content
from bids.states import MatchState

DESCRIPTIONS = ("public-description", "public_description", "project-summary", "summary")


def content(award: Award) -> dict[str, Any]:
    """Return all that the letter says but its date, its last day of acceptance and its codes. Whole pounds."""
    bid, competition, officer = award.bid, award.bid.competition, award.responsible_officer
    partners = [_partner(part) for part in award.partners.select_related("organisation")]
    totals = {name: sum(part[name] for part in partners) for name in ("cost", "grant", "other_public", "match")}
    milestones = [{"title": one.title, "due_on": one.due_on.isoformat()} for one in award.milestones.all()]
    return {
        "award": {
            "reference": award.reference,
            "starts_on": award.starts_on.isoformat(),
            "ends_on": award.ends_on.isoformat(),
            "responsible_officer": officer.full_name,
        },
        "bid": {"reference": bid.reference, "title": bid.title, "public_description": _description(award)},
        "competition": {
            "reference": competition.reference,
            "title": competition.title,
            "stream": competition.stream.code,
            "departments": list(competition.stream.departments),
        },
        "legal_basis": {
            "regime": competition.regime.code,
            "text": competition.regime.legal_basis,
            "article": competition.regime.article or competition.regime.title,
        },
        "conditions": list(competition.letter_conditions),
        "recipient": {
            "name": bid.lead.name,
            "identifier": _identifier(bid.lead),
            "address": [line for line in (*bid.lead.address.split(", "), bid.lead.postcode) if line],
        },
        "partners": partners,
        "totals": totals,
        "claims": {
            "frequency": "quarterly",
            "due_days": rules.CLAIM_DAYS,
            "accountants_reports": band_of(totals["grant"] * 100).words,
        },
        "signatory": {
            "name": officer.full_name,
            "title": "Responsible officer",
            "department": competition.stream.departments[0],
        },
        **({"milestones": milestones} if milestones else {}),
    }


def issued(
    content: dict[str, Any],
    *,
    number: int,
    short_code: str,
    issued_on: dt.date,
    accept_by: dt.date | None = None,
    accepted_on: dt.date | None = None,
) -> dict[str, Any]:
    """Return the letter's data as it is issued on a day in the United Kingdom.

    The first letter sets the last day of acceptance; a later one repeats it, and says when the award was accepted.
    """
    last_day = accept_by if number > 1 and accept_by else rules.accept_by(issued_on)
    accepted = {"accepted_on": accepted_on.isoformat()} if number > 1 and accepted_on else {}
    return {
        **content,
        "letter": {
            "reference": f"{content['award']['reference']}/{number}",
            "number": number,
            "dated_on": issued_on.isoformat(),
            "short_code": short_code,
            "check_url": f"{settings.BASE_URL}/letters/{short_code}",
        },
        "award": {**content["award"], "accept_by": last_day.isoformat(), **accepted},
    }


def due_again(award: Award, letters: Sequence[LetterRequest]) -> str:
    """Return the digest of what the next letter would say, when something has changed since the last; else nothing.

    Milestones are fixed with the letter, so they never ask for another; one that named none is compared without them.
    """
    if not letters or award.state not in (AwardState.ACCEPTED, AwardState.LIVE):
        return ""
    now, last = content(award), of_letter(letters[-1].data)
    compared = now if "milestones" in last else {name: value for name, value in now.items() if name != "milestones"}
    return "" if last == compared else digest(now)


def of_letter(data: dict[str, Any]) -> dict[str, Any]:
    """Return the content that a letter was issued with: its data without date, last day of acceptance and codes."""
    award = {name: value for name, value in data["award"].items() if name not in ("accept_by", "accepted_on")}
    return {name: value for name, value in data.items() if name != "letter"} | {"award": award}


def _partner(part: AwardPartner) -> dict[str, Any]:
    verified = MatchSource.objects.filter(partner=part.partner_id, state=MatchState.VERIFIED).order_by("id")
    return {
        "organisation": part.organisation.name,
        "identifier": _identifier(part.organisation),
        "is_lead": part.is_lead,
        "size": part.size,
        "costs": part.costs,
        "cost": part.cost_pounds,
        "percent": f"{part.percent.normalize():f}",
        "grant": part.grant_pounds,
        "other_public": part.other_public_pounds,
        "match": part.match_pounds,
        "match_sources": [{"kind": s.kind, "funder": s.funder, "amount": s.verified_pounds} for s in verified],
    }


def _identifier(organisation: Organisation) -> str:
    return organisation.identifier or organisation.get_kind_display()


def _description(award: Award) -> str:
    """Return the bid's public description, or else its summary, or else its title."""
    submitted = standing_content(award.bid) or {}
    found = {answer["slug"]: answer["text"] for answer in submitted.get("answers", []) if answer["text"].strip()}
    return next((found[slug] for slug in DESCRIPTIONS if slug in found), award.bid.title)
