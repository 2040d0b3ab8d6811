"""Register assessors, declare their interests, and keep those with an interest away from a bid."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db import transaction

from accounts.models import Organisation, User
from accounts.rules import Refused
from accounts.rules import company_number as as_company_number
from accounts.states import OrganisationKind, Role
from assessments import rules
from assessments.actions.locks import hold_bid
from assessments.conflicts import Found, find_blocks
from assessments.models import Assessment, Assessor, Block, Interest, Seat
from assessments.states import AssessmentState, InterestKind
from audit.record import digest, record
from bids.models import Bid
from bids.states import BidState
from funds.states import CompetitionState

# States in which a bid may still come before assessors; drafts are held too, so that none is submitted meanwhile.
_UNDECIDED = (BidState.DRAFT, BidState.SUBMITTED, BidState.REOPENED, BidState.INELIGIBLE)
_BEFORE_DECISION = (
    CompetitionState.DRAFT,
    CompetitionState.PUBLISHED,
    CompetitionState.IN_ASSESSMENT,
    CompetitionState.AT_PANEL,
)


@dataclass(frozen=True)
class Conflicts:
    """What a check of conflicts did: pairs newly blocked, seats released, and seats whose assessment was in already."""

    blocks: list[Block] = field(default_factory=list)
    released: list[Seat] = field(default_factory=list)
    flagged: list[Seat] = field(default_factory=list)


def _must_register(by: User | None, network: Organisation | None) -> None:
    """Refuse everybody but fund managers and the lead of the assessor's own network; None is the system itself."""
    if by is None or by.roles & rules.MANAGES:
        return
    if network is None or network.pk not in by.organisation_ids(Role.AHSN_LEAD):
        raise Refused("Only a fund manager, or the lead of the assessor's own network, may register an assessor.")


@transaction.atomic
def register_assessor(
    *,
    user: User,
    network: Organisation | None,
    types: Collection[str],
    capacity: int,
    expertise: Iterable[str] = (),
    clinical_areas: Iterable[str] = (),
    by: User | None,
    at: dt.datetime,
) -> Assessor:
    """Return the assessor, made or brought up to date; the same facts again change nothing.

    Args:
        network: the AHSN that supplies the assessor; None when independent.
        types: what they judge, of `AssessorType`.
        capacity: bids per competition, zero or more.

    Raises:
        Refused: who asks may not, or a fact makes no sense.
    """
    _must_register(by, network)
    if network is not None and network.kind != OrganisationKind.AHSN:
        raise Refused(f"{network.name} is not an Academic Health Science Network. Leave it out for an independent.")
    if capacity < 0:
        raise Refused("The capacity is a number of bids: zero or more.")
    facts = {
        "network_id": network.pk if network else None,
        "types": rules.types(types),
        "capacity": capacity,
        "expertise": list(expertise),
        "clinical_areas": list(clinical_areas),
    }
    assessor = Assessor.objects.select_for_update(no_key=True).filter(user=user).first()
    if assessor is None:
        assessor = Assessor.objects.create(user=user, **facts)
        record("assessor.registered", assessor, by=by, at=at, changes=facts)
        return assessor
    before = {name: getattr(assessor, name) for name in facts}
    changes = {name: [before[name], value] for name, value in facts.items() if before[name] != value}
    if changes:
        for name, value in facts.items():
            setattr(assessor, name, value)
        assessor.save(update_fields=[name.removesuffix("_id") for name in changes])
        record("assessor.changed", assessor, by=by, at=at, changes=changes)
    return assessor


@transaction.atomic
def declare_interest(
    *,
    assessor: Assessor,
    kind: str,
    organisation_name: str = "",
    organisation: Organisation | None = None,
    company_number: str = "",
    by: User,
    at: dt.datetime,
) -> Conflicts:
    """Declare an interest and check every undecided bid against it; the same interest again is only checked again.

    Args:
        organisation: the organisation when it is registered; a company number finds it too.

    Raises:
        Refused: somebody else's interests, an unknown kind, no organisation.
        accounts.rules.BadIdentifier: the company number cannot be right.
    """
    if by.pk != assessor.user_id and not by.roles & rules.MANAGES:
        raise Refused("Assessors declare their own interests.")
    if kind not in InterestKind.values:
        raise Refused(f"Say what the interest is, one of: {', '.join(InterestKind.values)}.")
    number = as_company_number(company_number) if company_number.strip() else ""
    if organisation is None and number:
        organisation = Organisation.objects.filter(company_number=number).first()
    if organisation is not None:
        number = number or organisation.company_number
    name = organisation_name.strip() or (organisation.name if organisation else "")
    if not name:
        raise Refused("Name the organisation in which there is an interest.")
    bids = _hold_undecided()
    interest, made = Interest.objects.get_or_create(
        assessor=assessor, kind=kind, organisation=organisation, organisation_name=name[:200],
        company_number=number, ended_at=None, defaults={"declared_at": at},
    )  # fmt: skip
    if made:
        record(
            "interest.declared", assessor, by=by, at=at,
            changes={"interest": interest.pk, "kind": kind, "organisation": organisation, "name_sha256": digest(name)},
        )  # fmt: skip
    return _settle(find_blocks(bids, [assessor]), by=by, at=at)


@transaction.atomic
def end_interest(*, interest: Interest, by: User, at: dt.datetime) -> Interest:
    """End an interest; what it has blocked stays blocked, and ending it again changes nothing."""
    interest = Interest.objects.select_for_update(no_key=True).select_related("assessor").get(pk=interest.pk)
    if by.pk != interest.assessor.user_id and not by.roles & rules.MANAGES:
        raise Refused("Assessors end their own interests.")
    if interest.ended_at is None:
        interest.ended_at = at
        interest.save(update_fields=["ended_at"])
        record("interest.ended", interest.assessor, by=by, at=at, changes={"interest": interest.pk})
    return interest


@transaction.atomic
def check_conflicts(*, bid: Bid, at: dt.datetime, by: User | None = None) -> Conflicts:
    """Check a bid's parties against every interest: block, release seats not handed in, flag those that are."""
    return _settle(find_blocks([hold_bid(bid.pk)]), by=by, at=at)


def check_all(*, bids: Collection[Bid], at: dt.datetime, by: User | None) -> Conflicts:
    """Check bids that the caller's transaction holds."""
    return _settle(find_blocks(bids), by=by, at=at)


def block(*, found: Found, by: User | None, at: dt.datetime) -> Conflicts:
    """Block one pair whose bid the caller's transaction holds."""
    return _settle([found], by=by, at=at)


def _hold_undecided() -> list[Bid]:
    """Lock every bid that may still be assessed and return those that were submitted."""
    bids = Bid.objects.filter(state__in=_UNDECIDED, competition__state__in=_BEFORE_DECISION).order_by("id")
    return [bid for bid in bids.select_for_update(no_key=True, of=("self",)) if bid.state != BidState.DRAFT]


def _settle(found: list[Found], *, by: User | None, at: dt.datetime) -> Conflicts:
    """Write the blocks that are new and take the pairs' seats away; the bids are locked already."""
    conflicts = Conflicts()
    pairs = {(f.bid_id, f.assessor_id) for f in found}
    bids = {bid_id for bid_id, _ in pairs}
    known = set(Block.objects.filter(bid__in=bids).values_list("bid_id", "assessor_id"))
    references = dict(Bid.objects.filter(pk__in=bids).values_list("pk", "reference"))
    for one in found:
        if (one.bid_id, one.assessor_id) in known:
            continue
        conflicts.blocks.append(
            Block.objects.create(bid_id=one.bid_id, assessor_id=one.assessor_id, because=one.because, found_at=at)
        )
        record("pair.blocked", f"bid:{references[one.bid_id]}", by=by, at=at, changes={"assessor": one.assessor_id})
    held = Seat.objects.filter(bid__in=bids, state__in=rules.HELD).select_related("bid").order_by("id")
    seats = [s for s in held.select_for_update(no_key=True, of=("self",)) if (s.bid_id, s.assessor_id) in pairs]
    handed_in = set(
        Assessment.objects.filter(seat__in=seats, state=AssessmentState.SUBMITTED).values_list("seat_id", flat=True)
    )
    for seat in seats:
        before, is_in = seat.state, seat.pk in handed_in
        if is_in:
            conflicts.flagged.append(seat)
        else:
            seat.withdraw(reason="Conflict of interest")
            seat.save(update_fields=["state", "withdrawn_reason"])
            conflicts.released.append(seat)
        record(
            "seat.flagged" if is_in else "seat.released", f"bid:{seat.bid.reference}", by=by, at=at,
            changes={"seat": seat.pk, "assessor": seat.assessor_id, "state": [before, seat.state]},
        )  # fmt: skip
    return conflicts
