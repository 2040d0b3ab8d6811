"""Begin a bid and write it: basics, partners."""

import datetime as dt
from typing import Any

from django.db import transaction

from accounts.models import Organisation, User
from accounts.rules import Refused, size_of
from accounts.states import Role
from audit.record import digest, record
from bids import queries, rules, tasks
from bids.actions.finance import reset_percent
from bids.actions.locks import locked, must_be_open_to_changes, must_edit
from bids.models import Bid, Document, MatchSource, Partner, TeamMember
from bids.seen import DETAILS
from bids.states import MatchState, TeamRole
from funds.models import Competition, Strand
from funds.references import next_reference
from funds.seen import must_be_as_seen
from funds.states import ResearchCategory
from infra import words

TITLE_LENGTH = 200
MOST_PARTNERS = 30


def checked_title(title: str) -> str:
    """Return a title with its spaces tidied.

    Raises:
        Refused: it is blank, too long, or cannot be kept.
    """
    if problem := words.why_not_text(title):
        raise Refused(f"Title: {problem}")
    if words.without_unseen(title) != title:
        raise Refused("The title holds characters that cannot be seen. Type it again.")
    title = " ".join(title.split())
    if words.is_blank(title):
        raise Refused("Give the bid a title.")
    if len(title) > TITLE_LENGTH:
        raise Refused(f"The title has {len(title)} characters. At most {TITLE_LENGTH} fit.")
    return title


@transaction.atomic
def start_bid(
    *,
    competition: Competition,
    strand: Strand,
    lead: Organisation,
    title: str,
    category: str,
    by: User,
    at: dt.datetime,
) -> Bid:
    """Begin a draft in an open competition, with the lead as its first partner.

    Raises:
        Refused: the competition is not open, the lead or category does not fit, or `by` is no applicant of the lead.
    """
    competition = Competition.objects.get(pk=competition.pk)
    if not rules.may_edit(lead.pk, by.organisation_ids(Role.APPLICANT)):
        raise Refused("Only applicants of an organisation can begin a bid for it.")
    rules.must_take_bids(competition.state, competition.opens_at, competition.closes_at, 0, at)
    if lead.kind not in competition.lead_kinds:
        raise Refused(f"{lead.name} is not of a kind that may lead a bid in this competition.")
    if strand.competition_id != competition.pk:
        raise Refused("Choose a strand of this competition.")
    if category not in strand.categories:
        raise Refused("Choose a research category that the strand takes.")
    return new_draft(
        competition=competition, strand=strand, lead=lead, title=checked_title(title), category=category, by=by, at=at
    )


def new_draft(
    *,
    competition: Competition,
    strand: Strand,
    lead: Organisation,
    title: str,
    category: str,
    by: User,
    at: dt.datetime,
    **further: Any,
) -> Bid:
    """Write a draft, its lead partner and lead person, in the caller's transaction; ask no rule of the competition."""
    number, reference = next_reference(Bid, "B")
    bid = Bid.objects.create(
        id=number, reference=reference, competition=competition, strand=strand, lead=lead, title=title,
        category=category, created_by=by, created_at=at, months=max(strand.months_min, min(12, strand.months_max)),
        **further,
    )  # fmt: skip
    Partner.objects.create(bid=bid, organisation=lead, is_lead=True, size=size_of(lead.kind, lead.size))
    TeamMember.objects.create(bid=bid, user=by, role=TeamRole.LEAD, by=by, at=at)
    record(
        "bid.started", bid, by=by, role=Role.APPLICANT, at=at,
        changes={"competition": competition.reference, "strand": strand.code, "lead": lead, "category": category},
    )  # fmt: skip
    return bid


@transaction.atomic
def save_basics(
    *,
    bid: Bid,
    by: User,
    at: dt.datetime,
    title: str | None = None,
    category: str | None = None,
    clinical_area: str | None = None,
    start_on: dt.date | None = None,
    months: int | None = None,
    seen: str = "",
) -> Bid:
    """Save the project details that are given; those left out stay.

    Another category that changes a partner's ceiling sets its percentage back to 0, to be asked for again.

    Args:
        seen: key of the details as the writer read them (`funds.seen.key_of`); left out, nothing is compared.

    Raises:
        funds.seen.Outdated: somebody else has changed the details since.
        Refused: the bid cannot be changed, or a detail cannot be right.
    """
    bid = locked(bid)
    must_edit(bid, by)
    must_be_open_to_changes(bid, at)
    asked = {
        "title": None if title is None else checked_title(title),
        "category": category,
        "clinical_area": None if clinical_area is None else " ".join(clinical_area.split()),
        "start_on": start_on,
        "months": months,
    }
    _must_be_details(asked, bid.strand)
    changes = {f: [getattr(bid, f), new] for f, new in asked.items() if new is not None and getattr(bid, f) != new}
    if not changes:
        return bid
    must_be_as_seen(bid, DETAILS, seen)
    before = bid.category
    for field, (_, new) in changes.items():
        setattr(bid, field, new)
    bid.save(update_fields=list(changes))
    if "category" in changes:
        table = queries.ceilings_of(bid.competition)
        for partner in bid.partners.all():
            if table.get((before, partner.size)) != table.get((bid.category, partner.size)):
                reset_percent(partner, bid, by=by, at=at)
    if "title" in changes:
        changes["title"] = [digest(text) for text in changes["title"]]
    record("bid.changed", bid, by=by, role=Role.APPLICANT, at=at, changes=changes)
    return bid


def _must_be_details(asked: dict, strand: Strand) -> None:
    """Refuse details that no bid of the strand can have."""
    if asked["category"] is not None and asked["category"] not in strand.categories:
        allowed = " or ".join(ResearchCategory(c).label.lower() for c in strand.categories)
        raise Refused(f"This strand takes {allowed}.")
    if asked["clinical_area"] and len(asked["clinical_area"]) > 60:
        raise Refused("The clinical area has at most 60 characters.")
    if asked["start_on"] is not None and asked["start_on"].day != 1:
        raise Refused("A project starts on the first of a month.")
    if asked["months"] is not None and not strand.months_min <= asked["months"] <= min(84, strand.months_max):
        raise Refused(f"The project must last between {strand.months_min} and {strand.months_max} months.")


@transaction.atomic
def add_partner(*, bid: Bid, organisation: Organisation, by: User, at: dt.datetime) -> Partner:
    """Let an organisation take part; adding it again changes nothing.

    Raises:
        Refused: the competition does not take organisations of this kind, or the bid cannot be changed.
    """
    bid = locked(bid)
    must_edit(bid, by)
    must_be_open_to_changes(bid, at)
    if there := bid.partners.filter(organisation=organisation).first():
        return there
    if organisation.kind not in bid.competition.partner_kinds:
        raise Refused(f"{organisation.name} is not of a kind that may be a partner in this competition.")
    if bid.partners.count() >= MOST_PARTNERS:
        raise Refused(f"A bid has at most {MOST_PARTNERS} partners.")
    return joined(bid, organisation, by=by, at=at)


def joined(bid: Bid, organisation: Organisation, *, by: User, at: dt.datetime) -> Partner:
    """Write a partner and its event, in the caller's transaction."""
    partner = Partner.objects.create(
        bid=bid, organisation=organisation, size=size_of(organisation.kind, organisation.size)
    )
    record("partner.added", bid, by=by, role=Role.APPLICANT, at=at, changes={"organisation": organisation})
    tasks.parties_changed(bid)
    return partner


@transaction.atomic
def remove_partner(*, partner: Partner, by: User, at: dt.datetime) -> None:
    """Take a partner out of a bid, with its costs and the match funding it declared.

    Raises:
        Refused: it is the lead, or evidence of its match funding is already on the record.
    """
    bid = locked(partner.bid_id)
    must_edit(bid, by)
    must_be_open_to_changes(bid, at)
    if bid.lead_id == partner.organisation_id:
        raise Refused("The lead cannot be removed from its own bid.")
    sources = MatchSource.objects.filter(partner=partner)
    if (
        Document.objects.filter(match_source__in=sources).exists()
        or sources.exclude(state=MatchState.DECLARED).exists()
    ):
        raise Refused(
            "Evidence of this partner's match funding has been given, so it stays in the bid. Set its costs to 0."
        )
    removed, _ = Partner.objects.filter(pk=partner.pk, bid=bid).delete()
    if removed:
        record(
            "partner.removed", bid, by=by, role=Role.APPLICANT, at=at, changes={"organisation": partner.organisation_id}
        )
