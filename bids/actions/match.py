"""Declare match funding and give evidence of it."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import Organisation, User
from accounts.rules import Refused
from accounts.states import OrganisationKind, Role
from audit.record import record
from bids import match, queries, tasks
from bids.actions.locks import locked_partner, locked_source, must_be_open_to_changes, must_edit_part
from bids.actions.organisations import found_or_registered
from bids.models import Document, MatchSource, Partner
from bids.states import EDITABLE, MatchKind, MatchState, ScanState
from infra import words


@transaction.atomic
def declare_match_of(*, found: Mapping[str, Any], by: User, at: dt.datetime, **pledge: Any) -> MatchSource:
    """Declare a source whose funder is an organisation, registered if nobody has met it before.

    Args:
        found: `organisation`, or what its register says or was typed of it; nothing for a person.
        pledge: what `declare_match` takes.
    """
    organisation = found.get("organisation")
    if found and organisation is None:
        organisation, _ = found_or_registered(by=by, at=at, kind=OrganisationKind.FUNDER, **found)
    return declare_match(organisation=organisation, by=by, at=at, **pledge)


@transaction.atomic
def declare_match(
    *,
    partner: Partner,
    kind: str,
    funder: str,
    amount_pounds: int,
    secured_on: dt.date,
    available_on: dt.date,
    by: User,
    at: dt.datetime,
    organisation: Organisation | None = None,
) -> MatchSource:
    """Declare a source of a partner's match funding, in whole pounds.

    Args:
        funder: who gives it, as the evidence names them.
        organisation: the funder, where it is one; own reserves are the partner's without saying so.

    Raises:
        Refused: it cannot be match funding, the bid has ended, or `by` may not change this partner's money.
    """
    bid, partner = locked_partner(partner)
    must_edit_part(bid, partner, by)
    if bid.state not in match.OPEN_TO_SOURCES:
        raise Refused("The bid has ended, so match funding can no longer be declared.")
    if bid.state in EDITABLE:
        must_be_open_to_changes(bid, at)
    funder = match.tidy(funder)
    if problem := words.why_not_text(funder):
        raise Refused(problem)
    if kind == MatchKind.OWN_RESERVES and organisation is None:
        organisation = partner.organisation
    match.must_count_as_match(
        kind=kind, funder=funder, pounds=amount_pounds, secured_on=secured_on, available_on=available_on,
        giver_kind=organisation.kind if organisation else "", allowed=queries.match_kinds(bid.competition),
        today=at.date(),
    )  # fmt: skip
    match.must_be_there_before_the_end(available_on, bid.start_on, bid.months)
    source = MatchSource.objects.create(
        partner=partner, kind=kind, funder=funder, organisation=organisation, amount_pounds=amount_pounds,
        secured_on=secured_on, available_on=available_on,
    )  # fmt: skip
    record(
        "match.declared", bid, by=by, role=Role.APPLICANT, at=at,
        changes={"source": source, "kind": kind, "pounds": amount_pounds, "organisation": partner.organisation_id,
                 "funder": organisation},
    )  # fmt: skip
    tasks.parties_changed(bid)
    return source


@transaction.atomic
def drop_match(*, source: MatchSource, by: User, at: dt.datetime) -> None:
    """Take back a source that no evidence has been given of.

    Raises:
        Refused: evidence has been given.
    """
    bid, source = locked_source(source)
    must_edit_part(bid, source.partner, by)
    if source.state != MatchState.DECLARED or source.documents.exists():
        raise Refused("Evidence of this source has been given, so it stays on the record.")
    record("match.dropped", bid, by=by, role=Role.APPLICANT, at=at, changes={"source": source})
    source.delete()


@transaction.atomic
def give_evidence(*, source: MatchSource, document: Document, by: User, at: dt.datetime) -> MatchSource:
    """Hand in a document, attached to the source, as evidence of it; more documents may follow.

    Raises:
        Refused: the document belongs elsewhere, has no date, is too old, or the source has been decided on.
    """
    bid, source = locked_source(source)
    must_edit_part(bid, source.partner, by)
    document = Document.objects.get(pk=document.pk)
    if document.match_source_id != source.pk:
        raise Refused("This document is not attached to this source of match funding.")
    if document.scan == ScanState.INFECTED:
        raise Refused("This document holds a virus. Give another one.")
    match.must_be_fresh(source.kind, document.dated_on, at.date())
    if source.state in (MatchState.VERIFIED, MatchState.REJECTED):
        raise Refused(f"This source is {source.get_state_display().lower()} already.")
    before = source.state
    if before != MatchState.EVIDENCED:
        source.give_evidence()
    source.waiting_since = at
    source.save(update_fields=["state", "waiting_since"])
    record(
        "match.evidenced", bid, by=by, role=Role.APPLICANT, at=at,
        changes={"source": source, "state": [before, source.state], "sha256": document.sha256},
    )  # fmt: skip
    return source
