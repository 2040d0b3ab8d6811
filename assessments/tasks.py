"""Tell applicants, work out allocations and fill seats that came free, in the background; safe to repeat."""

from django.db import transaction
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from accounts.models import User
from accounts.post import Letter, tell_all
from assessments import feedback
from assessments.models import FeedbackRelease
from bids import team
from funds.models import Competition

SETTLES_MINUTES = 10  # several who decline one after the other are replaced in one go


@app.task(name="assessments.tell_of_release", queue="mail", retry=RetryStrategy(max_attempts=12, exponential_wait=3))
def tell_of_release(release_id: int) -> None:
    """Write to everybody who works on a bid of the competition that its feedback can be read."""
    release = FeedbackRelease.objects.get(pk=release_id)
    bids = {bid.pk: bid for bid in feedback.bids_of(release.competition_id)}
    letters = [
        Letter(
            "feedback_released", person.user, f"feedback.released/{bids[key].reference}",
            f"/bids/{bids[key].reference}/feedback",
            {"bid": bids[key], "complaints_until": release.complaints_until},
        )
        for key, people in team.people_on(bids.values()).items()
        for person in people
    ]  # fmt: skip
    tell_all(letters, at=timezone.now())


# Actions queue these tasks, so the tasks fetch the actions only when they run.


@app.task(name="assessments.run_allocation", queue="allocation", lock="allocation")
def run_allocation(run_id: int) -> None:
    """Work out a run of the allocation; one that a killed worker left behind is begun again."""
    from assessments.actions import carry_out_run

    carry_out_run(run_id)


@app.task(
    name="assessments.fill_seats", queue="allocation", lock="allocation",
    retry=RetryStrategy(max_attempts=5, exponential_wait=4),
)  # fmt: skip
def fill_seats(competition_id: int) -> None:
    """Let reserves step in for the seats of a competition that came free."""
    from assessments.actions import fill_seats as fill

    fill(competition=Competition.objects.get(pk=competition_id), at=timezone.now())


@app.task(name="assessments.check_bid", queue="conflicts", retry=RetryStrategy(max_attempts=12, exponential_wait=3))
def check_bid(bid_id: int) -> None:
    """Look for conflicts of interest in a bid whose parties may have changed; `bids.tasks` queues it by its name."""
    from assessments import rechecks

    rechecks.check_bid(bid_id, timezone.now())


@app.task(
    name="assessments.check_organisation", queue="conflicts", retry=RetryStrategy(max_attempts=12, exponential_wait=3)
)
def check_organisation(organisation_id: int) -> None:
    """Look for conflicts of interest wherever an organisation plays a part, as its group may have changed."""
    from assessments import rechecks

    rechecks.check_organisation(organisation_id, timezone.now())


@app.task(name="assessments.offer_to_reserve", queue="mail", retry=RetryStrategy(max_attempts=12, exponential_wait=3))
def offer_to_reserve(competition_id: int, reference: str, pence: int, by_id: int) -> None:
    """Offer money that is free again to the bids in reserve; awards queue it by its name."""
    from assessments.actions.reserve_list import offer_to_reserve as offer

    competition, by = Competition.objects.get(pk=competition_id), User.objects.get(pk=by_id)
    offer(competition=competition, reference=reference, pence=pence, by=by, at=timezone.now())


def ask_for_reserves(competition_id: int) -> None:
    """Queue `fill_seats` for a few minutes from now, in the caller's transaction; once, however often it is asked."""
    task = fill_seats.configure(queueing_lock=f"fill_seats/{competition_id}", schedule_in={"minutes": SETTLES_MINUTES})
    try:
        with transaction.atomic():
            task.defer(competition_id=competition_id)
    except AlreadyEnqueued:
        pass
