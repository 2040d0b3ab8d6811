"""Reads for an applicant's dashboard, each in a constant number of queries: bids that fit, tasks, deadlines."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from accounts.models import JoinRequest, User
from accounts.states import JoinAnswer, Role
from bids import sections, team
from bids.models import AidDeclaration, Answer, Assignment, Bid, Document, MatchSource, Partner
from bids.states import EDITABLE, BidState, MatchState, TeamRole
from funds.models import Competition, Question
from funds.states import CompetitionState

SHOWN = 10
NEXT = 5


@dataclass(frozen=True)
class Task:
    """Something that waits for one person: what, on what, where, and by when if there is a day."""

    what: str
    about: str
    path: str
    due_on: dt.date | None = None


# Bids


def narrowed(
    bids: QuerySet[Bid], *, q: str = "", state: str = "", competition: str = "", role: str = ""
) -> QuerySet[Bid]:
    """Return those of a person's bids (`overview.mine`) that fit.

    Args:
        q: words of the title, the reference or the competition's title.
        state: as its applicants know it; that a bid is ineligible shows only once they are told.
        role: what the person does on it.
    """
    for word in q.split()[:SHOWN]:
        named = Q(title__icontains=word) | Q(reference__icontains=word)
        bids = bids.filter(named | Q(competition__title__icontains=word) | Q(competition__reference__icontains=word))
    untold = Q(state=BidState.INELIGIBLE, informed_at=None)
    if state:
        bids = bids.filter(Q(state=state) | untold if state == BidState.SUBMITTED else Q(state=state) & ~untold)
    if competition:
        bids = bids.filter(competition__reference=competition)
    if role:
        bids = bids.filter(Q(role_found=role) | Q(role_found=None) if role == TeamRole.EDITOR else Q(role_found=role))
    return bids


def competitions_of(bids: QuerySet[Bid]) -> list[tuple[str, str]]:
    """Return reference and title of each competition in which a person has bids, the latest deadline first."""
    found = Competition.objects.filter(Exists(bids.order_by().filter(competition=OuterRef("pk"))))
    return list(found.order_by("-closes_at", "reference").values_list("reference", "title")[:100])


def open_for_work(bids: QuerySet[Bid], now: dt.datetime) -> QuerySet[Bid]:
    """Return the bids that can still be written, the next deadline first."""
    is_open = Q(competition__state=CompetitionState.PUBLISHED, competition__closes_at__gte=now)
    return bids.filter(is_open, state__in=EDITABLE).order_by("competition__closes_at", "pk")


# Tasks


def tasks(user: User, bids: QuerySet[Bid], now: dt.datetime) -> list[Task]:
    """Return what waits for a person: invitations, who asks to be let in, queries, then sections by their day."""
    return [*_invitations(user, now), *_join_requests(user), *_queries(user, bids), *_sections(user, bids, now)]


def _invitations(user: User, now: dt.datetime) -> list[Task]:
    return [
        Task(
            f"Answer the invitation to {'lead' if one.role == TeamRole.LEAD else 'work on'} a bid",
            f"{one.bid.title}, invited by {one.invited_by}",
            f"/invitations/mine/{one.pk}",
            one.expires_at.date(),
        )
        for one in team.waiting_for(user, now)[:SHOWN]
    ]


def _join_requests(user: User) -> list[Task]:
    asked = JoinRequest.objects.filter(
        organisation__in=user.organisation_ids(Role.APPLICANT), answer=JoinAnswer.WAITING
    )
    return [
        Task(
            f"Answer {one.user}, who asks to be let in", str(one.organisation), f"/organisations/{one.organisation_id}/"
        )
        for one in asked.select_related("organisation", "user").order_by("pk")[:SHOWN]
    ]


def _queries(user: User, bids: QuerySet[Bid]) -> list[Task]:
    ours = user.organisation_ids(Role.APPLICANT)
    queried = MatchSource.objects.filter(state=MatchState.QUERIED, partner__bid__in=bids.order_by().values("pk"))
    queried = queried.filter(Q(partner__organisation__in=ours) | Q(partner__bid__lead__in=ours))
    return [
        Task(
            f"Answer the query about the match funding of {one.funder}",
            one.partner.bid.title,
            f"/bids/{one.partner.bid.reference}/{sections.of_money(one.partner_id, 'match')}",
        )
        for one in queried.select_related("partner__bid").order_by("pk")[:SHOWN]
    ]


def _sections(user: User, bids: QuerySet[Bid], now: dt.datetime) -> list[Task]:
    """Return the sections assigned to a person that are not complete, the first due first."""
    work = open_for_work(bids, now).order_by()
    rows = Assignment.objects.filter(user=user, bid__in=work.values("pk")).select_related("bid__competition")
    given = list(rows.order_by("bid__competition__closes_at", "pk")[: 10 * SHOWN])
    names = _names_of_unfinished(given)
    found = [
        Task(
            names[one.bid_id, one.section],
            f"{one.bid.reference}, {one.bid.title}",
            f"/bids/{one.bid.reference}/{one.section}",
            one.due_on or one.bid.competition.closes_at.date(),
        )
        for one in given
        if (one.bid_id, one.section) in names
    ]
    return sorted(found, key=lambda task: task.due_on or dt.date.max)[:SHOWN]


def _names_of_unfinished(given: list[Assignment]) -> dict[tuple[int, str], str]:
    """Return (bid, section) → its name for the sections that nobody has finished.

    Judged by what stands in the section itself, as a few queries for all bids tell it; the task list of a bid judges by
    the whole bid.
    """
    return _unfinished_answers(given) | _unfinished_money(given) | _unfinished_rest(given)


def _unfinished_answers(given: list[Assignment]) -> dict[tuple[int, str], str]:
    """Return those questions whose answer is not marked as finished."""
    finished = Answer.objects.filter(bid__in={a.bid_id for a in given}, is_complete=True)
    complete = {(bid, sections.of_question(slug)) for bid, slug in finished.values_list("bid", "question__slug")}
    asked = Question.objects.filter(competition__in={a.bid.competition_id for a in given})
    rows = asked.values_list("competition", "slug", "heading")
    names = {(call, sections.of_question(slug)): heading for call, slug, heading in rows}
    return {
        (a.bid_id, a.section): names[a.bid.competition_id, a.section]
        for a in given
        if (a.bid.competition_id, a.section) in names and (a.bid_id, a.section) not in complete
    }


def _unfinished_money(given: list[Assignment]) -> dict[tuple[int, str], str]:
    """Return costs of £0, funding of 0 %, aid that is not confirmed, and match of which too little is declared."""
    keys = {key for a in given if (key := sections.partner_of(a.section))}
    declared = Sum("match_sources__amount_pounds", filter=~Q(match_sources__state=MatchState.REJECTED), default=0)
    confirmed = Exists(AidDeclaration.objects.filter(partner=OuterRef("pk")))
    parts = Partner.objects.filter(pk__in=keys).annotate(declared=declared, is_confirmed=confirmed)
    parts = parts.select_related("organisation")
    lacks = {
        sections.of_money(part.pk, kind): f"{sections.MONEY[kind]} of {part.organisation}"
        for part in parts
        for kind, is_lacking in {
            "costs": not part.cost_pounds,
            "funding": not part.percent,
            "match": not part.cost_pounds or part.declared < part.match_pounds,
            sections.AID: not part.is_confirmed,
        }.items()
        if is_lacking
    }
    return {(a.bid_id, a.section): lacks[a.section] for a in given if a.section in lacks}


def _unfinished_rest(given: list[Assignment]) -> dict[tuple[int, str], str]:
    """Return details without a start, partners of a lead that is alone, and documents of bids that have none."""
    uploaded = Document.objects.filter(bid__in={a.bid_id for a in given}, deleted_at=None, match_source=None)
    has_documents = set(uploaded.values_list("bid", flat=True))
    sought = {a.bid_id for a in given if a.section == sections.PARTNERS}
    joined = Partner.objects.filter(bid__in=sought, is_lead=False)
    has_partners = set(joined.values_list("bid", flat=True)) if sought else set()
    found: dict[tuple[int, str], str] = {}
    for a in given:
        if a.section == sections.PARTNERS and a.bid_id not in has_partners:
            found[a.bid_id, a.section] = "Partners"
        if a.section == sections.DETAILS and a.bid.start_on is None:
            found[a.bid_id, a.section] = "Project details"
        if a.section == sections.DOCUMENTS and a.bid_id not in has_documents:
            found[a.bid_id, a.section] = "Documents"
    return found
