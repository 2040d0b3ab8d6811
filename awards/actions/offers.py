"""Offer an award to a bid that the panel funds, and commit its money year by year."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from accounts.post import Letter, tell_all
from accounts.rules import Refused
from audit.record import digest, record
from awards import letter_content, queries, rules, spend
from awards.actions.locks import hold_stream
from awards.models import Award, AwardPartner, Condition, SpendLine
from bids import team
from bids.costs import category_totals
from bids.models import Bid, Partner
from bids.queries import kept_from
from bids.states import BidState, CostCategory
from funds import ledger
from funds.models import Envelope
from funds.references import next_reference
from funds.states import EntryKind, EnvelopeKind
from funds.years import months_from


@dataclass(frozen=True)
class Plan:
    """What an offer made now would promise: first and last day, and pence by financial year."""

    starts_on: dt.date
    ends_on: dt.date
    years: dict[str, int]

    @property
    def pence(self) -> int:
        """The whole grant."""
        return sum(self.years.values())


def plan(*, bid: Bid, at: dt.datetime) -> Plan:
    """Return what an offer of a bid would promise; nothing is written.

    Raises:
        Refused: the bid has no start, or its cost lines and its cost differ.
    """
    starts_on, ends_on = rules.project_dates(bid.start_on, bid.months, rules.uk_day(at))
    parts = [
        _part(Award(), part) for part in bid.partners.prefetch_related("cost_lines").select_related("organisation")
    ]
    cells = _cells(parts, starts_on, bid.months)
    return Plan(starts_on, ends_on, spend.by_year(cell for _, cell in cells))


@transaction.atomic
def offer(*, bid: Bid, by: User, role: str, at: dt.datetime) -> Award:
    """Return a conditional award of what the bid asked for, with its money committed.

    Partners, costs and dates are the bid's own; the grant is spread flat over the project's months and committed in
    the financial years in which they fall.

    Raises:
        funds.ledger.DoesNotFit: the competition, a year or the stream has not enough left; nothing is written.
        Refused: the bid is not successful, has an award already, or asks for no grant.
    """
    bid = _hold(bid)
    rules.must_act_as(role, by.roles, rules.OFFERS)
    parts = list(bid.partners.select_related("organisation").prefetch_related("cost_lines"))
    rules.must_be_outsider(by.organisation_ids(), {part.organisation_id for part in parts})
    rules.must_be_free(is_kept=bid.pk in kept_from(by))
    _must_be_free(bid, parts)
    award = _write(bid, parts, at)
    cells = _spread(award)
    years = spend.by_year(cell for _, cell in cells)
    _must_have_years(award, years)
    hold_stream(bid.competition.stream)
    for year, pence in years.items():
        ledger.post(
            kind=EntryKind.COMMITTED, reference=f"{award.reference}/{year}", pence=pence, year=year,
            stream=bid.competition.stream, pot=bid.competition.pot, award=award.envelope, by=by, role=role, at=at,
        )  # fmt: skip
    facts = {"bid": bid.reference, "grant_pence": award.grant_pence, "years": years, "sha256": award.content_sha256}
    record("award.offered", award, by=by, role=role, at=at, changes=facts)
    _tell_the_winner(award, at)
    return award


def _tell_the_winner(award: Award, at: dt.datetime) -> None:
    key, path, facts = (
        f"award.offered/{award.reference}",
        f"/awards/{award.reference}/",
        {"award": award, "bid": award.bid},
    )
    tell_all((Letter("award_offered", p.user, key, path, facts) for p in team.people(award.bid)), at=at)


def _hold(bid: Bid) -> Bid:
    held = Bid.objects.select_for_update(of=("self",), no_key=True)
    return held.select_related("competition__stream", "competition__pot", "lead").get(pk=bid.pk)


def _must_be_free(bid: Bid, parts: list[Partner]) -> None:
    if bid.state != BidState.SUCCESSFUL:
        raise Refused(f"Bid {bid.reference} is {bid.get_state_display().lower()}: only a successful bid gets an award.")
    if taken := Award.objects.filter(bid=bid).first():
        raise Refused(f"Bid {bid.reference} has award {taken.reference} already.")
    if not any(part.grant_pounds for part in parts):
        raise Refused(f"Bid {bid.reference} asks for no grant, so there is nothing to award.")


def _write(bid: Bid, parts: list[Partner], at: dt.datetime) -> Award:
    """Return the award with its partners and conditions, not yet paid for."""
    key, reference = next_reference(Award, "MFA-")
    starts_on, ends_on = rules.project_dates(bid.start_on, bid.months, rules.uk_day(at))
    award = Award(
        pk=key,
        reference=reference,
        bid=bid,
        envelope=ledger.open_envelope(stream=bid.competition.stream, kind=EnvelopeKind.AWARD),
        grant_pence=sum(part.grant_pounds for part in parts) * 100,
        starts_on=starts_on,
        ends_on=ends_on,
        responsible_officer=bid.competition.responsible_officer,
        network=queries.network_for(bid.lead),
        offered_at=at,
    )
    award.save(force_insert=True)
    AwardPartner.objects.bulk_create(_part(award, part) for part in parts)
    wanted = rules.conditions((part.organisation_id, part.grant_pounds, part.match_pounds) for part in parts)
    Condition.objects.bulk_create(
        Condition(award=award, kind=kind, organisation_id=organisation) for kind, organisation in wanted
    )
    award.content_sha256 = digest(letter_content.content(award))
    award.save(update_fields=["content_sha256"])
    return award


def _part(award: Award, part: Partner) -> AwardPartner:
    return AwardPartner(
        award=award,
        partner=part,
        organisation=part.organisation,
        is_lead=part.is_lead,
        size=part.size,
        costs=_costs(part),
        percent=part.percent,
        cost_pounds=part.cost_pounds,
        grant_pounds=part.grant_pounds,
        other_public_pounds=part.other_public_pounds,
        match_pounds=part.match_pounds,
    )


def _costs(part: Partner) -> dict[str, int]:
    """Return a partner's eligible cost in whole pounds for every category."""
    costs = dict.fromkeys(map(str, CostCategory), 0) | category_totals(part.cost_lines.all())
    if sum(costs.values()) != part.cost_pounds:
        raise Refused(
            f"The cost lines of {part.organisation} come to £{sum(costs.values()):,}, but its cost is "
            f"£{part.cost_pounds:,}. The bid has to be corrected first."
        )
    return costs


def _cells(parts: Iterable[AwardPartner], starts_on: dt.date, months: int) -> list[tuple[int, spend.Cell]]:
    """Return the spend profile of every partner, its cells with the organisation of each."""
    days = months_from(starts_on, months)
    return [
        (part.organisation_id, cell)
        for part in parts
        for cell in spend.profile(part.grant_pounds * 100, part.costs, days)
    ]


def _spread(award: Award) -> list[tuple[int, spend.Cell]]:
    """Write the spend profile of every partner; return its cells with the organisation of each."""
    cells = _cells(award.partners.all(), award.starts_on, award.bid.months)
    SpendLine.objects.bulk_create(
        SpendLine(award=award, organisation_id=organisation, month=cell.month, category=cell.category, pence=cell.pence)
        for organisation, cell in cells
    )
    return cells


def _must_have_years(award: Award, years: dict[str, int]) -> None:
    stream = award.bid.competition.stream
    there = set(
        Envelope.objects.filter(stream=stream, kind=EnvelopeKind.YEAR, year__in=years).values_list("year", flat=True)
    )
    if missing := sorted(set(years) - there):
        raise Refused(
            f"The award needs money in {', '.join(missing)}, for which {stream} has no appropriation. Make one first."
        )
