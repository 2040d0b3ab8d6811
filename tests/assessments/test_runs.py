"""Runs of the allocation: asked for, worked out in the background, changed by hand, accepted."""

from contextlib import suppress

import psycopg
import pytest
from django.db import IntegrityError, connections, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import Message
from accounts.rules import Refused
from accounts.states import OrganisationKind, Role
from assessments import actions, loads, runs, tasks
from assessments.actions import runs as work
from assessments.models import AllocationRun, AllocationTeam, Assessor, Interest, Seat
from assessments.question import Terms
from assessments.solve import allocation
from assessments.solve.files import BadInput
from audit.models import Event
from bids.actions import find_ineligible
from bids.models import Bid
from tests.cast import NOW, organisation
from tests.cast_assessments import CLOSED, STAFF, accepted_seat, as_web_role, assessor, submitted_bid

pytestmark = pytest.mark.django_db
TYPES = (["clinical"], ["commercial"], ["methodology", "lay"])


def networks(count: int, region: str = "") -> list[Assessor]:
    """Return assessors of as many networks, their types in turn."""
    kind = OrganisationKind.AHSN
    return [assessor(organisation(kind, f"Network {i}", region=region), types=TYPES[i % 3]) for i in range(count)]


@pytest.fixture
def people(assessment) -> list[Assessor]:
    return networks(5)


@pytest.fixture
def ask(assessment, fund_manager):
    """Ask for a run; terms that are not named are the competition's."""

    def asked(seconds: int = 10, **terms) -> AllocationRun:
        usual = {"seats_per_bid": 3, "not_own_region": False, **terms}
        return actions.ask_for_run(
            competition=assessment, terms=Terms(**usual), seconds=seconds, by=fund_manager, **STAFF
        )

    return asked


@pytest.fixture
def done(bid, people, ask) -> AllocationRun:
    """A run with an answer for the bid."""
    return actions.carry_out_run(ask().pk, at=CLOSED)


def accept(run: AllocationRun, by, edits: int | None = None) -> list[Seat]:
    return actions.accept_run(run=run, edits=run.edits if edits is None else edits, by=by, **STAFF)


def edit(run: AllocationRun, by, off: Assessor | None = None, on: Assessor | None = None, **more) -> AllocationTeam:
    bid = Bid.objects.get()
    facts = {"off": off.pk if off else None, "on": on.pk if on else None, "edits": run.edits} | more
    return actions.edit_team(run=run, bid=bid, by=by, **STAFF, **facts)


def members(run: AllocationRun) -> list[Assessor]:
    return list(Assessor.objects.filter(pk__in=run.teams.get().members).order_by("pk"))


def others(run: AllocationRun) -> list[Assessor]:
    return list(Assessor.objects.exclude(pk__in=run.teams.get().members).order_by("pk"))


# -- asking and working ------------------------------------------------------------------------------------------------


def test_a_run_waits_for_a_worker_and_changes_nothing(bid, people, ask):
    run = ask()
    assert (run.number, run.state, Seat.objects.count()) == (1, "queued", 0)
    assert ProcrastinateJob.objects.get(task_name="assessments.run_allocation").args == {"run_id": run.pk}


def test_the_job_works_it_out(bid, people, ask):
    tasks.run_allocation(ask().pk)
    assert AllocationRun.objects.get().state == "done"


def test_the_answer_is_kept_whole(done):
    team = done.teams.get()
    assert (done.state, done.unfilled, done.rule_violations, done.is_optimal) == ("done", 0, 0, True)
    assert (len(team.members), team.points, len(team.affinities)) == (3, done.total, 5)
    assert Seat.objects.count() == 0


def test_each_seat_says_why_and_who_else(done):
    place = done.teams.get().seats[0]
    assert place["because"] != ""
    assert (place["eligible"], len(place["others"]), place["parts"][2]) == (5, 2, None)


def test_what_if_everybody_takes_twice_as_many(competition, fund_manager, ask, people):
    for _ in range(2):
        submitted_bid(competition)
    Assessor.objects.update(capacity=1)
    scarce, ample = (actions.carry_out_run(ask(capacity_percent=p).pk, at=CLOSED) for p in (100, 200))
    assert (scarce.unfilled, ample.unfilled) == (1, 0)


@pytest.mark.parametrize(
    "terms", [{"seats_per_bid": 0}, {"seats_per_bid": 10}, {"capacity_percent": 9}, {"seconds": 601}]
)
def test_terms_that_make_no_sense_are_refused(ask, terms):
    with pytest.raises(Refused, match="is between"):
        ask(**terms)


def test_only_fund_managers_and_only_in_assessment(competition, fund_manager):
    facts = {"competition": competition, "terms": Terms(3), "seconds": 5, "by": fund_manager, "at": CLOSED}
    with pytest.raises(Refused, match="Only a fund manager"):
        actions.ask_for_run(**facts, role=Role.AUDITOR)
    with pytest.raises(Refused, match="has not begun"):
        actions.ask_for_run(**facts, role=Role.FUND_MANAGER)


def test_at_most_five_runs_wait(ask):
    for _ in range(5):
        ask()
    with pytest.raises(Refused, match="5 runs wait"):
        ask()


def test_a_run_whose_worker_was_killed_is_worked_out_by_the_next(bid, people, ask):
    run = ask()
    work._take_up(run.pk, CLOSED)
    found = actions.carry_out_run(run.pk, at=CLOSED)
    assert (found.state, found.attempts) == ("done", 2)


def test_a_run_that_loses_three_workers_is_given_up_in_words(bid, ask):
    run = ask()
    for _ in range(3):
        work._take_up(run.pk, CLOSED)
    found = actions.carry_out_run(run.pk, at=CLOSED)
    assert (found.state, "was lost 3 times" in found.problem) == ("failed", True)


@pytest.mark.parametrize(
    ("error", "words"),
    [(BadInput("There is no sense in it."), "no sense in it"), (ZeroDivisionError(), "nobody foresaw")],
)
def test_a_failure_is_kept_in_words_and_nothing_else(bid, people, ask, monkeypatch, error, words):
    def fails(*args, **facts):
        raise error

    monkeypatch.setattr(allocation, "solve", fails)
    run = ask()
    with suppress(ZeroDivisionError):
        actions.carry_out_run(run.pk, at=CLOSED)
    run = AllocationRun.objects.get()
    assert (run.state, words in run.problem, AllocationTeam.objects.count()) == ("failed", True, 0)


def test_a_run_that_waits_is_cancelled_at_once(bid, ask, fund_manager):
    run = actions.cancel_run(run=ask(), by=fund_manager, **STAFF)
    assert (run.state, actions.carry_out_run(run.pk, at=CLOSED).state) == ("cancelled", "cancelled")


def test_the_solver_stops_when_somebody_cancels(bid, people, ask, fund_manager, monkeypatch):
    run, asked = ask(), []

    def cancelled_meanwhile(instance, *, cancelled, **facts):
        AllocationRun.objects.filter(pk=run.pk).update(cancel_asked_at=CLOSED)
        monkeypatch.setattr(work, "LOOK_EVERY", 0)
        asked.append(cancelled())
        return solve(instance, cancelled=cancelled, **facts)

    solve = allocation.solve
    monkeypatch.setattr(allocation, "solve", cancelled_meanwhile)
    found = actions.carry_out_run(run.pk, at=CLOSED)
    assert (asked, found.state, AllocationTeam.objects.count()) == ([True], "cancelled", 0)


def test_a_run_with_an_answer_cannot_be_cancelled(done, fund_manager):
    with pytest.raises(Refused, match="has ended already"):
        actions.cancel_run(run=done, by=fund_manager, **STAFF)


# -- accepting ---------------------------------------------------------------------------------------------------------


def test_accepting_invites_everybody_and_tells_each_once(done, fund_manager):
    seats = accept(done, fund_manager)
    assert [seat.state for seat in seats] == ["invited"] * 3
    assert Message.objects.filter(template="seats_invited").count() == 3
    assert Event.objects.filter(verb="seat.invited").count() == 3
    assert accept(done, fund_manager) == []


def test_what_a_run_seats_is_fixed_once_it_is_accepted(done, fund_manager):
    accept(done, fund_manager)
    for sql in (
        "UPDATE assessments_allocationteam SET members = '{}'",
        "DELETE FROM assessments_allocationteam",
        "UPDATE assessments_allocationrun SET total = 1",
        "UPDATE assessments_allocationrun SET state = 'done', accepted_at = NULL",
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            as_web_role(sql)


def test_a_conflict_that_has_come_to_light_is_in_the_way(done, fund_manager, bid):
    who = members(done)[0]
    Interest.objects.create(assessor=who, kind="family", organisation_name=bid.lead.name, declared_at=NOW)
    with pytest.raises(Refused, match=f"{who} may not see {bid.reference}"):
        accept(done, fund_manager)
    assert Seat.objects.count() == 0


def test_a_bid_that_is_gone_is_in_the_way(done, fund_manager, bid):
    find_ineligible(bid=bid, reason="Not an SME", by=fund_manager, role=Role.FUND_MANAGER, at=CLOSED)
    with pytest.raises(Refused, match=f"{bid.reference} is "):
        accept(done, fund_manager)


def test_a_seat_given_meanwhile_is_in_the_way(done, fund_manager, bid):
    accepted_seat(bid, fund_manager, others(done)[0])
    with pytest.raises(Refused, match="was seated on"):
        accept(done, fund_manager)


def test_a_seat_given_up_meanwhile_is_in_the_way(bid, people, ask, fund_manager):
    seat = accepted_seat(bid, fund_manager, people[0])
    run = actions.carry_out_run(ask().pk, at=CLOSED)
    actions.decline(seat=seat, reason="too_many", by=people[0].user, at=CLOSED)
    with pytest.raises(Refused, match="has given up or lost the seat"):
        accept(run, fund_manager)


def test_a_bid_that_came_back_is_in_the_way(done, fund_manager, competition):
    late = submitted_bid(competition)
    with pytest.raises(Refused, match=f"{late.reference} is not in the run"):
        accept(done, fund_manager)


def test_what_touches_no_seat_of_the_run_is_not_in_the_way(done, fund_manager):
    networks(1)
    assert len(accept(done, fund_manager)) == 3


def test_a_what_if_beyond_what_assessors_take_cannot_be_accepted(competition, ask, people, fund_manager):
    for _ in range(2):
        submitted_bid(competition)
    Assessor.objects.update(capacity=1)
    run = actions.carry_out_run(ask(capacity_percent=200).pk, at=CLOSED)
    with pytest.raises(Refused, match="takes 1 bids and would have 2"):
        accept(run, fund_manager)


def test_two_of_one_network_cannot_be_accepted_where_the_competition_wants_one(bid, ask, assessment, fund_manager):
    network = organisation(OrganisationKind.AHSN, "Only Network")
    for kind in TYPES:
        assessor(network, types=kind)
    run = actions.carry_out_run(ask(one_per_network=False).pk, at=CLOSED)
    with pytest.raises(Refused, match="beside another of Only Network"):
        accept(run, fund_manager)


def test_what_has_not_been_read_is_not_accepted(done, fund_manager):
    edit(done, fund_manager, off=members(done)[0], on=others(done)[0])
    with pytest.raises(Refused, match="Somebody has changed this run"):
        accept(done, fund_manager, edits=0)


@pytest.mark.parametrize("call_terms", [{"not_own_region": True}])
def test_nobody_of_the_leads_own_region_is_seated(competition, ask, assessment, fund_manager):
    lead = organisation(OrganisationKind.SME, region="Wessex")
    bid = submitted_bid(competition, lead)
    own, far = networks(1, region="Wessex")[0], networks(3, region="Northumbria")
    run = actions.carry_out_run(ask(not_own_region=True).pk, at=CLOSED)
    assert members(run) == far
    with pytest.raises(Refused, match="own region"):
        actions.invite(bid=bid, assessor=own, by=fund_manager, **STAFF)


# -- by hand -----------------------------------------------------------------------------------------------------------


def test_one_may_be_put_in_the_place_of_another(done, fund_manager):
    off, on = members(done)[2], others(done)[0]
    team = edit(done, fund_manager, off=off, on=on, edits=0)
    done = AllocationRun.objects.get()
    assert (set(team.members) >= {on.pk}, off.pk in team.members, done.edits) == (True, False, 1)
    assert (done.total, done.unfilled) == (team.points, 0)


def test_taking_one_off_leaves_a_seat_and_perhaps_a_rule_open(done, fund_manager):
    clinical = next(member for member in members(done) if "clinical" in member.types)
    edit(done, fund_manager, off=clinical)
    done = AllocationRun.objects.get()
    assert (done.unfilled, done.rule_violations) == (1, 0 if len(_of("clinical", done)) else 1)


def _of(kind: str, run: AllocationRun) -> list[Assessor]:
    return [member for member in members(run) if kind in member.types]


def test_a_blocked_pair_cannot_be_put_on_by_hand(done, fund_manager, bid):
    who = others(done)[0]
    Interest.objects.create(assessor=who, kind="family", organisation_name=bid.lead.name, declared_at=NOW)
    with pytest.raises(Refused, match="A conflict of interest"):
        edit(done, fund_manager, off=members(done)[0], on=who)


def test_a_seat_that_is_held_stays(bid, people, ask, fund_manager):
    accepted_seat(bid, fund_manager, people[0])
    run = actions.carry_out_run(ask().pk, at=CLOSED)
    assert people[0] in members(run)
    with pytest.raises(Refused, match="holds this seat already"):
        edit(run, fund_manager, off=people[0])


def test_one_without_room_cannot_be_put_on(done, fund_manager):
    who = others(done)[0]
    Assessor.objects.filter(pk=who.pk).update(capacity=0)
    with pytest.raises(Refused, match="takes 0 bids"):
        edit(done, fund_manager, off=members(done)[0], on=who)


@pytest.mark.parametrize("key", [0, 10**15])
def test_nobody_knows_whom_a_made_up_key_means(done, fund_manager, key):
    with pytest.raises(Refused, match="Choose somebody of the list"):
        actions.edit_team(run=done, bid=Bid.objects.get(), off=None, on=key, edits=0, by=fund_manager, **STAFF)


def test_seats_are_changed_by_hand_after_the_run(done, fund_manager, bid):
    accept(done, fund_manager)
    off, on = members(done)[0], others(done)[0]
    facts = {"bid": bid, "off": off.pk, "on": on.pk, "by": fund_manager, **STAFF}
    with pytest.raises(Refused, match="Give a reason"):
        actions.change_seats(**facts)
    seat = actions.change_seats(**facts, reason="Asked to.")
    assert (seat.state, Seat.objects.get(assessor=off).state) == ("invited", "withdrawn")
    assert Message.objects.filter(template="seats_invited", to=on.user).count() == 1


def test_a_seat_by_hand_keeps_the_rules_of_the_competition(done, fund_manager, bid):
    accept(done, fund_manager)
    twin = assessor(members(done)[0].network)
    facts = {"bid": bid, "reason": "", "by": fund_manager, **STAFF}
    with pytest.raises(Refused, match="the competition wants one of each"):
        actions.change_seats(**facts, off=None, on=twin.pk)


# -- reading -----------------------------------------------------------------------------------------------------------


def test_two_runs_differ_where_their_teams_do(done, ask, fund_manager):
    second = actions.carry_out_run(ask().pk, at=CLOSED)
    assert loads.differences(done, second) == []
    off, on = members(second)[0], others(second)[0]
    edit(second, fund_manager, off=off, on=on)
    (found,) = loads.differences(done, second)
    assert (found.first, found.second) == ([str(off)], [str(on)])


def test_how_bids_are_spread_is_said_in_words(done, assessment):
    spread = loads.spread(assessment, loads.load_of_run(done))
    assert spread.words == "3 assessors: 1 bid each, 1 in the middle; 2 with none"
    assert (spread.bars, sum(seats for _, seats, _ in spread.networks)) == ([(0, 2), (1, 3)], 3)


def test_words_of_the_solver_get_names():
    told = runs.in_words("assessor 1, assessor 12 and network 3; assessor 4", {1: "Ada", 12: "Bo"}, {3: "Wessex"})
    assert told == "Ada, Bo and Wessex; assessor 4"


def test_one_worker_at_a_time_works_on_a_run(bid, people, ask):
    run, owner = ask(), connections["owner"].settings_dict
    facts = {"user": owner["USER"], "password": owner["PASSWORD"], "host": owner["HOST"], "port": owner["PORT"]}
    with psycopg.connect(dbname=owner["NAME"], **facts) as other:
        other.execute("SELECT pg_advisory_lock(%s, %s)", [work.LOCK, run.pk])
        assert actions.carry_out_run(run.pk, at=CLOSED) is None


def test_a_run_is_not_accepted_once_the_panel_has_the_scores(done, fund_manager, assessment):
    actions.go_to_panel(competition=assessment, by=fund_manager, **STAFF)
    with pytest.raises(Refused, match="assessment of this competition is over"):
        accept(done, fund_manager)
