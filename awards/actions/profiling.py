"""Say month by month when a grant is spent: the partner puts a profile forward, an official approves exactly that."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from accounts.models import User
from accounts.rules import Refused
from accounts.states import Role
from audit.record import digest, record
from awards import profiles, rules, spend
from awards.actions.conditions import follow
from awards.actions.locks import act_for_government, hold_award, hold_stream
from awards.models import Award, AwardPartner, SpendLine
from awards.next_steps import BEFORE_LETTER
from funds import approvals, ledger
from funds.models import Proposal, SentBack
from funds.states import EntryKind


@transaction.atomic
def propose_profile(
    *, award: Award, organisation: int, cells: Mapping[tuple[dt.date, str], int], by: User, at: dt.datetime
) -> Proposal:
    """Put a partner's spend profile forward, in pence by month and category.

    Raises:
        Refused: `by` does not act for the partner, the letter is issued, or a category does not add up to the penny.
    """
    award = hold_award(award)
    rules.must_belong(by.organisation_ids(Role.APPLICANT), organisation)
    part = _part(award, organisation)
    profiles.must_fit(profiles.table(award, part), cells)
    content = {
        "award": award.reference,
        "organisation": organisation,
        "grant_pounds": part.grant_pounds,
        "cells": [[month, category, pence] for (month, category), pence in sorted(cells.items()) if pence],
    }
    return approvals.propose(
        kind=profiles.KIND, reference=profiles.reference(award, organisation), content=content, by=by,
        role=Role.APPLICANT, at=at,
    )  # fmt: skip


@transaction.atomic
def approve_profile(
    *, award: Award, organisation: int, seen: str, by: User, role: str, at: dt.datetime
) -> list[SpendLine]:
    """Approve a profile; money moves between financial years where the profile does.

    Args:
        seen: SHA-256 of the profile that the person has read.

    Raises:
        Refused: none waits, it has changed, or it does not fit the grant any more.
        funds.ledger.DoesNotFit: a year has not enough left; nothing is changed.
    """
    award, part, proposal = _waiting(award, organisation, by, role)
    approvals.must_be_as_read(proposal, seen)
    shape = profiles.table(award, part)
    cells = profiles.proposed(shape, proposal).cells
    profiles.must_fit(shape, cells)
    approvals.approve(proposal=proposal, by=by, role=role, at=at)
    before = committed_by_year(award)
    proposed = [spend.Cell(month, category, pence) for (month, category), pence in cells.items()]
    lines = write_profile(award, part, proposed)
    move_years(award, before, tag=f"S{proposal.pk}", by=by, role=role, at=at)
    changes = {"organisation": organisation, "profile_sha256": proposal.content_sha256, "state": follow(award)}
    record("award.profile_approved", award, by=by, role=role, at=at, changes=changes)
    return lines


@transaction.atomic
def send_profile_back(
    *, award: Award, organisation: int, reason: str, by: User, role: str, at: dt.datetime
) -> SentBack:
    """Send a profile back to its partner, saying why."""
    _, _, proposal = _waiting(award, organisation, by, role)
    return approvals.send_back(proposal=proposal, reason=rules.kept(reason, "a reason"), by=by, role=role, at=at)


def committed_by_year(award: Award) -> dict[str, int]:
    """Return what the profiles of an award come to by financial year, in pence."""
    lines = award.spend_lines.values_list("month", "category", "pence")
    return spend.by_year(spend.Cell(*line) for line in lines)


def write_profile(award: Award, part: AwardPartner, cells: list[spend.Cell]) -> list[SpendLine]:
    """Put a partner's profile in the place of the one that stands, in the caller's transaction."""
    SpendLine.objects.filter(award=award, organisation=part.organisation_id).delete()
    return SpendLine.objects.bulk_create(
        SpendLine(award=award, organisation_id=part.organisation_id, month=c.month, category=c.category, pence=c.pence)
        for c in sorted(cells)
        if c.pence
    )


def move_years(award: Award, before: Mapping[str, int], *, tag: str, by: User, role: str, at: dt.datetime) -> None:
    """Post what is released and committed so that each year holds what the profiles of the award say.

    Args:
        before: what the profiles came to by year, in pence.
        tag: what makes the entries' references theirs alone.
    """
    after, stream = committed_by_year(award), award.bid.competition.stream
    apart = {year: after.get(year, 0) - before.get(year, 0) for year in sorted({*before, *after})}
    if not any(apart.values()):
        return
    hold_stream(stream)
    for kind, sign in ((EntryKind.RELEASED, -1), (EntryKind.COMMITTED, 1)):
        for year, pence in apart.items():
            if pence * sign > 0:
                ledger.post(
                    kind=kind, reference=f"{award.reference}/{tag}/{year}", pence=abs(pence), year=year, stream=stream,
                    pot=award.bid.competition.pot, award=award.envelope, by=by, role=role, at=at,
                )  # fmt: skip


def _part(award: Award, organisation: int) -> AwardPartner:
    if award.state not in BEFORE_LETTER:
        raise Refused(f"Award {award.reference} is {award.get_state_display().lower()}: its spend profile is fixed.")
    part = award.partners.filter(organisation=organisation, grant_pounds__gt=0).first()
    if part is None:
        raise Refused("This partner receives no grant, so it has no spend profile.")
    return part


def _waiting(award: Award, organisation: int, by: User, role: str) -> tuple[Award, AwardPartner, Proposal]:
    award = hold_award(award)
    act_for_government(award, by=by, role=role, needed=rules.OFFERS)
    part, proposal = _part(award, organisation), profiles.waiting(award, organisation)
    if proposal is None:
        raise Refused("No spend profile of this partner waits for approval.")
    if digest(proposal.content) != proposal.content_sha256:
        raise Refused("This profile is not what was put forward.")
    return award, part, proposal
