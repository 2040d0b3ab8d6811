"""What a question from a bidder and its answer must be like. Pure."""

from collections.abc import Iterable

from accounts.rules import Refused
from infra import words

QUESTION_WORDS = 200
ANSWER_WORDS = 500
MOST_A_DAY = 10


def plain_text(text: str, *, most: int, empty: str) -> str:
    """Return a text as it is kept: plain, without blanks at its ends.

    Raises:
        Refused: it is empty (`empty` says so), has more than `most` words, or words that are none.
    """
    text = words.plain(text).strip()
    if words.is_blank(text):
        raise Refused(empty)
    if problem := words.too_many_characters(text, most) or words.over_limit(text, most):
        raise Refused(problem)
    return text


def plain_question(text: str) -> str:
    """Return a question as it is kept, or refuse it."""
    return plain_text(text, most=QUESTION_WORDS, empty="Write the question.")


def plain_answer(text: str) -> str:
    """Return an answer as it is kept, or refuse it."""
    return plain_text(text, most=ANSWER_WORDS, empty="Write the answer.")


def must_not_name(text: str, names: Iterable[str]) -> None:
    """Refuse a text for everybody that names the person who asked, in any case of letters.

    Raises:
        Refused: one of `names` stands in it; the refusal says which.
    """
    found = sorted(name for name in names if name.strip() and name.casefold() in text.casefold())
    if found:
        raise Refused(f"This would be read by everybody and names who asked: {', '.join(found)}. Take the name out.")
