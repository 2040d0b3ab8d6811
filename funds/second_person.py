"""What a fund manager has put forward and another has to decide on, with where it is read."""

import datetime as dt
from typing import NamedTuple

from django.urls import reverse

from accounts.models import User
from funds import approvals, rules
from funds.models import Competition, Proposal, Stream
from funds.money import pounds
from funds.reading import change_in_words
from funds.states import CompetitionState

PAGES = {
    "competition": "publish",
    "allocation": "setup_money",
    "deadline": "deadline",
    "decision": "competition_decide",
}


class Waiting(NamedTuple):
    """Something that waits: what it is, its page, who put it forward and when; `is_own` when that is the reader."""

    what: str
    path: str
    by: User
    at: dt.datetime
    is_own: bool


def waiting_for(user: User) -> list[Waiting]:
    """Return what waits for a second person, the oldest first; nothing for people who cannot decide on it.

    A competition that has changed since it was put forward waits no more.
    """
    if not user.roles & rules.SETS_UP:
        return []
    proposals = list(approvals.waiting("appropriation", "shares", *PAGES))
    competitions = Competition.objects.in_bulk([p.reference for p in proposals], field_name="reference")
    streams = dict(Stream.objects.values_list("code", "title"))
    found = []
    for proposal in proposals:
        if what := _what(proposal, competitions.get(proposal.reference), streams):
            own = proposal.by_id == user.pk
            found.append(Waiting(what, _path(proposal), proposal.by, proposal.at, own))
    return found


def _what(proposal: Proposal, competition: Competition | None, streams: dict[str, str]) -> str:
    """Return what is put forward in words; nothing when it cannot be decided on any more."""
    content = proposal.content
    if proposal.kind == "appropriation":
        return change_in_words(content, streams[content["stream"]])
    if proposal.kind == "shares":
        return f"{pounds(content['pence'])} shared between the networks in {content['year']}"
    if competition is None:
        return ""
    if proposal.kind == "allocation":
        return f"{pounds(content['pence'])} for {competition.title}"
    if proposal.kind == "decision":
        return f"The panel’s decision on {competition.title}"
    if proposal.kind == "deadline":
        return f"A later deadline of {competition.title}" if competition.state == CompetitionState.PUBLISHED else ""
    is_draft = competition.state == CompetitionState.DRAFT
    is_as_put_forward = proposal.content_sha256 == competition.content_sha256
    return f"Publishing {competition.title}" if is_draft and is_as_put_forward else ""


def _path(proposal: Proposal) -> str:
    if proposal.kind == "appropriation":
        return reverse("envelope_proposal", args=[proposal.content["stream"], proposal.pk])
    if proposal.kind == "shares":
        return reverse("network_shares", args=[proposal.content["year"]])
    return reverse(PAGES[proposal.kind], args=[proposal.reference])
