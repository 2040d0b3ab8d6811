"""A bid that a conflict of interest keeps from an official is on none of their pages, in no file and in no sum."""

import itertools
from collections.abc import Iterable, Iterator
from contextlib import suppress

import pytest
from django.urls import NoReverseMatch, get_resolver, reverse

from accounts.models import User
from assessments import actions, sheet
from bids.call_progress import progress_of
from bids.models import Bid
from bids.queries import kept_from
from funds.models import Competition
from tests.asking import get, text
from tests.cast_assessments import STAFF, assessed, assessment, submitted_bid
from tests.cast_panel import opened
from tests.pages.rows import ROWS
from tests.pages.test_unsubmitted import read
from tests.signing_in import signed_in

__all__ = ["assessment"]
WORD = "Zyzzyva"
SAYS = (WORD.lower().encode(), b"207,431", b"207431")  # its title and its grant
AT = STAFF["at"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def panel(assessment, fund_manager) -> Competition:
    """A competition at its panel with two scored bids; the first has the word in its title."""
    for title, grant in ((f"{WORD} lens", 207_431), ("Another lens", 50_000)):
        assessed(submitted_bid(assessment, grant=grant, title=title), [9, 8], fund_manager)
    return actions.go_to_panel(competition=assessment, by=fund_manager, **STAFF)


@pytest.fixture
def kept(panel) -> Bid:
    """The bid with the word, from which the panel's chair has left the table."""
    bid = panel.bids.order_by("pk").first()
    meeting = opened(panel)
    chair = meeting.members.get(duty="chair")
    actions.leave_table(member=chair, bid=bid, by=chair.user, at=AT)
    return bid


@pytest.fixture
def conflicted(kept, panel) -> User:
    """The chair who left the table."""
    return User.objects.get(panels__conflicts__bid=kept)


ABOUT = ("competitions/", "bids/", "panels/")


def addresses(bid: Bid) -> Iterator[str]:
    """Yield every address that lists bids or names the bid, its competition or its panel."""
    keys = {
        "bid": [bid.reference], "key": [bid.competition.meetings.get().pk],
        "table": ["bids", "costs", "partners", "match"],
        "seat": list(bid.seats.values_list("pk", flat=True)),
    }  # fmt: skip
    for name in ROWS:
        route, names = get_resolver().reverse_dict.getlist(name)[0][0][0]
        if not route.startswith(ABOUT) or "/setup" in route:
            continue
        keys["reference"] = [bid.reference if route.startswith("bids/") else bid.competition.reference]
        for values in itertools.product(*(keys.get(key, ["1"]) for key in names)):
            with suppress(NoReverseMatch):
                yield reverse(name, kwargs=dict(zip(names, values, strict=True)))


def telling(user: User, found: Iterable[str]) -> set[str]:
    client = signed_in(user)
    return {address for address in found if any(said in read(client, address).lower() for said in SAYS)}


def test_no_address_tells_a_conflicted_official(kept, conflicted):
    assert telling(conflicted, addresses(kept)) == set()


def test_the_others_are_told_there(kept, panel, fund_manager):
    names = ("competition_bids", "competition_lines", "competition_ranking_xlsx", "bids_xlsx", "competition_board_csv")
    found = {reverse(name, args=[panel.reference]) for name in names}
    assert telling(fund_manager, found) == found


def test_sums_leave_it_out(kept, panel, conflicted, fund_manager):
    mine, theirs = (sheet.of(panel, user).lines[-1].cumulative_pounds for user in (conflicted, fund_manager))
    asked_for = [progress_of(panel, kept_from(user)).grant_pounds for user in (conflicted, fund_manager)]
    assert (mine, theirs, asked_for) == (50_000, 257_431, [50_000, 257_431])


def test_the_what_ifs_say_that_they_leave_it_out(kept, panel, conflicted):
    page = text(get(conflicted, "competition_lines", panel.reference))
    assert "1 bid kept from you" in page
    assert "£50,000" in page


def test_what_an_assessor_is_blocked_from_is_kept_from_them_as_an_official_too(kept, fund_manager):
    from assessments.models import Assessor, Block

    own = Assessor.objects.create(user=fund_manager, capacity=1, types=["clinical"])
    Block.objects.create(bid=kept, assessor=own, because="Employer", found_at=AT)
    assert (kept_from(fund_manager), kept_from(fund_manager, kept.competition)) == ({kept.pk}, {kept.pk})
