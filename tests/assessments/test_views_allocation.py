"""The officials' pages of allocations and seats."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.states import OrganisationKind
from assessments import actions
from assessments.models import AllocationRun, Interest, ReservePolicy, Seat
from tests.cast import NOW, organisation
from tests.cast_assessments import CLOSED, STAFF, assessor, submitted_bid
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db
TYPES = (["clinical"], ["commercial"], ["methodology", "lay"])
ASKED = {"seats_per_bid": "3", "rules": ["needs_types", "one_per_network"], "capacity_percent": "100", "seconds": "10"}


@pytest.fixture(autouse=True)
def after_the_deadline(monkeypatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: CLOSED)


@pytest.fixture
def people(assessment):
    return [assessor(organisation(OrganisationKind.AHSN, f"Network {i}"), types=TYPES[i % 3]) for i in range(5)]


@pytest.fixture
def frances(fund_manager):
    return signed_in(fund_manager)


@pytest.fixture
def run(bid, people, assessment, frances) -> AllocationRun:
    frances.post(reverse("allocation_runs", args=[assessment.reference]), ASKED)
    return actions.carry_out_run(AllocationRun.objects.get().pk, at=CLOSED)


def of(name: str, run: AllocationRun, *more) -> str:
    return reverse(name, args=[run.competition.reference, run.number, *more])


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_a_run_is_started_and_its_page_asks_again_until_it_ends(bid, people, assessment, frances):
    here = reverse("allocation_runs", args=[assessment.reference])
    shown = text(frances.post(here, ASKED, follow=True))
    assert [part in shown for part in ("Waiting for its turn", 'hx-trigger="every 2s"', "Cancel the run")] == [True] * 3
    actions.carry_out_run(AllocationRun.objects.get().pk, at=CLOSED)
    shown = text(frances.get(of("allocation_run", AllocationRun.objects.get())))
    assert [part in shown for part in ("every 2s", "No other allocation is better", bid.reference)] == [
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("seats_per_bid", "0"),
        ("seats_per_bid", "ten"),
        ("seconds", "10" * 8),
        ("capacity_percent", "１００１"),
        ("rules", "x"),
    ],
)
def test_what_makes_no_sense_is_said_beside_the_box(assessment, frances, name, value):
    answer = frances.post(reverse("allocation_runs", args=[assessment.reference]), ASKED | {name: value})
    assert (answer.status_code, "There is a problem" in text(answer), AllocationRun.objects.count()) == (200, True, 0)


def test_a_run_is_cancelled_by_a_button(bid, assessment, frances):
    frances.post(reverse("allocation_runs", args=[assessment.reference]), ASKED)
    shown = text(frances.post(of("allocation_cancel", AllocationRun.objects.get()), follow=True))
    assert "The run was cancelled. No seat has changed." in shown


def test_a_run_is_accepted_after_its_consequences_were_read(run, frances):
    shown = text(frances.get(of("allocation_accept", run)))
    assert "Nothing has changed." in shown
    shown = text(frances.post(of("allocation_accept", run), {"edits": "0"}, follow=True))
    assert ("The seats are given" in shown, Seat.objects.count()) == (True, 3)


@pytest.mark.parametrize("edits", ["", "1", "-1", "9" * 20, "x\0"])
def test_what_was_not_read_is_not_accepted(run, frances, edits):
    shown = text(frances.post(of("allocation_accept", run), {"edits": edits}, follow=True))
    assert ("Somebody has changed this run" in shown, Seat.objects.count()) == (True, 0)


def test_what_is_in_the_way_is_said_before_anybody_accepts(run, frances, bid, people):
    for person in people:
        Interest.objects.create(assessor=person, kind="family", organisation_name=bid.lead.name, declared_at=NOW)
    shown = text(frances.get(of("allocation_accept", run)))
    assert ("This run cannot become seats any more." in shown, "Accept and invite" in shown) == (True, False)


def test_the_page_of_a_team_says_why_and_what_is_not_known(run, frances, bid):
    shown = text(frances.get(of("allocation_team", run, bid.reference)))
    known = ("Clinical area not known, expertise not known", "Who else", "Needed on the team as")
    assert [part in shown for part in known] == [True] * 3


def test_a_change_is_checked_before_it_is_made(run, frances, bid):
    members = run.teams.get().members
    here = of("allocation_team", run, bid.reference)
    assert "The bid would have 2 of 3 assessors." in text(frances.get(here, {"off": members[0]}))
    assert "The team is changed." in text(frances.post(here, {"off": members[0], "edits": "0"}, follow=True))
    assert run.teams.get().members == members[1:]


@pytest.mark.parametrize("typed", [{"on": "10" * 9}, {"off": "x"}, {"on": "-1"}, {"on": "\0"}, {"edits": "ten"}, {}])
def test_a_change_that_cannot_be_is_an_error_of_the_form(run, frances, bid, typed):
    answer = frances.post(of("allocation_team", run, bid.reference), typed)
    assert (answer.status_code, "There is a problem" in text(answer)) == (200, True)


def test_two_runs_lie_side_by_side(run, frances, assessment, fund_manager):
    frances.post(reverse("allocation_runs", args=[assessment.reference]), ASKED | {"seats_per_bid": "5"})
    actions.carry_out_run(AllocationRun.objects.order_by("pk").last().pk, at=CLOSED)
    shown = text(frances.get(reverse("allocation_runs", args=[assessment.reference])))
    assert [part in shown for part in ("5 assessors a bid", "3 assessors a bid", "Show which seats differ")] == [
        True
    ] * 3
    here = reverse("allocation_differences", args=[assessment.reference])
    assert "Bids whose teams differ" in text(frances.get(here, {"first": "1", "second": "2"}))
    assert [frances.get(here, {"first": n, "second": "2"}).status_code for n in ("", "3", "x", "9" * 30)] == [404] * 4


def test_seats_are_changed_by_hand(run, frances, bid, fund_manager):
    actions.accept_run(run=run, edits=0, by=fund_manager, **STAFF)
    members, everybody = run.teams.get().members, set(run.assessors)
    (left, _) = sorted(everybody - set(members))
    here = reverse("seats_team", args=[run.competition.reference, bid.reference])
    shown = text(frances.post(here, {"off": members[0], "on": left}))
    assert "Give a reason for taking the bid away." in shown
    shown = text(frances.post(here, {"off": members[0], "on": left, "reason": "Asked to."}, follow=True))
    assert ("The seats are changed" in shown, Seat.objects.get(assessor=left).state) == (True, "invited")


def test_the_last_day_for_reserves_is_set(bid, assessment, frances):
    here = reverse("seats", args=[assessment.reference])
    frances.post(here, {"until_day": "9", "until_month": "3", "until_year": "2027"})
    assert ReservePolicy.objects.get().until.isoformat() == "2027-03-09"
    assert "until 9 March 2027" in text(frances.get(here))


def test_a_bid_or_run_of_another_competition_is_not_there(run, frances):
    assert frances.get(of("allocation_team", run, "B1")).status_code == 404
    assert frances.get(reverse("allocation_run", args=[run.competition.reference, 99])).status_code == 404
    assert frances.get(reverse("seats_team", args=[run.competition.reference, "B1"])).status_code == 404


def test_queries_do_not_grow_with_bids(competition, people, frances, assessment):
    assert _queries(competition, frances) == _queries(competition, frances, more=4)


def _queries(competition, frances, more: int = 1) -> list[int]:
    """Count the queries of each page of a new run after some more bids have come in."""
    for _ in range(more):
        submitted_bid(competition)
    frances.post(reverse("allocation_runs", args=[competition.reference]), ASKED)
    run = actions.carry_out_run(AllocationRun.objects.order_by("pk").last().pk, at=CLOSED)
    addresses = [
        of("allocation_run", run),
        of("allocation_accept", run),
        of("allocation_team", run, run.teams.first().bid.reference),
        reverse("seats", args=[competition.reference]),
        reverse("seats_team", args=[competition.reference, run.teams.first().bid.reference]),
    ]
    counted = []
    for address in addresses:
        with CaptureQueriesContext(connection) as asked:
            assert frances.get(address).status_code == 200
        counted.append(len(asked))
    return counted
