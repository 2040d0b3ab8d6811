"""Who may do what to a bid, when, and how much grant it can ask for. Pure."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from accounts.rules import Refused
from accounts.states import COMPANY_KINDS, Role, Size
from bids.states import EDITABLE, BidState, TeamRole
from funds.money import floor_percent
from funds.rules import lowest_ceiling
from funds.states import CompetitionState, ResearchCategory

CHECKS_ELIGIBILITY = frozenset({Role.FUND_MANAGER})
VERIFIES_MATCH = frozenset({Role.FINANCE_OFFICER})
READS_SUBMITTED = frozenset({Role.FUND_MANAGER, Role.FINANCE_OFFICER, Role.AUDITOR})
INELIGIBLE_REASON_WORDS = 400
ENDED = (BidState.INELIGIBLE, BidState.UNSUCCESSFUL, BidState.WITHDRAWN)


# Who may change what: a right of an organisation's people, narrowed by what somebody does on the bid

WRITES = frozenset({TeamRole.LEAD, TeamRole.EDITOR})
SPENDS = WRITES | {TeamRole.FINANCE}
NOT_OF_LEAD = "Only people of the lead organisation can change this part of the bid."
NOT_OF_PART = "Only people of the lead or of this partner can change its costs and match funding."
NOT_THE_LEAD = "Only the lead person of the bid can do this."
_NARROWED = {
    TeamRole.FINANCE: "On this bid you look after the money of your own organisation, so you cannot change this part.",
    TeamRole.VIEWER: "On this bid you are a viewer: you can read it but not change it.",
    TeamRole.REMOVED: "You are no longer on this bid.",
}


def why_not_edit(lead_id: int, acts_for: Collection[int], role: str = TeamRole.EDITOR) -> str:
    """Return why somebody may not change the whole bid; nothing when they may.

    Args:
        acts_for: the organisations that they act for as applicant.
        role: what they do on the bid; who is not named is an editor.
    """
    if lead_id not in acts_for:
        return NOT_OF_LEAD
    return "" if role in WRITES else _NARROWED[TeamRole(role)]


def why_not_edit_part(
    lead_id: int, organisation_id: int, acts_for: Collection[int], role: str = TeamRole.EDITOR
) -> str:
    """Return why somebody may not change the costs and match funding of one partner; nothing when they may.

    Its own people may, and those of the lead who may change the whole bid.
    """
    if (organisation_id in acts_for and role in SPENDS) or may_edit(lead_id, acts_for, role):
        return ""
    if lead_id in acts_for or organisation_id in acts_for:
        return _NARROWED[TeamRole(role)]
    return NOT_OF_PART


def may_edit(lead_id: int, acts_for: Collection[int], role: str = TeamRole.EDITOR) -> bool:
    """Tell whether somebody who acts as applicant for these organisations may change the whole bid."""
    return not why_not_edit(lead_id, acts_for, role)


def may_edit_part(lead_id: int, organisation_id: int, acts_for: Collection[int], role: str = TeamRole.EDITOR) -> bool:
    """Tell whether they may change the costs and match funding of one partner."""
    return not why_not_edit_part(lead_id, organisation_id, acts_for, role)


def why_not_lead(lead_id: int, acts_for: Collection[int], role: str, has_lead_person: bool) -> str:
    """Return why somebody may not submit, take back or hand over a bid, or say who does what; nothing when they may.

    Args:
        has_lead_person: somebody leads the bid who still acts for its lead organisation; without such a person each
            editor of the lead organisation may act as one, so that no bid is stuck.
    """
    if why := why_not_edit(lead_id, acts_for, role):
        return why
    return NOT_THE_LEAD if has_lead_person and role != TeamRole.LEAD else ""


def may_invite_into(lead_id: int, organisation_id: int, acts_for: Collection[int], role: str, leads: bool) -> bool:
    """Tell whether somebody may let new people in who will act for one organisation of the bid.

    The lead person does it for the lead organisation, the editors of a partner for their own.
    """
    if organisation_id == lead_id:
        return leads
    return organisation_id in acts_for and role in WRITES


def must_be_editable(state: str) -> None:
    """Refuse changes of a bid that is not open to them."""
    if state not in EDITABLE:
        raise Refused(f"The bid is {BidState(state).label.lower()}, so it cannot be changed.")


def must_be_open_to_changes(state: str, shuts_at: dt.datetime, at: dt.datetime) -> None:
    """Refuse changes of a bid by its state, or because its competition has closed.

    Args:
        shuts_at: the deadline and its grace, so that a save which waited with us is still taken.
    """
    must_be_editable(state)
    if at > shuts_at:
        raise Refused("The competition has closed, so the bid can no longer be changed. You can copy it into another.")


# The deadline


class Deadline(StrEnum):
    """How the first contact of a submission stands to the deadline."""

    IN_TIME = "in_time"
    IN_GRACE = "in_grace"
    LATE = "late"


def deadline(first_contact: dt.datetime, closes_at: dt.datetime, grace_seconds: int) -> Deadline:
    """Return whether a request that first reached the server at `first_contact` was in time.

    The deadline itself is in time. The grace absorbs our own queueing and is flagged.
    """
    if first_contact <= closes_at:
        return Deadline.IN_TIME
    return Deadline.IN_GRACE if first_contact <= closes_at + dt.timedelta(seconds=grace_seconds) else Deadline.LATE


def must_take_bids(
    state: str, opens_at: dt.datetime, closes_at: dt.datetime, grace_seconds: int, first_contact: dt.datetime
) -> Deadline:
    """Return how the deadline stands; refuse when the competition takes no bids.

    Raises:
        Refused: it is not published, not open yet, or closed.
    """
    if state != CompetitionState.PUBLISHED:
        raise Refused("The competition takes no bids now.")
    if first_contact < opens_at:
        raise Refused("The competition has not opened yet.")
    stands = deadline(first_contact, closes_at, grace_seconds)
    if stands == Deadline.LATE:
        raise Refused("The competition has closed.")
    return stands


# The grant


class CeilingFound(NamedTuple):
    """The highest grant in per cent of eligible cost, and why."""

    percent: Decimal
    because: str


def plain(percent: Decimal) -> str:
    """Return a percentage as people write it: 70 or 62.5."""
    return f"{percent.normalize():f}"


def ceiling(
    table: Mapping[tuple[str, str], Decimal], category: str, size: str, own_max: Decimal | None
) -> CeilingFound:
    """Return the ceiling of a partner (GBER 651/2014, Article 25, or the table of another regime).

    Args:
        table: per cent by (research category, size).
        own_max: a ceiling of the competition's own, in per cent.
    """
    by_law = table.get((category, size))
    percent = lowest_ceiling(by_law, own_max)
    case = f"{Size(size).label.lower()}, {ResearchCategory(category).label.lower()}"
    if by_law is None:
        return CeilingFound(percent, f"0 % because the rules list no ceiling for {case}")
    if percent < by_law:
        return CeilingFound(
            percent, f"{plain(percent)} % because this competition gives no more (otherwise {plain(by_law)} %: {case})"
        )
    return CeilingFound(percent, f"{plain(percent)} % because {case}")


def must_be_within(percent: Decimal, found: CeilingFound) -> None:
    """Refuse a claim above the ceiling, a negative one, or one with more than two decimals."""
    if not percent.is_finite() or percent < 0 or percent != round(percent, 2):
        raise Refused("The percentage must be a number from 0, with at most two decimals.")
    if percent > found.percent:
        raise Refused(f"{plain(percent)} % is too much. You can ask for {found.because}.")


class Money(NamedTuple):
    """What the grant is and what match funding has to meet, in whole pounds."""

    grant: int
    match: int


def money(cost: int, percent: Decimal, other_public: int) -> Money:
    """Return grant and match in whole pounds, so that grant + other public funding + match = cost.

    grant = max(0, ⌊cost × percent ÷ 100⌋ − other public funding): other public money counts against the ceiling.

    Raises:
        Refused: other public funding is negative or more than the cost.
    """
    if other_public < 0:
        raise Refused("Other public funding cannot be less than £0.")
    if other_public > cost:
        raise Refused(
            f"Other public funding of £{other_public:,} is more than the costs of £{cost:,}. Check both figures."
        )
    grant = max(0, floor_percent(cost, percent) - other_public)
    return Money(grant, cost - other_public - grant)


# Consortia


@dataclass(frozen=True)
class Party:
    """A partner of a bid, as far as the rules of consortia look."""

    name: str
    kind: str
    is_lead: bool
    cost: int
    grant: int


@dataclass(frozen=True)
class ConsortiumRules:
    """What a competition and its strand ask of a consortium."""

    lead_kinds: Collection[str]
    partner_kinds: Collection[str]
    collaboration: str
    claiming_partners_min: int
    non_business_share_percent: int


def consortium_problems(parties: Iterable[Party], asked: ConsortiumRules) -> list[str]:
    """Return what is wrong with who takes part."""
    parties = list(parties)
    found = []
    for party in parties:
        allowed = asked.lead_kinds if party.is_lead else asked.partner_kinds
        if party.kind not in allowed:
            role = "lead a bid" if party.is_lead else "be a partner"
            found.append(f"{party.name} is not of a kind that may {role} in this competition.")
    others = [p for p in parties if not p.is_lead]
    claiming = sum(1 for p in others if p.grant > 0)
    if asked.collaboration == "single" and others:
        found.append("This strand takes single bids only. Remove the partners.")
    needed = max(asked.claiming_partners_min, 1 if asked.collaboration == "collaborative" else 0)
    if claiming < needed:
        found.append(
            f"This strand needs {needed} or more partners besides the lead that claim grant; it has {claiming}."
        )
    total = sum(p.cost for p in parties)
    non_business = sum(p.cost for p in parties if p.kind not in COMPANY_KINDS)
    if non_business * 100 > total * asked.non_business_share_percent:
        found.append(
            f"Partners that are not businesses may have at most {asked.non_business_share_percent} % of the costs;"
            f" they have £{non_business:,} of £{total:,}."
        )
    return found


def business_limit_problem(name: str, count: int, most: int | None, deed: str) -> str:
    """Return what is wrong when a business is in, or leads, more bids than the competition allows; or nothing."""
    if most is None or count <= most:
        return ""
    return f"{name} would {deed} {count} bids of this competition; {most} is the most allowed."
