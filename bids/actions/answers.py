"""Save an answer so that no word is lost when it cannot be marked as finished."""

import datetime as dt

from accounts.models import User
from accounts.rules import Refused
from bids.actions.drafts import Conflict, save_answer
from bids.models import Answer, Bid
from funds.models import Question


def keep_answer(
    *, bid: Bid, question: Question, text: str, version: int, by: User, at: dt.datetime, is_complete: bool
) -> tuple[Answer, str]:
    """Save the text and mark it as finished if that is asked for and can be; return the answer and why it is not.

    Raises:
        Conflict: somebody saved another text meanwhile.
        Refused: the bid cannot be changed, or the text cannot be kept at all.
    """

    def save(is_complete: bool) -> Answer:
        return save_answer(
            bid=bid, question=question, text=text, version=version, by=by, at=at, is_complete=is_complete
        )

    if not is_complete:
        return save(False), ""
    try:
        return save(True), ""
    except Conflict:
        raise
    except Refused as refused:
        return save(False), str(refused)
