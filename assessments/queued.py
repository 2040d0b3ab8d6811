"""Queue the jobs of this room by name, in the caller's transaction: deeds stand below the tasks that carry them out."""

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

TELL_OF_RELEASE = "assessments.tell_of_release"
RUN_ALLOCATION = "assessments.run_allocation"
FILL_SEATS = "assessments.fill_seats"
SETTLES_MINUTES = 10  # several who decline one after the other are replaced in one go


def tell_of_release(release_id: int) -> None:
    """Let the teams of a competition be told that its feedback can be read."""
    app.configure_task(TELL_OF_RELEASE, allow_unknown=False).defer(release_id=release_id)


def run_allocation(run_id: int) -> None:
    """Let a run of the allocation be worked out."""
    app.configure_task(RUN_ALLOCATION, allow_unknown=False).defer(run_id=run_id)


def fill_seats(competition_id: int) -> None:
    """Let reserves step in a few minutes from now; once, however often it is asked."""
    once, later = f"fill_seats/{competition_id}", {"minutes": SETTLES_MINUTES}
    task = app.configure_task(FILL_SEATS, allow_unknown=False, queueing_lock=once, schedule_in=later)
    try:
        with transaction.atomic():
            task.defer(competition_id=competition_id)
    except AlreadyEnqueued:
        pass
