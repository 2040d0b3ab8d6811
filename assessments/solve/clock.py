"""Keep the time limit, the wish to cancel and the reports of progress of one run."""

import time
from collections.abc import Callable

Progress = Callable[[str, float], None]


class OutOfTime(Exception):
    """Tell that the time limit has passed or that the run was cancelled."""


class Clock:
    """Hold a deadline in seconds from now; `cancelled` is asked often, `progress` is told the stage and share."""

    def __init__(
        self, seconds: float, progress: Progress | None = None, cancelled: Callable[[], bool] | None = None
    ) -> None:
        self.began = time.monotonic()
        self.seconds = seconds
        self.progress = progress
        self.cancelled = cancelled

    def left(self) -> float:
        """Return the seconds left, at least nought."""
        return max(0.0, self.began + self.seconds - time.monotonic())

    def share(self, part: float) -> "Clock":
        """Return a clock that stops after a part of the time left, or when this one does."""
        return Clock(part * self.left(), cancelled=self.cancelled)

    def stopped(self) -> bool:
        """Tell whether time is up or the run was cancelled."""
        return self.left() <= 0 or (self.cancelled is not None and self.cancelled())

    def check(self) -> None:
        """Raise OutOfTime when the run must stop."""
        if self.stopped():
            raise OutOfTime

    def report(self, stage: str) -> None:
        """Tell the stage that begins; raise OutOfTime when the run must stop."""
        self.check()
        if self.progress is not None:
            self.progress(stage, min(1.0, 1 - self.left() / self.seconds))
