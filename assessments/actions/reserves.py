"""Fill seats that came free with reserves, by the solver, until a day that the competition sets."""

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.post import tell
from accounts.rules import Refused
from assessments import rules, runs, waits
from assessments.actions.locks import hold_competition
from assessments.actions.runs import accept_run, carry_out_run, create_run
from assessments.models import AllocationRun, ReservePolicy, Seat
from assessments.question import Terms
from assessments.states import RunState
from audit.record import record
from funds.models import Competition
from funds.states import CompetitionState

SECONDS = 30


@transaction.atomic
def set_reserves_until(
    *, competition: Competition, until: dt.date, by: User, role: str, at: dt.datetime
) -> ReservePolicy:
    """Set the last day on which reserves are asked by themselves; the same day again changes nothing.

    Raises:
        Refused: the role may not do this, or the day is after assessments are due.
    """
    rules.must_manage(role)
    competition = hold_competition(competition.pk)
    if competition.assess_by and until > competition.assess_by:
        raise Refused("Choose a day no later than the day on which assessments are due.")
    policy = ReservePolicy.objects.select_for_update().filter(competition=competition).first()
    before = policy.until if policy else None
    if policy is None:
        policy = ReservePolicy.objects.create(competition=competition, until=until, by=by, at=at)
    elif before != until:
        policy.until, policy.by, policy.at = until, by, at
        policy.save(update_fields=["until", "by", "at"])
    if before != until:
        record("reserves.set", competition, by=by, role=role, at=at, changes={"until": [before, until]})
    return policy


def fill_seats(*, competition: Competition, at: dt.datetime) -> list[Seat]:
    """Ask the solver who can take the seats that are open, keep all others, and invite them; return the new seats.

    The responsible officer is told of bids for which nobody is left. Nothing happens after the last day for reserves.

    Raises:
        Refused: something moved while the solver was thinking; trying again looks anew.
    """
    competition = Competition.objects.select_related("responsible_officer").get(pk=competition.pk)
    until = waits.reserves_until(competition)
    if competition.state != CompetitionState.IN_ASSESSMENT or until is None or at.date() > until:
        return []
    terms = _terms(competition)
    if not runs.lacking(competition, terms.seats_per_bid).exists():
        return []
    with transaction.atomic():
        run = create_run(competition=competition, terms=terms, seconds=SECONDS, by=None, at=at, is_for_reserves=True)
    done = carry_out_run(run.pk, at=at)
    if done is None or done.state == RunState.CANCELLED:
        return []
    if done.state == RunState.FAILED:
        raise Refused(done.problem)
    with transaction.atomic():
        seats = accept_run(run=done, edits=0, by=None, role="", at=at)
        if done.unfilled:
            _tell_officer(done, at)
    return seats


def _terms(competition: Competition) -> Terms:
    """Return the competition's terms, with as many seats a bid as the run that was accepted last gave."""
    accepted = AllocationRun.objects.filter(competition=competition, state=RunState.ACCEPTED, is_for_reserves=False)
    last = accepted.order_by("-accepted_at", "-pk").first()
    terms = Terms.of(competition)
    seats = last.seats_per_bid if last else terms.seats_per_bid
    return Terms(seats, one_per_network=terms.one_per_network, not_own_region=terms.not_own_region)


def _tell_officer(run: AllocationRun, at: dt.datetime) -> None:
    people, networks = runs.names()
    shortfalls = [s | {"because": runs.in_words(s["because"], people, networks)} for s in run.shortfalls]
    competition = run.competition
    tell(
        "reserves_short", to=competition.responsible_officer, key=f"reserves.short/{run.pk}", at=at,
        path=f"/competitions/{competition.reference}/manage/seats", competition=competition, shortfalls=shortfalls,
    )  # fmt: skip
