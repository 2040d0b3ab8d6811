"""Ask for an allocation, work it out in the background, change it by hand, and accept it."""

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING

import structlog
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.rules import Refused
from assessments import question, queued, rules, runs, seating, teams
from assessments.actions.locks import hold_assessors, hold_bids, hold_competition
from assessments.models import AllocationRun, AllocationTeam, Seat
from assessments.question import Pair, Question, Terms
from assessments.solve.files import BadInput
from assessments.states import RunState
from assessments.suits import Suits
from assessments.teams import Other, Place
from audit.record import record
from bids.models import Bid
from bids.states import BidState
from funds.models import Competition
from infra.alone import alone

if TYPE_CHECKING:
    from assessments.solve.allocation import Solution
    from assessments.solve.instance import Instance

log = structlog.get_logger(__name__)
LOCK = 1_280_594_003  # "ALLOC" of this house among PostgreSQL's advisory locks
MOST_UNFINISHED = 5  # runs of a competition that wait or work
MOST_ATTEMPTS = 3
LOOK_EVERY = 1.0  # seconds between two looks whether somebody has cancelled
OTHERS = 4  # alternatives kept for each seat
UNFINISHED = (RunState.QUEUED, RunState.RUNNING)
UNFORESEEN = "The calculation ended with an error that nobody foresaw. It has been reported. Start the run again."
LOST_WORKERS = (
    f"The process that works on it was lost {MOST_ATTEMPTS} times, most likely for want of memory. "
    "Tell whoever runs the portal before you start it again."
)


class Cancelled(Exception):
    """Tell that somebody does not want the run any more."""


@transaction.atomic
def ask_for_run(
    *, competition: Competition, terms: Terms, seconds: int, by: User, role: str, at: dt.datetime
) -> AllocationRun:
    """Queue a run of the solver over a competition; nothing else changes until one is accepted.

    Raises:
        Refused: the role may not do this, the competition is not in assessment, or too many runs wait.
    """
    rules.must_manage(role)
    run = create_run(competition=competition, terms=terms, seconds=seconds, by=by, role=role, at=at)
    queued.run_allocation(run.pk)
    return run


def create_run(
    *,
    competition: Competition,
    terms: Terms,
    seconds: int,
    by: User | None,
    at: dt.datetime,
    role: str = "",
    is_for_reserves: bool = False,
) -> AllocationRun:
    """Write down a run that is to be worked out, in the caller's transaction."""
    competition = hold_competition(competition.pk)
    rules.must_be_in_assessment(competition.state)
    rules.must_be_terms(asdict(terms), seconds)
    others = AllocationRun.objects.filter(competition=competition)
    if others.filter(state__in=UNFINISHED).count() >= MOST_UNFINISHED:
        raise Refused(f"{MOST_UNFINISHED} runs wait or work already. Wait for one of them, or cancel it.")
    run = AllocationRun.objects.create(
        competition=competition, number=others.count() + 1, **asdict(terms), seconds_allowed=seconds,
        is_for_reserves=is_for_reserves, by=by, asked_at=at, stage="Waiting for its turn",
    )  # fmt: skip
    facts = {"run": run.pk, "number": run.number, **asdict(terms), "seconds": seconds}
    record("allocation.asked", competition, by=by, role=role, at=at, changes=facts)
    return run


@transaction.atomic
def cancel_run(*, run: AllocationRun, by: User, role: str, at: dt.datetime) -> AllocationRun:
    """Cancel a run; one that works stops within a second or two. A run that has ended stays as it is.

    Raises:
        Refused: the role may not do this, or the run has an answer already.
    """
    rules.must_manage(role)
    run = _hold(run.pk)
    if run.state in (RunState.DONE, RunState.ACCEPTED):
        raise Refused("This run has ended already. Leave it: it changes nothing until it is accepted.")
    if run.state not in UNFINISHED or run.cancel_asked_at:
        return run
    run.cancel_asked_at = at
    with alone(LOCK, run.pk) as nobody_works:
        if nobody_works:
            run.cancel(at=at)
    run.save(update_fields=["state", "cancel_asked_at", "ended_at", "stage"])
    record("allocation.cancelled", run.competition, by=by, role=role, at=at, changes={"run": run.pk})
    return run


def carry_out_run(run_id: int, *, at: dt.datetime | None = None) -> AllocationRun | None:
    """Work out the answer of a run; None when another process is at it. Safe to repeat, and after a kill.

    Nothing is locked while the solver thinks; the answer is written whole or not at all.
    """
    with alone(LOCK, run_id) as is_alone:
        if not is_alone:
            return None
        run = _take_up(run_id, at or timezone.now())
        if run.state != RunState.RUNNING:
            return run
        try:
            return _answer(run, at)
        except Cancelled:
            return _end(run_id, lambda kept: kept.cancel(at=at or timezone.now()))
        except (BadInput, Refused) as problem:
            return _fail(run_id, str(problem), at)
        except Exception:
            log.exception("allocation_failed", run=run_id)
            _fail(run_id, UNFORESEEN, at)
            raise


@transaction.atomic
def _take_up(run_id: int, at: dt.datetime) -> AllocationRun:
    """Return a run as ours to work on, or as it ended: cancelled meanwhile, or given up after lost workers."""
    run = _hold(run_id)
    if run.state not in UNFINISHED:
        return run
    if run.cancel_asked_at:
        run.cancel(at=at)
    elif run.attempts >= MOST_ATTEMPTS:
        run.fail(at=at, problem=LOST_WORKERS)
    else:
        run.attempts += 1
        run.stage = "Reading bids and assessors"
        if run.state == RunState.QUEUED:
            run.begin(at=at)
    run.save(update_fields=["state", "attempts", "stage", "began_at", "ended_at", "problem"])
    return run


def _hold(run_id: int) -> AllocationRun:
    runs_ = AllocationRun.objects.select_for_update(no_key=True, of=("self",)).select_related("competition")
    return runs_.get(pk=run_id)


@transaction.atomic
def _end(run_id: int, ending: Callable[[AllocationRun], None]) -> AllocationRun:
    run = _hold(run_id)
    ending(run)
    run.save(update_fields=["state", "ended_at", "stage", "problem"])
    return run


def _fail(run_id: int, problem: str, at: dt.datetime | None) -> AllocationRun:
    return _end(run_id, lambda kept: kept.fail(at=at or timezone.now(), problem=problem))


class Watch:
    """Tell the page how far a run is, and ask now and then whether somebody has cancelled it."""

    def __init__(self, run: AllocationRun) -> None:
        self.run = AllocationRun.objects.filter(pk=run.pk)
        self.seconds = run.seconds_allowed
        self.is_cancelled = False
        self.began: float | None = None
        self.looked_at = 0.0

    def stage(self, words: str) -> None:
        """Say what is being done; raise Cancelled when nobody wants it any more."""
        self.run.update(stage=words)
        self.looked_at = 0.0
        if self.cancelled():
            raise Cancelled

    def progress(self, stage: str, share: float) -> None:
        """Say what the solver does; `share` of the time allowed has passed."""
        self.run.update(stage=runs.stage_in_words(stage), percent=int(100 * share))

    def cancelled(self) -> bool:
        """Look at most once a second; without the database the solver stops, as its answer could not be kept."""
        now = time.monotonic()
        if not self.is_cancelled and now - self.looked_at >= LOOK_EVERY:
            self.looked_at = now
            self.began = self.began or now
            share = min(1.0, (now - self.began) / self.seconds)
            try:
                self.run.update(percent=int(100 * share))
                self.is_cancelled = self.run.filter(cancel_asked_at__isnull=False).exists()
            except DatabaseError:
                self.is_cancelled = True
        return self.is_cancelled


def _answer(run: AllocationRun, at: dt.datetime | None) -> AllocationRun:
    from assessments.solve.allocation import solve  # the solver takes 98 MB, which only its worker needs
    from assessments.solve.instance import parse

    began, watch = time.monotonic(), Watch(run)
    only = _lacking(run) if run.is_for_reserves else None
    today = (at or timezone.now()).date()
    asked = question.read(run.competition, runs.terms_of(run), today=today, bids=only)
    watch.stage("Comparing bids with what assessors know")
    suited = question.how_well(asked.bids.values(), asked.assessors.values())
    watch.stage("Laying out the question")
    instance = parse(asked.instance(suited))
    found = solve(instance, seconds=run.seconds_allowed, progress=watch.progress, cancelled=watch.cancelled)
    watch.stage("Explaining the seats")
    made = _teams(run, asked, suited, instance, found)
    return _keep(run.pk, asked, found, made, time.monotonic() - began, at or timezone.now())


def _lacking(run: AllocationRun) -> list[int]:
    return [bid.pk for bid in runs.lacking(run.competition, run.seats_per_bid)]


def _teams(
    run: AllocationRun, asked: Question, suited: dict[Pair, Suits], instance: "Instance", found: "Solution"
) -> list[AllocationTeam]:
    """Return each bid's team with why each sits there."""
    from assessments.solve.explain import Explainer

    explainer = Explainer(instance, found.pairs)
    by_name = {question.name_of(key): key for key in asked.assessors}
    by_reference = {bid.reference: key for key, bid in asked.bids.items()}
    places: dict[int, list[Place]] = {key: [] for key in asked.bids}
    for reference, name in sorted(found.pairs):
        bid, person = by_reference[reference], by_name[name]
        why = explainer.explain(reference, name, OTHERS)
        places[bid].append(
            Place(
                assessor=person,
                affinity=why.affinity,
                parts=tuple(suited[bid, person]),
                is_held=(bid, person) in asked.held,
                rank=why.rank,
                eligible=why.eligible,
                because=why.because,
                others=[Other(by_name[one.assessor], one.affinity, one.because) for one in why.alternatives],
            )
        )
    barred, wanted, people = asked.may_not(), asked.wanted(), runs.members(asked, {})
    return [
        AllocationTeam(
            run=run, bid=bid, wanted=wanted[key], members=[place.assessor for place in places[key]],
            points=sum(place.affinity for place in places[key]),
            misses=teams.misses([people[p.assessor] for p in places[key]], runs.demands(asked, bid)),
            seats=[place.as_dict() for place in places[key]],
            affinities=[0 if (key, p) in barred else suited[key, p].affinity for p in asked.assessors],
        )
        for key, bid in asked.bids.items()
    ]  # fmt: skip


@transaction.atomic
def _keep(
    run_id: int, asked: Question, found: "Solution", made: list[AllocationTeam], seconds: float, at: dt.datetime
) -> AllocationRun:
    """Write the answer down whole; raise Cancelled when somebody wants no answer any more."""
    run = _hold(run_id)
    if run.cancel_asked_at:
        raise Cancelled
    AllocationTeam.objects.bulk_create(made, batch_size=500)
    values = asdict(found.values) | {
        "question_sha256": asked.sha256,
        "assessors": list(asked.assessors),
        "bound": found.bound,
        "is_optimal": found.optimal,
        "seconds_used": round(seconds, 2),
        "shortfalls": [asdict(shortfall) for shortfall in found.shortfalls],
    }
    for name, value in values.items():
        setattr(run, name, value)
    run.finish(at=at)
    run.save(update_fields=["state", "stage", "percent", "ended_at", *values])
    facts = {name: values[name] for name in ("unfilled", "rule_violations", "total", "bound", "is_optimal")}
    record("allocation.done", run.competition, by=None, at=at, changes={"run": run.pk, **facts})
    return run


@transaction.atomic
def edit_team(
    *,
    run: AllocationRun,
    bid: Bid,
    off: int | None,
    on: int | None,
    edits: int,
    by: User,
    role: str,
    at: dt.datetime,
) -> AllocationTeam:
    """Take one assessor off a bid's team, put one on it, or both, before the run is accepted.

    Args:
        off: key of the assessor whose place is given up.
        on: key of the assessor who gets a place.
        edits: changes by hand that the run had when the page was opened.

    Raises:
        Refused: a conflict of interest, no room, another rule that makes it impossible, or the run has moved on.
    """
    rules.must_manage(role)
    run = _hold(run.pk)
    _must_be_open(run, edits)
    desk = runs.desk_of_run(run, bid, at.date())
    verdict = desk.judge(off, on)
    if verdict.refused:
        raise Refused(" ".join(verdict.refused))
    team = AllocationTeam.objects.select_for_update(no_key=True).get(run=run, bid=bid)
    places = [place for place in desk.places if place.assessor != off]
    if on is not None:
        places.append(Place(on, desk.affinities.get(on, 0), by_hand=True, because="Put here by hand."))
    team.members = [place.assessor for place in places]
    team.points = sum(place.affinity for place in places)
    team.misses = teams.misses([desk.people[key] for key in team.members], desk.demands)
    team.seats = [place.as_dict() for place in places]
    team.save(update_fields=["members", "points", "misses", "seats"])
    for name, value in runs.totals(run).items():
        setattr(run, name, value)
    run.edits += 1
    run.save(update_fields=["edits", "unfilled", "rule_violations", "min_bid_total", "total"])
    facts = {"run": run.pk, "off": off, "on": on}
    record("allocation.edited", f"bid:{bid.reference}", by=by, role=role, at=at, changes=facts)
    return team


def _must_be_open(run: AllocationRun, edits: int) -> None:
    if run.state != RunState.DONE:
        raise Refused(f"This run is {run.get_state_display().lower()}, so it cannot be changed or accepted.")
    if run.edits != edits:
        raise Refused("Somebody has changed this run since you opened it. Look at it again.")


@transaction.atomic
def accept_run(*, run: AllocationRun, edits: int, by: User | None, role: str, at: dt.datetime) -> list[Seat]:
    """Invite everybody whom a run seats, in one transaction; return the new seats. Accepting again changes nothing.

    Args:
        edits: changes by hand that the run had when it was read.

    Raises:
        Refused: the world has moved since the run, so that a seat of it is impossible now; or the run has.
    """
    if not run.is_for_reserves:
        rules.must_manage(role)
    competition = run.competition
    hold_bids(competition, BidState.SUBMITTED)
    run = _hold(run.pk)
    if run.state == RunState.ACCEPTED:
        return []
    _must_be_open(run, edits)
    plan = runs.plan(run)
    hold_assessors({person for team in plan.values() for person in team})
    rules.must_be_in_assessment(hold_competition(competition.pk).state)
    now = runs.question_now(run, at.date())
    if problems := runs.in_the_way(run, plan, now):
        raise Refused(" ".join(["This run cannot become seats any more.", *problems, "Start a new run."]))
    new = sorted({(bid, person) for bid, team in plan.items() for person in team} - now.held)
    seats = seating.seat_all(now, new, by=by, role=role, at=at, key=f"run/{run.pk}")
    run.accept(by=by, at=at)
    run.save(update_fields=["state", "accepted_by", "accepted_at"])
    record(
        "competition.allocated", competition, by=by, role=role, at=at,
        changes={
            "run": run.pk, "seats": len(seats), "unfilled": run.unfilled, "optimal": bool(run.is_optimal),
            "edits": run.edits, "rule_violations": run.rule_violations, "total": run.total,
            "question_sha256": [run.question_sha256, now.sha256],
        },
    )  # fmt: skip
    return seats
