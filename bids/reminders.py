"""Remind people of bids that are not handed in; each reminder is said once, and a moved deadline has its own."""

import datetime as dt
from collections.abc import Iterator, Sequence

from django.urls import reverse

from accounts.post import Letter, tell_all
from bids import deadlines, progress, queries, team
from bids.deadlines import Reminder
from bids.models import Bid, Partner
from bids.progress import Status
from bids.states import EDITABLE, TeamRole
from funds import queries as competitions
from funds.models import Competition

BATCH = 500
OF_PARTNERS = ("7d", "2d")
People = dict[int, list[team.Person]]


def remind(at: dt.datetime) -> int:
    """Write the reminders that are due and were not written before; return how many.

    Run it as often as you like: what is due follows from the deadline and the clock alone.
    """
    return sum(_of_competition(competition, at) for competition in competitions.open_now(at).order_by("pk"))


def _of_competition(competition: Competition, at: dt.datetime) -> int:
    of_bid = deadlines.current(competition.closes_at, at)
    of_partner = deadlines.current(competition.closes_at, at, *OF_PARTNERS)
    if of_bid is None:
        return 0
    written = 0
    for bids in _batches(competition, of_bid):
        people = team.people_on(bids)
        letters = list(_of_bids(bids, people, of_bid))
        if of_partner:
            begun = [bid for bid in bids if bid.created_at <= of_partner.due_at]
            letters += _of_partners(begun, people, of_partner)
        written += len(tell_all(letters, at=at))
    return written


def _batches(competition: Competition, reminder: Reminder) -> Iterator[list[Bid]]:
    """Yield the bids that are not handed in and were begun before the reminder was due."""
    rows = Bid.objects.filter(competition=competition, state__in=EDITABLE, created_at__lte=reminder.due_at)
    rows = rows.select_related("strand", "lead").order_by("pk")
    last = 0
    while bids := list(rows.filter(pk__gt=last)[:BATCH]):
        last = bids[-1].pk
        for bid in bids:
            bid.competition = competition
        yield bids


def _of_bids(bids: Sequence[Bid], people: People, reminder: Reminder) -> Iterator[Letter]:
    """Yield what the people of the lead are told: those who can do something about it."""
    for bid in bids:
        key = _key("deadline", bid, reminder)
        for person in people[bid.pk]:
            if person.is_of_lead and person.role != TeamRole.VIEWER:
                yield Letter("deadline", person.user, key, _path(bid), {"bid": bid})


def _of_partners(bids: Sequence[Bid], people: People, reminder: Reminder) -> Iterator[Letter]:
    """Yield what is said about partners whose money is not complete: to that partner's people and to the lead's."""
    by_key = {bid.pk: bid for bid in bids}
    for partner, missing in _incomplete(by_key):
        bid = by_key[partner.bid_id]
        theirs = [p for p in people[bid.pk] if p.organisation.pk == partner.organisation_id]
        facts = {"bid": bid, "partner": partner.organisation, "missing": missing, "has_people": bool(theirs)}
        key = _key(f"partner/{partner.pk}", bid, reminder)
        for person in people[bid.pk]:
            if (person in theirs or person.is_of_lead) and person.role != TeamRole.VIEWER:
                yield Letter("partner_incomplete", person.user, key, _path(bid), facts | {"is_own": person in theirs})


def _incomplete(bids: dict[int, Bid]) -> Iterator[tuple[Partner, list[str]]]:
    """Yield the partners besides the lead that stop a bid, with what they lack, in a constant number of queries."""
    table: dict = {}
    for partner in queries.with_money(Partner.objects.filter(bid__in=bids, is_lead=False)):
        bid = bids[partner.bid_id]
        table = table or queries.ceilings_of(bid.competition)
        facts = queries.partner_facts(partner, bid, bid.competition, table)
        far = progress.of_partner(facts, queries.facts_without_papers(bid, (facts,)))
        lacks = {
            "costs": far.costs != Status.COMPLETE,
            "funding": far.funding == Status.IN_PROGRESS,
            "earlier aid": bool(facts.aid and facts.party.grant and not facts.aid.is_confirmed),
            "match funding": facts.match > 0 and far.match in (Status.NOT_STARTED, Status.IN_PROGRESS),
        }
        if any(lacks.values()):
            yield partner, [name for name, is_lacking in lacks.items() if is_lacking]


def _key(what: str, bid: Bid, reminder: Reminder) -> str:
    return f"{what}/{bid.reference}/{bid.competition.closes_at:%Y%m%dT%H%M%S}/{reminder.name}"


def _path(bid: Bid) -> str:
    return reverse("bid", args=[bid.reference])
