"""What the next letter of an award would say if it were issued now."""

import datetime as dt
from typing import Any

from accounts.rules import Refused
from awards import letter_content, rules
from awards.models import Award
from awards.states import AwardState

UNKNOWN_CODE = "0000-0000"


def would_say(award: Award, at: dt.datetime) -> dict[str, Any]:
    """Return the data of the letter that would be issued at an instant, with a code that leads nowhere.

    Raises:
        Refused: no letter is due.
    """
    letters = list(award.letter_requests.order_by("number"))
    if award.state != AwardState.CONDITIONS_MET and not letter_content.due_again(award, letters):
        raise Refused(f"Award {award.reference} is {award.get_state_display().lower()}, and no letter is due.")
    return letter_content.issued(
        letter_content.content(award),
        number=len(letters) + 1,
        short_code=UNKNOWN_CODE,
        issued_on=rules.uk_day(at),
        accept_by=award.accept_by,
        accepted_on=rules.uk_day(award.accepted_at) if award.accepted_at else None,
    )
