"""Write to everybody who bids in a competition, in the background; safe to repeat."""

import datetime as dt
from typing import Any

from django.utils.module_loading import import_string
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from accounts.post import Letter, tell_all
from funds.models import Competition

READERS = "bids.call_readers.readers_of"  # bids are above this room: who they are is asked by name when it is due


@app.task(name="funds.tell_bidders", queue="mail", retry=RetryStrategy(max_attempts=12, exponential_wait=3))
def tell_bidders(competition_id: int, template: str, key: str, at: str, path: str, facts: dict[str, Any]) -> None:
    """Write the same to everybody who has a draft or a submitted bid in a competition, each once."""
    competition = Competition.objects.get(pk=competition_id)
    told = facts | {"competition": competition}
    people = import_string(READERS)(competition)
    tell_all((Letter(template, person, key, path, told) for person in people), at=dt.datetime.fromisoformat(at))
