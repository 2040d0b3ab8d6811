"""Read what an award letter still waits for."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery, Sum

from awards import bank_queries, profiles, reductions, rules
from awards.before_letter import APPROVED_ABOVE_PENCE, match_by_month, shortage
from awards.models import Award, AwardPartner, BankDetails, SpendLine
from awards.next_steps import BEFORE_LETTER
from awards.states import BankOutcome, ConditionKind
from bids.match import Month, in_kind_allowed
from bids.models import MatchSource, MatchVerification
from bids.states import MatchKind, MatchState
from funds import approvals
from funds.models import Proposal
from funds.money import pounds

LARGE = "large_award"
UNSETTLED: dict[str, str] = {
    ConditionKind.MATCH: "match funding is not settled",
    ConditionKind.BANK: "bank details are not settled",
    ConditionKind.VIABILITY: "finance viability is not rated",
    ConditionKind.DUE_DILIGENCE: "due diligence is not rated",
    ConditionKind.FRAUD: "fraud risk is not assessed",
}
WAITING = {
    profiles.KIND: "a spend profile is put forward. Approve it or send it back.",
    reductions.KIND: "a reduction of eligible costs is put forward. Approve it or send it back.",
}


@dataclass(frozen=True)
class Cover:
    """A partner's match funding against its spend profile, in whole pounds."""

    part: AwardPartner
    months: list[Month]
    verified: int
    in_cash: int
    in_kind_allowed: int

    @property
    def problem(self) -> str:
        """Where match funding is short first, in words; nothing where it never is."""
        needed = self.part.match_pounds
        if self.verified < needed:
            return f"£{self.verified:,} of £{needed:,} is verified."
        if self.in_cash < (in_cash_needed := needed - self.in_kind_allowed):
            return (
                f"At most £{self.in_kind_allowed:,} of it may be in kind: £{in_cash_needed:,} is needed in cash, and"
                f" £{self.in_cash:,} in cash is verified."
            )
        return shortage(self.months)


def cover(parts: Iterable[AwardPartner]) -> list[Cover]:
    """Return how the match funding of partners of one award covers their spend profiles, in four queries."""
    found = [part for part in parts if part.match_pounds]
    if not found:
        return []
    in_kind = Award.objects.values_list("bid__competition__in_kind_percent", flat=True).get(pk=found[0].award_id)
    profiles: dict[int, list] = {}
    lines = SpendLine.objects.filter(award=found[0].award_id).values_list("organisation", "month").order_by("month")
    for organisation, month, pence in lines.annotate(total=Sum("pence")):
        profiles.setdefault(organisation, []).append((month, pence))
    sources: dict[int, list] = {}
    rows = MatchSource.objects.filter(partner__in=[part.partner_id for part in found], state=MatchState.VERIFIED)
    for partner, *source in rows.values_list("partner", "kind", "available_on", "verified_pounds"):
        sources.setdefault(partner, []).append(source)
    return [
        _cover(part, profiles.get(part.organisation_id, []), sources.get(part.partner_id, []), in_kind)
        for part in found
    ]


def _cover(part: AwardPartner, profile: list, verified: list, in_kind_percent: int) -> Cover:
    months = match_by_month(
        part.match_pounds, part.grant_pounds * 100, profile, [(day, amount) for _, day, amount in verified]
    )
    return Cover(
        part=part,
        months=months,
        verified=sum(amount for _, _, amount in verified),
        in_cash=sum(amount for kind, _, amount in verified if kind != MatchKind.IN_KIND),
        in_kind_allowed=in_kind_allowed(part.match_pounds, in_kind_percent),
    )


def with_account(organisations: Collection[int]) -> set[int]:
    """Return those of these organisations whose bank details somebody has verified."""
    verified = BankDetails.objects.filter(organisation__in=organisations, check_made__outcome=BankOutcome.VERIFIED)
    return set(verified.values_list("organisation", flat=True))


def large_proposal(award: Award) -> Proposal | None:
    """Return the approval of a large award that was put forward and still fits its grant."""
    found = approvals.newest(LARGE, award.reference)
    return found if found and found.content.get("grant_pence") == award.grant_pence else None


def lacks_large_approval(award: Award) -> bool:
    """Tell whether an award is above £100,000 and two people have not approved it."""
    if award.grant_pence <= APPROVED_ABOVE_PENCE:
        return False
    found = large_proposal(award)
    return found is None or not found.approvals.exists()


def is_ready(award: Award) -> bool:
    """Tell whether the letter waits for nothing."""
    return not award.conditions.filter(settled_at=None).exists() and not lacks(award)


def lacks(award: Award) -> list[str]:
    """Return everything that the letter waits for, each as a sentence."""
    parts = list(award.partners.select_related("organisation"))
    claiming = [part for part in parts if part.grant_pounds]
    opened = award.conditions.filter(settled_at=None).select_related("organisation")
    accounts = with_account({part.organisation_id for part in claiming})
    short = {one.part.organisation_id: one.problem for one in cover(parts) if one.problem}
    found = [
        f"{one.organisation}: {UNSETTLED[one.kind]}."
        for one in opened
        if not (one.kind == ConditionKind.MATCH and one.organisation_id in short)
        and not (one.kind == ConditionKind.BANK and one.organisation_id not in accounts)
    ]
    found += [
        f"{p.organisation}: match funding is short. {short[p.organisation_id]}"
        for p in parts
        if p.organisation_id in short
    ]
    found += [f"{p.organisation} has no verified bank details." for p in claiming if p.organisation_id not in accounts]
    found += _uneven(award, parts)
    if lacks_large_approval(award):
        found.append(
            f"A grant of {pounds(award.grant_pence)} is above {pounds(APPROVED_ABOVE_PENCE)}: two people approve it on"
            " the record first."
        )
    verified = MatchSource.objects.filter(partner__bid=award.bid_id, state=MatchState.VERIFIED)
    if verified.filter(decided_by=award.responsible_officer_id).exists():
        found.append("Match funding was verified by the responsible officer. Somebody else has to look at it again.")
    return found


def undecided(award: Award, at: dt.datetime) -> list[str]:
    """Return what would be passed over if the letter were issued now, each as a sentence.

    What was put forward about money and not decided, bank details that nobody has looked at, evidence out of date.
    """
    parts = list(award.partners.select_related("organisation"))
    by_reference = {profiles.reference(award, part.organisation_id): part for part in parts}
    put = approvals.waiting(profiles.KIND, reductions.KIND).filter(reference__in=by_reference)
    found = [f"{by_reference[one.reference].organisation}: {WAITING[one.kind]}" for one in put]
    claiming = [part.organisation_id for part in parts if part.grant_pounds]
    entered = bank_queries.waiting().filter(organisation__in=claiming).order_by("pk")
    found += [f"{one.organisation} has entered new bank details, which nobody has checked yet." for one in entered]
    old = out_of_date(at).filter(partner__bid=award.bid_id).select_related("partner__organisation")
    found += [f"{one.partner.organisation}: the evidence from {one.funder} is out of date by now." for one in old]
    return found


def out_of_date(at: dt.datetime) -> QuerySet[MatchSource]:
    """Return the verified sources of awards without a letter whose evidence is no longer recent enough."""
    newest = MatchVerification.objects.filter(source=OuterRef("pk")).order_by("-number")
    verified = MatchSource.objects.filter(state=MatchState.VERIFIED, partner__bid__award__state__in=BEFORE_LETTER)
    found = verified.annotate(expires_on=Subquery(newest.values("expires_on")[:1]))
    return found.filter(expires_on__lt=rules.uk_day(at)).order_by("pk")


def _uneven(award: Award, parts: list[AwardPartner]) -> list[str]:
    sums = dict(award.spend_lines.values_list("organisation").annotate(total=Sum("pence")).order_by())
    return [
        f"The spend profile of {part.organisation} is not equal to its grant."
        for part in parts
        if part.grant_pounds * 100 != sums.get(part.organisation_id, 0)
    ]


def with_files(award: Award) -> QuerySet:
    """Return the conditions of an award with their papers."""
    conditions = award.conditions.select_related("organisation", "settled_by")
    return conditions.prefetch_related(Prefetch("files"))
