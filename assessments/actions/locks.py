"""Take locks in one order: bids by key, assessors by key, seats by key, then the competition. Rows are read anew."""

from collections.abc import Iterable

from assessments import rules
from assessments.models import Assessor, PanelMeeting, Seat
from bids.models import Bid
from funds.models import Competition


def hold_bid(bid_id: int) -> Bid:
    """Return a bid, with its competition, locked until the transaction ends."""
    return Bid.objects.select_for_update(no_key=True, of=("self",)).select_related("competition").get(pk=bid_id)


def hold_bids(competition: Competition, *states: str) -> list[Bid]:
    """Return the bids of a competition in these states, locked."""
    bids = Bid.objects.filter(competition=competition, state__in=states).order_by("pk")
    return list(bids.select_for_update(no_key=True))


def hold_assessors(keys: Iterable[int]) -> list[Assessor]:
    """Return assessors, locked; their bids are locked already."""
    return list(Assessor.objects.filter(pk__in=list(keys)).order_by("pk").select_for_update(no_key=True))


def hold_seat(seat: Seat) -> Seat:
    """Return a seat with its bid, competition and assessor; only the seat is locked."""
    seats = Seat.objects.select_for_update(no_key=True, of=("self",))
    return seats.select_related("bid__competition", "assessor").get(pk=seat.pk)


def hold_competition(competition_id: int) -> Competition:
    """Return a competition, with its pot, locked; bids and seats come before it."""
    return Competition.objects.select_for_update(no_key=True, of=("self",)).select_related("pot").get(pk=competition_id)


def hold_meeting(meeting: PanelMeeting) -> PanelMeeting:
    """Return a panel's meeting with its competition, locked; bids and the competition come before it."""
    meetings = PanelMeeting.objects.select_for_update(no_key=True, of=("self",))
    return meetings.select_related("competition__pot").get(pk=meeting.pk)


def hold_in_assessment(seat: Seat) -> None:
    """Refuse what changes the ranked sheet once the competition is at the panel; no panel begins until we are done."""
    rules.must_be_in_assessment(hold_competition(seat.bid.competition_id).state)
