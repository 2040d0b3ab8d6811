"""Hand a bid in, take it back, change it again."""

import datetime as dt
from typing import Any

from django.db import transaction

from accounts.models import Organisation, User
from accounts.rules import Refused, is_company
from accounts.states import Role
from audit.record import as_json, digest, record
from bids import queries, readiness, rules, tasks
from bids.actions.locks import locked, must_lead
from bids.actions.restore import restore
from bids.actions.standing import keep_standing
from bids.models import Bid, BidVersion
from bids.readiness import NotReady, Problem
from bids.states import BidState
from bids.whole import whole
from funds.models import Competition
from funds.rules import is_open
from infra.rows import insert

KEY_LENGTH = 64


@transaction.atomic
def submit(*, bid: Bid, by: User, at: dt.datetime, first_contact: dt.datetime, key: str) -> BidVersion:
    """Submit a bid and keep its content for ever. The same press again returns the same version.

    Args:
        first_contact: the instant at which the request first reached the server; the deadline is held against it.
        key: idempotency key of the press, 1 to 64 characters.

    Raises:
        bids.readiness.NotReady: lists everything that is missing.
        Refused: the competition is closed, the bid cannot be submitted, or `by` is not its lead person.
    """
    bid = locked(bid, by)
    must_lead(bid, by)
    if not 1 <= len(key) <= KEY_LENGTH:
        raise Refused("Open the page again and press submit once more.")
    if bid.version and (earlier := BidVersion.objects.filter(bid=bid, key=key).first()):
        return earlier
    rules.must_be_editable(bid.state)
    call = bid.competition
    stands = rules.must_take_bids(call.state, call.opens_at, call.closes_at, call.grace_seconds, first_contact)
    found = whole(bid)
    problems = readiness.problems(queries.facts_in(found), first_contact.date()) + _business_limits(bid, call)
    if problems:
        raise NotReady(problems)
    content, within_grace = queries.content_in(found), stands == rules.Deadline.IN_GRACE
    version = hand_in(bid, content, by=by, at=at, first_contact=first_contact, key=key, grace=within_grace)
    tasks.submitted.defer(version_id=version.pk)
    return version


def hand_in(
    bid: Bid,
    content: dict[str, Any],
    *,
    by: User,
    at: dt.datetime,
    first_contact: dt.datetime,
    key: str,
    grace: bool,
    is_imported: bool = False,
) -> BidVersion:
    """Move a locked bid to submitted and write its version, in the caller's transaction.

    Args:
        is_imported: the person submitted it elsewhere, at `first_contact`; the event is the system's, at `at`.
    """
    before = bid.state
    bid.submit(by=by, at=first_contact)
    bid.save(update_fields=["state", "submitted_at", "submitted_by", "version"])
    version = BidVersion(
        bid=bid, number=bid.version, content=as_json(content), sha256=digest(content), at=first_contact, by=by,
        within_grace=grace, key=key,
    )  # fmt: skip
    insert(version)
    keep_standing(bid, version)
    record(
        "bid.submitted",
        bid,
        by=None if is_imported else by,
        role="" if is_imported else Role.APPLICANT,
        at=at,
        changes={
            "state": [before, bid.state], "version": version.number, "sha256": version.sha256,
            "first_contact": first_contact, "within_grace": grace,
        },
    )  # fmt: skip
    return version


def _business_limits(bid: Bid, call: Competition) -> list[Problem]:
    """Return which businesses would be in, or lead, too many bids; hold their rows so that no two bids pass at once."""
    if call.bids_per_business is None and call.leads_per_business is None:
        return []
    members = Organisation.objects.filter(partnerships__bid=bid).order_by("pk").select_for_update(no_key=True)
    found = []
    for member in members:
        if not is_company(member.kind):
            continue
        count = queries.bids_of_business(member.pk, call, but=bid) + 1
        found.append(rules.business_limit_problem(member.name, count, call.bids_per_business, "be in"))
        if member.pk == bid.lead_id:
            leads = queries.bids_of_business(member.pk, call, but=bid, leading=True) + 1
            found.append(rules.business_limit_problem(member.name, leads, call.leads_per_business, "lead"))
    return [Problem("partners", sentence) for sentence in found if sentence]


@transaction.atomic
def reopen(*, bid: Bid, by: User, at: dt.datetime) -> Bid:
    """Open a submitted bid for changes; the submitted version stands until another is submitted.

    Raises:
        Refused: the competition is closed, or the bid is not submitted.
    """
    bid = locked(bid)
    must_lead(bid, by)
    call = bid.competition
    if bid.state != BidState.SUBMITTED:
        raise Refused(f"The bid is {bid.get_state_display().lower()}: only a submitted bid can be reopened.")
    if not is_open(call.state, call.opens_at, call.closes_at, at):
        raise Refused("The competition has closed, so the bid stands as it was submitted.")
    bid.reopen()
    bid.save(update_fields=["state"])
    record("bid.reopened", bid, by=by, role=Role.APPLICANT, at=at, changes={"state": [BidState.SUBMITTED, bid.state]})
    tasks.tell_team("bid_reopened", bid, at.isoformat(), at, by=by)
    return bid


@transaction.atomic
def give_up_changes(*, bid: Bid, by: User | None, at: dt.datetime) -> Bid:
    """Put a reopened bid back as it was last submitted. `by` is nobody when the competition has closed.

    Raises:
        Refused: the bid is not reopened.
    """
    bid = locked(bid)
    if by is not None:
        must_lead(bid, by)
    if bid.state != BidState.REOPENED:
        raise Refused("Only a reopened bid has changes to give up.")
    version = BidVersion.objects.get(bid=bid, number=bid.version)
    restore(bid, version)
    bid.stand()
    bid.save(update_fields=["state"])
    record(
        "bid.stood", bid, by=by, role=Role.APPLICANT if by else "", at=at,
        changes={"state": [BidState.REOPENED, bid.state], "version": version.number, "sha256": version.sha256},
    )  # fmt: skip
    tasks.parties_changed(bid)
    tasks.tell_team("bid_stood", bid, at.isoformat(), at, "receipt", version=version, by=by)
    return bid


def stand_all(*, competition: Competition, at: dt.datetime) -> int:
    """Let the last submitted version of every reopened bid stand, once the competition has closed; count them."""
    reopened = Bid.objects.filter(competition=competition, state=BidState.REOPENED).order_by("pk")
    for bid in reopened:
        give_up_changes(bid=bid, by=None, at=at)
    return len(reopened)


@transaction.atomic
def withdraw(*, bid: Bid, by: User, at: dt.datetime) -> Bid:
    """Take a bid back. An award is declined instead; withdrawing again changes nothing.

    Raises:
        Refused: the bid has been decided on, or is out of the competition.
    """
    bid = locked(bid)
    must_lead(bid, by)
    before = bid.state
    if before == BidState.WITHDRAWN:
        return bid
    if before == BidState.SUCCESSFUL:
        raise Refused("This bid has won an award: decline the award instead.")
    if before in (BidState.INELIGIBLE, BidState.UNSUCCESSFUL):
        raise Refused(f"The bid is {bid.get_state_display().lower()}, so there is nothing to withdraw.")
    bid.withdraw()
    bid.save(update_fields=["state"])
    record("bid.withdrawn", bid, by=by, role=Role.APPLICANT, at=at, changes={"state": [before, bid.state]})
    tasks.tell_team("bid_withdrawn", bid, at.isoformat(), at, by=by)
    return bid
