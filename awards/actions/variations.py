"""Vary an award that is under way: a later end, money between cost categories, another organisation."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import Sum

from accounts.models import Organisation, User
from accounts.post import Letter, tell_all
from accounts.rules import Refused
from accounts.states import Role
from audit.record import digest, record
from awards import officials, queries, rules, spend, underspends, varying
from awards.actions.locks import act_for_government, hold_award, hold_stream, move
from awards.actions.profiling import write_profile
from awards.models import Award, AwardPartner, ClaimLine, Condition, SpendLine, Variation
from awards.officials import tell_second_person
from awards.spend import Cell
from awards.states import UNDER_WAY, ClaimState, VariationKind, VariationState
from bids import tasks as bid_tasks
from bids.models import LaterParty
from bids.queries import ceilings_of, consortium_rules
from bids.rules import Party, ceiling, consortium_problems, must_be_within
from bids.states import CostCategory
from funds import approvals, ledger, notices
from funds.models import LedgerEntry
from funds.states import EntryKind

REASON = "a reason, which the organisation and the auditor will read"


@transaction.atomic
def propose_time(*, award: Award, ends_on: dt.date, reason: str, by: User, role: str, at: dt.datetime) -> Variation:
    """Put a later end forward; a second fund manager agrees to it."""
    award = _held(award, by, role)
    varying.must_be_later(ends_on, award.ends_on, rules.uk_day(at))
    before, after = {"ends_on": award.ends_on.isoformat()}, {"ends_on": ends_on.isoformat()}
    return _propose(award, VariationKind.TIME, before, after, reason, by=by, role=role, at=at)


@transaction.atomic
def propose_costs(
    *, part: AwardPartner, costs: Mapping[str, int], reason: str, by: User, role: str, at: dt.datetime
) -> Variation:
    """Move cost between a partner's categories; up to 10 per cent holds at once, above a second person agrees.

    Args:
        costs: category to whole pounds; together as before.
    """
    award = _held(part.award, by, role)
    part = award.partners.get(pk=part.pk)
    costs = {str(category): costs.get(category, 0) for category in CostCategory}
    moved = varying.moved(part.costs, costs, _spent(part))
    earlier = Variation.objects.filter(award=award, state=VariationState.AGREED, after__part=part.pk)
    moved_before = earlier.aggregate(total=Sum("moved_pounds"))["total"] or 0
    two = varying.needs_two(moved, moved_before, part.cost_pounds)
    after = _terms(part) | {"costs": costs}
    facts: dict[str, Any] = {"by": by, "role": role, "at": at, "moved": moved, "needs_two": two}
    made = _propose(award, VariationKind.COSTS, _terms(part), after, reason, **facts)
    return made if two else _agree(made, award, by=by, role=role, at=at)


@transaction.atomic
def propose_partner(
    *, part: AwardPartner, organisation: Organisation, reason: str, by: User, role: str, at: dt.datetime
) -> Variation:
    """Put another organisation in a partner's place forward, on the same terms; a second person agrees.

    Raises:
        Refused: it has claimed, has match funding (which was verified for the old one), is there already, the grant
            would be above the ceiling of its size, or it may not take part in the competition, or not with this share.
    """
    award = _held(part.award, by, role)
    part = award.partners.get(pk=part.pk)
    _must_be_replaceable(award, part, organisation)
    after = _terms(part) | {"organisation": organisation.pk, "size": organisation.size}
    return _propose(award, VariationKind.PARTNER, _terms(part), after, reason, by=by, role=role, at=at)


@transaction.atomic
def agree_variation(*, variation: Variation, by: User, role: str, at: dt.datetime) -> Variation:
    """Agree to a variation as the second fund manager: it holds from now on, and plan and commitment follow it.

    Raises:
        Refused: the maker agrees, or what has happened since it was put forward does not allow it any more.
    """
    award = _held(variation.award, by, role)
    held = Variation.objects.select_for_update(no_key=True).get(pk=variation.pk)
    latest = approvals.newest("variation", held.reference)
    if latest is None:
        raise Refused("Nobody has put this variation forward.")
    if held.state != VariationState.PROPOSED:
        raise Refused(f"Variation {held.reference} is {held.get_state_display().lower()} already.")
    _must_still_hold(held, award, at)
    approvals.approve(proposal=latest, by=by, role=role, at=at)
    return _agree(held, award, by=by, role=role, at=at)


@transaction.atomic
def drop_variation(*, variation: Variation, by: User, role: str, at: dt.datetime) -> Variation:
    """Leave everything as it was."""
    _held(variation.award, by, role)
    held = Variation.objects.select_for_update(no_key=True).get(pk=variation.pk)
    changes = move(held.drop)
    held.save(update_fields=["state"])
    record("variation.dropped", held, by=by, role=role, at=at, changes={"state": changes})
    return held


def _must_still_hold(variation: Variation, award: Award, at: dt.datetime) -> None:
    """Refuse a variation that could not be put forward any more: claims come in meanwhile, and projects end."""
    after = variation.after
    if variation.kind == VariationKind.TIME:
        return varying.must_be_later(dt.date.fromisoformat(after["ends_on"]), award.ends_on, rules.uk_day(at))
    part = award.partners.select_related("organisation").get(pk=after["part"])
    if variation.kind == VariationKind.COSTS:
        varying.moved(part.costs, after["costs"], _spent(part))
    else:
        _must_be_replaceable(award, part, Organisation.objects.get(pk=after["organisation"]))


def _must_be_replaceable(award: Award, part: AwardPartner, organisation: Organisation) -> None:
    if part.is_lead:
        raise Refused("The lead cannot be changed. Terminate the award.")
    if award.claims.filter(organisation=part.organisation_id).exclude(state=ClaimState.DRAFT).exists():
        raise Refused(f"{part.organisation} has claimed, so nobody can take its place.")
    if part.match_pounds:
        raise Refused(f"Match funding was verified for {part.organisation}, and that does not pass to another.")
    if award.partners.filter(organisation=organisation).exists() or organisation.pk == award.bid.lead_id:
        raise Refused(f"{organisation} is in this award already.")
    call = award.bid.competition
    must_be_within(part.percent, ceiling(ceilings_of(call), award.bid.category, organisation.size, call.max_percent))
    _must_make_a_consortium(award, part, organisation)


def _must_make_a_consortium(award: Award, leaving: AwardPartner, coming: Organisation) -> None:
    """Refuse an organisation with which the award would break what the competition asks of who takes part."""
    parties = [
        Party(who.name, who.kind, part.is_lead, part.cost_pounds, part.grant_pounds)
        for part in award.partners.select_related("organisation")
        for who in [coming if part.pk == leaving.pk else part.organisation]
    ]
    if problems := consortium_problems(parties, consortium_rules(award.bid.competition, award.bid.strand)):
        raise Refused(" ".join(problems))


def _held(award: Award, by: User, role: str) -> Award:
    held = hold_award(award)
    act_for_government(held, by=by, role=role, needed=rules.OFFERS)
    if held.state not in UNDER_WAY:
        raise Refused(f"Award {held.reference} is {held.get_state_display().lower()}, so it cannot be varied.")
    return held


def _terms(part: AwardPartner) -> dict[str, Any]:
    """Return what a variation may change of a partner, as the database compares it."""
    return {"part": part.pk, "costs": part.costs, "organisation": part.organisation_id, "size": part.size}


def _spent(part: AwardPartner) -> dict[str, int]:
    """Return what a partner's claims have used of each category, in pence."""
    lines = ClaimLine.objects.filter(
        claim__award=part.award_id, claim__organisation=part.organisation_id, claim__state__in=rules.COUNTED
    )
    return dict(lines.order_by().values_list("category").annotate(total=Sum(queries.ALLOWED)))


def _propose(
    award: Award, kind: str, before: dict[str, Any], after: dict[str, Any], reason: str, *,
    by: User, role: str, at: dt.datetime, moved: int = 0, needs_two: bool = True,
) -> Variation:  # fmt: skip
    if waiting := award.variations.filter(state=VariationState.PROPOSED).first():
        raise Refused(f"Variation {waiting.reference} waits for a second person: agree to it or drop it first.")
    number = award.variations.count() + 1
    made = Variation(
        reference=f"{award.reference}-V{number}", award=award, kind=kind, before=before, after=after,
        moved_pounds=moved, reason=rules.kept(reason, REASON), needs_two=needs_two, by=by, at=at,
    )  # fmt: skip
    content = {"variation": made.reference, "before": before, "after": after, "reason": made.reason}
    made.content_sha256 = digest(content)
    made.save(force_insert=True)
    approvals.propose(kind="variation", reference=made.reference, content=content, by=by, role=role, at=at)
    if needs_two:
        what = f"a change of award {award.reference} ({made.get_kind_display().lower()})"
        key = f"variation.proposed/{made.reference}"
        tell_second_person(award, what, roles=rules.OFFERS, maker=by, key=key, at=at)
    return made


def _agree(variation: Variation, award: Award, *, by: User, role: str, at: dt.datetime) -> Variation:
    changes = move(variation.agree)
    variation.save(update_fields=["state"])
    first = rules.uk_day(at).replace(day=1) + relativedelta(months=1)
    shifted: dict[str, int] = {}
    if variation.kind == VariationKind.TIME:
        award.ends_on = dt.date.fromisoformat(variation.after["ends_on"])
        award.save(update_fields=["ends_on"])
        shifted = _replan(variation, list(award.partners.all()), award, first, by=by, role=role, at=at)
    else:
        part = award.partners.get(pk=variation.after["part"])
        before = part.organisation_id
        part.costs, part.size = variation.after["costs"], variation.after["size"]
        part.organisation_id = variation.after["organisation"]
        part.save(update_fields=["costs", "organisation", "size"])
        if part.organisation_id != before:
            SpendLine.objects.filter(award=award, organisation=before).update(organisation=part.organisation_id)
            _let_join(award, part, at)
        shifted = _replan(variation, [part], award, first, by=by, role=role, at=at)
    facts = {"state": changes, "sha256": variation.content_sha256, "shifted": shifted}
    record("variation.agreed", variation, by=by, role=role, at=at, changes=facts)
    _tell(variation, award, at)
    return variation


def _tell(variation: Variation, award: Award, at: dt.datetime) -> None:
    """Write to the people of the lead and of the partner that it is about, the new one too."""
    parts = {variation.before.get("organisation"), variation.after.get("organisation")} - {None}
    concerned = parts | {award.bid.lead_id} if parts else set(award.partners.values_list("organisation_id", flat=True))
    acting = {"memberships__role": Role.APPLICANT, "memberships__ended_at": None}
    people = User.objects.filter(memberships__organisation__in=concerned, is_active=True, **acting).distinct()
    key, facts = f"variation.agreed/{variation.reference}", {"award": award, "variation": variation}
    tell_all((Letter("award_varied", user, key, f"/awards/{award.reference}/", facts) for user in people), at=at)


def _let_join(award: Award, part: AwardPartner, at: dt.datetime) -> None:
    """Let conflicts of interest be looked for with an organisation that takes part from now on, and let it be rated.

    What the department has to find out of a partner before its letter it has to find out of this one before it claims.
    """
    LaterParty.objects.get_or_create(bid=award.bid, organisation_id=part.organisation_id, defaults={"at": at})
    bid_tasks.parties_changed(award.bid)
    there = set(award.conditions.filter(organisation=part.organisation_id).values_list("kind", flat=True))
    wanted = rules.conditions([(part.organisation_id, part.grant_pounds, part.match_pounds)])
    Condition.objects.bulk_create(
        Condition(award=award, kind=kind, organisation_id=organisation)
        for kind, organisation in wanted
        if kind not in there
    )
    facts = {"award": award, "organisation": str(part.organisation)}
    key, path = f"partner.joined/{award}/{part.organisation_id}", f"/awards/{award}/before-the-letter"
    notices.tell_officers("partner_joined", officials.of(award, rules.SETTLES), key=key, at=at, path=path, **facts)


def _replan(
    variation: Variation, parts: list[AwardPartner], award: Award, first: dt.date, *,
    by: User, role: str, at: dt.datetime,
) -> dict[str, int]:  # fmt: skip
    """Plan the months that are left anew, and move the commitment between financial years with the plan."""
    before: list[Cell] = []
    after: list[Cell] = []
    for part in parts:
        lines = SpendLine.objects.filter(award=award, organisation=part.organisation_id)
        cells = [Cell(line.month, line.category, line.pence) for line in lines]
        grant = underspends.grant_of(part)
        spread = varying.respread(cells, grant, part.costs, first=first, ends_on=award.ends_on)
        write_profile(award, part, spread)
        before += cells
        after += spread
    left = queries.left_by_year(award)
    shifted = varying.shifts(spend.by_year(before), spend.by_year(after), left)
    entries = [_entry(award, variation, year, pence) for year, pence in shifted.items()]
    if entries:
        hold_stream(award.bid.competition.stream)
        ledger.post_all(entries, by=by, role=role, at=at)
    return shifted


def _entry(award: Award, variation: Variation, year: str, pence: int) -> LedgerEntry:
    return LedgerEntry(
        kind=EntryKind.COMMITTED if pence > 0 else EntryKind.RELEASED, reference=f"{variation.reference}/{year}",
        pence=abs(pence), year=year, stream=award.bid.competition.stream, pot=award.bid.competition.pot,
        award=award.envelope, reason=f"variation {variation.reference}",
    )  # fmt: skip
