"""Tell applicants, in the background; safe to repeat."""

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from accounts.post import Letter, tell_all
from assessments import feedback
from assessments.models import FeedbackRelease
from bids import team


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
