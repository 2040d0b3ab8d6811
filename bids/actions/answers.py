"""Save answers so that no word is lost: not to a colleague, not to a limit, not to a form that cannot be finished."""

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.rules import Refused
from accounts.states import Role
from audit.record import digest, record
from bids.actions.locks import locked_alone, must_be_open_to_changes, must_edit
from bids.models import Answer, Bid
from funds.models import Question
from infra import words

# The record holds one save by the same person in the same answer in each stretch of this length, by the clock.
STRETCH_SECONDS = 600


class Conflict(Refused):
    """Somebody else has saved the same answer meanwhile: both texts, so that no word is lost."""

    def __init__(self, *, yours: str, theirs: str, version: int, saved_by: User) -> None:
        self.yours, self.theirs, self.version, self.saved_by = yours, theirs, version, saved_by
        super().__init__("Somebody else has saved this answer since you opened it. Compare both texts and save again.")


@transaction.atomic
def save_answer(
    *,
    bid: Bid | int,
    question: Question,
    text: str,
    version: int,
    by: User,
    at: dt.datetime,
    is_complete: bool = False,
    by_itself: bool = False,
) -> Answer:
    """Save the text under a question, as often as one likes; too many words are refused only when marked complete.

    A page that saves by itself does so every few seconds. The record then holds who wrote where and when, one event
    for each person, answer and ten minutes, and every change of the mark; the text that counts is on the record with
    its digest when the bid is submitted. A press on save is always on the record.

    Args:
        version: the version that the writer saw when they began; 0 when there was none.
        is_complete: the writer marks the answer as complete.
        by_itself: the page saves, nobody pressed a button.

    Raises:
        Conflict: somebody saved another text meanwhile.
        Refused: the bid cannot be changed, or the text cannot be kept or marked complete.
    """
    bid = locked_alone(bid, by)
    must_edit(bid, by)
    must_be_open_to_changes(bid, at)
    if question.competition_id != bid.competition_id:
        raise Refused("This question does not belong to the competition of the bid.")
    if problem := words.why_not_text(text):
        raise Refused(problem)
    text = words.plain(text)
    if is_complete and (why := why_not_complete(text, question.word_limit)):
        raise Refused(why)
    answer = Answer.objects.filter(bid=bid, question=question).first()
    if answer is None:
        answer = Answer(bid=bid, question=question, version=0)
    elif answer.text == text and answer.is_complete == is_complete:
        return answer
    elif answer.text != text and answer.version != version:
        raise Conflict(yours=text, theirs=answer.text, version=answer.version, saved_by=answer.saved_by)
    is_recorded = not by_itself or answer.is_complete != is_complete or not _same_stretch(answer, by, at)
    answer.text, answer.is_complete, answer.version = text, is_complete, answer.version + 1
    answer.saved_by, answer.saved_at = by, at
    if answer.pk is None:
        answer.save()
    else:
        answer.save(update_fields=["text", "is_complete", "version", "saved_by", "saved_at"])
    if is_recorded:
        record(
            "answer.saved", bid, by=by, role=Role.APPLICANT, at=at,
            changes={
                "question": question.slug, "version": answer.version, "sha256": digest(text), "complete": is_complete,
            },
        )  # fmt: skip
    return answer


def why_not_complete(text: str, word_limit: int) -> str:
    """Return why an answer cannot be marked as complete, or nothing."""
    if words.is_blank(text):
        return "Write an answer before you mark it as complete."
    return words.over_limit(text, word_limit)


def _same_stretch(answer: Answer, by: User, at: dt.datetime) -> bool:
    """Tell whether the save before was the same person's in the same ten minutes by the clock."""
    if answer.pk is None or answer.saved_by_id != by.pk:
        return False
    return int(answer.saved_at.timestamp()) // STRETCH_SECONDS == int(at.timestamp()) // STRETCH_SECONDS


def keep_answer(
    *,
    bid: Bid | int,
    question: Question,
    text: str,
    version: int,
    by: User,
    at: dt.datetime,
    is_complete: bool,
    by_itself: bool = False,
) -> tuple[Answer, str]:
    """Save the text and mark it as finished if that is asked for and can be; return the answer and why it is not.

    Raises:
        Conflict: somebody saved another text meanwhile.
        Refused: the bid cannot be changed, or the text cannot be kept at all.
    """
    why = why_not_complete(words.plain(text), question.word_limit) if is_complete else ""
    answer = save_answer(
        bid=bid, question=question, text=text, version=version, by=by, at=at, is_complete=is_complete and not why,
        by_itself=by_itself,
    )  # fmt: skip
    return answer, why
