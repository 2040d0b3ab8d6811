"""Say who does what on a bid, and note who has a section open."""

import datetime as dt

from accounts.models import User
from bids.models import Bid, Presence


def touch(*, bid: Bid, section: str, by: User, at: dt.datetime) -> None:
    """Note that somebody has a section open, in one query and nowhere on the record; it locks nothing.

    Pages that `bids.views.loading` opens for changing are noted there. A page of its own address, such as a save in the
    background, calls this.

    Args:
        section: its address below the bid's, such as questions/summary (see `bids.sections`).
    """
    Presence.objects.bulk_create(
        [Presence(bid=bid, section=section, user=by, at=at)],
        update_conflicts=True, unique_fields=["bid", "section", "user"], update_fields=["at"],
    )  # fmt: skip
