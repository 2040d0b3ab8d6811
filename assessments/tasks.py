"""Tell applicants, work out allocations and fill seats that came free, in the background; safe to repeat."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from accounts.models import User
from accounts.post import Letter, tell_all
from assessments import actions, feedback, queued, rechecks
from assessments.actions import reserve_list
from assessments.models import FeedbackRelease
from bids import team
from funds.models import Competition


@app.task(name=queued.TELL_OF_RELEASE, queue="mail", retry=RetryStrategy(max_attempts=12, exponential_wait=3))
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


@app.task(name=queued.RUN_ALLOCATION, queue="allocation", lock="allocation")
def run_allocation(run_id: int) -> None:
    """Work out a run of the allocation; one that a killed worker left behind is begun again."""
    actions.carry_out_run(run_id)


@app.task(
    name=queued.FILL_SEATS, queue="allocation", lock="allocation",
    retry=RetryStrategy(max_attempts=5, exponential_wait=4),
)  # fmt: skip
def fill_seats(competition_id: int) -> None:
    """Let reserves step in for the seats of a competition that came free."""
    actions.fill_seats(competition=Competition.objects.get(pk=competition_id), at=timezone.now())


@app.task(name="assessments.check_bid", queue="conflicts", retry=RetryStrategy(max_attempts=12, exponential_wait=3))
def check_bid(bid_id: int) -> None:
    """Look for conflicts of interest in a bid whose parties may have changed; `bids.tasks` queues it by its name."""
    rechecks.check_bid(bid_id, timezone.now())


@app.task(
    name="assessments.check_organisation", queue="conflicts", retry=RetryStrategy(max_attempts=12, exponential_wait=3)
)
def check_organisation(organisation_id: int) -> None:
    """Look for conflicts of interest wherever an organisation plays a part, as its group may have changed."""
    rechecks.check_organisation(organisation_id, timezone.now())


@app.task(name="assessments.offer_to_reserve", queue="mail", retry=RetryStrategy(max_attempts=12, exponential_wait=3))
def offer_to_reserve(competition_id: int, reference: str, pence: int, by_id: int) -> None:
    """Offer money that is free again to the bids in reserve; awards queue it by its name."""
    competition, by = Competition.objects.get(pk=competition_id), User.objects.get(pk=by_id)
    reserve_list.offer_to_reserve(competition=competition, reference=reference, pence=pence, by=by, at=timezone.now())
