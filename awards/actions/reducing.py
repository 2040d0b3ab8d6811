"""Strike or reduce cost lines that are not eligible, before the letter: one official proposes, another approves."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction

from accounts.models import User
from accounts.post import Letter, tell_all
from accounts.rules import Refused
from audit.record import record
from awards import before_letter, profiles, reductions, rules, spend
from awards.actions.conditions import follow
from awards.actions.locks import act_for_government, hold_award
from awards.actions.profiling import committed_by_year, move_years, write_profile
from awards.models import Award, AwardPartner, CostReduction
from awards.next_steps import BEFORE_LETTER
from bids import team
from funds import approvals
from funds.models import Proposal, SentBack


@transaction.atomic
def propose_reduction(
    *, award: Award, organisation: int, to: Mapping[int, Decimal], reason: str, by: User, role: str, at: dt.datetime
) -> Proposal:
    """Put forward which cost lines of a partner are not eligible, whole or in part.

    Args:
        to: key of a cost line to what is eligible of it, in pounds; 0 strikes it.

    Raises:
        Refused: nothing is reduced, a line cannot be, the grant would not fall, or no reason is given.
    """
    award, part = _held(award, organisation, by, role)
    if not to:
        raise Refused("Enter what is eligible of at least one line.")
    reason = rules.kept(reason, "why the costs are not eligible", 4_000)
    content = reductions.content(award, part, to, reason)
    before_letter.must_fall(part.grant_pounds, content["after"]["grant"])
    return approvals.propose(
        kind=reductions.KIND, reference=reductions.reference(award, organisation), content=content, by=by, role=role,
        at=at,
    )  # fmt: skip


@transaction.atomic
def approve_reduction(
    *, award: Award, organisation: int, seen: str, by: User, role: str, at: dt.datetime
) -> AwardPartner:
    """Approve a reduction: costs, grant and match funding follow, the commitment falls and the profile is made anew.

    Args:
        seen: SHA-256 of what the person has read.

    Raises:
        Refused: nothing waits, it has changed since, the maker approves, or the costs have changed meanwhile.
    """
    award, part = _held(award, organisation, by, role)
    proposal = _must_wait(award, organisation)
    approvals.must_be_as_read(proposal, seen)
    chosen = {int(key): Decimal(amount) for key, amount in proposal.content["chosen"].items()}
    if reductions.content(award, part, chosen, proposal.content["reason"]) != proposal.content:
        raise Refused("The costs have changed since this was put forward. Put it forward again.")
    approvals.approve(proposal=proposal, by=by, role=role, at=at)
    before, years = part.grant_pounds, committed_by_year(award)
    result, changed = reductions.reduced(part, chosen)
    _write_lines(award, part, proposal, changed, at)
    part.costs, part.cost_pounds, part.grant_pounds, part.match_pounds = result
    part.save(update_fields=["costs", "cost_pounds", "grant_pounds", "match_pounds"])
    award.grant_pence -= (before - part.grant_pounds) * 100
    award.save(update_fields=["grant_pence"])
    write_profile(award, part, spend.profile(part.grant_pounds * 100, part.costs, profiles.months(award)))
    move_years(award, years, tag=f"E{proposal.pk}", by=by, role=role, at=at)
    facts = {"organisation": organisation, "proposal": proposal.pk, "grant_pounds": [before, part.grant_pounds]}
    record(
        "award.costs_reduced", award, by=by, role=role, at=at, changes=facts | {"state": follow(award, is_changed=True)}
    )
    _tell(award, part, proposal, at)
    return part


@transaction.atomic
def send_reduction_back(
    *, award: Award, organisation: int, reason: str, by: User, role: str, at: dt.datetime
) -> SentBack:
    """Decline what was put forward about a partner's costs, or take it back."""
    award, _ = _held(award, organisation, by, role)
    proposal = _must_wait(award, organisation)
    return approvals.send_back(proposal=proposal, reason=rules.kept(reason, "a reason"), by=by, role=role, at=at)


def _held(award: Award, organisation: int, by: User, role: str) -> tuple[Award, AwardPartner]:
    award = hold_award(award)
    act_for_government(award, by=by, role=role, needed=rules.OFFERS)
    if award.state not in BEFORE_LETTER:
        raise Refused(f"Award {award.reference} is {award.get_state_display().lower()}: its costs are fixed.")
    part = award.partners.select_related("organisation").filter(organisation=organisation).first()
    if part is None:
        raise Refused("This organisation is no partner of the award.")
    return award, part


def _must_wait(award: Award, organisation: int) -> Proposal:
    proposal = reductions.waiting(award, organisation)
    if proposal is None:
        raise Refused("Nothing about this partner's costs waits for a second person.")
    return proposal


def _write_lines(
    award: Award, part: AwardPartner, proposal: Proposal, changed: Mapping[int, Decimal], at: dt.datetime
) -> None:
    there = {line.row.pk: line for line in reductions.lines(part)}
    CostReduction.objects.bulk_create(
        CostReduction(
            award=award, organisation=part.organisation, proposal=proposal, line_id=key,
            category=there[key].row.category, was=there[key].eligible, now=amount,
            reason=proposal.content["reason"], at=at,
        )
        for key, amount in changed.items()
    )  # fmt: skip


def _tell(award: Award, part: AwardPartner, proposal: Proposal, at: dt.datetime) -> None:
    key, path = f"costs_reduced/{proposal.pk}", f"/awards/{award.reference}/"
    facts = {"award": award, "part": part, "content": proposal.content}
    concerned = {part.organisation_id, award.bid.lead_id}
    people = [p.user for p in team.people(award.bid) if p.organisation.pk in concerned]
    tell_all((Letter("costs_reduced", user, key, path, facts) for user in people), at=at)
