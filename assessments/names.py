"""Compare the names of organisations as people type them. Pure."""

import re
import unicodedata
from collections.abc import Iterator

# What a company's name says about its form and not about who it is.
_FORMS = {
    "ltd": "", "limited": "", "plc": "", "llp": "", "cic": "", "inc": "", "incorporated": "", "the": "", "uk": "",
    "company": "co", "university": "univ", "saint": "st", "and": "",
}  # fmt: skip
_PHRASES = (
    ("public limited company", " "),
    ("limited liability partnership", " "),
    ("community interest company", " "),
    ("nhs foundation trust", " nhs trust "),
)
# Words that companies of one group differ by, and that people leave out.
_LOOSE = frozenset({"of", "for", "group", "holding", "holdings", "co", "international"})
_TITLES = frozenset({"mr", "mrs", "ms", "miss", "dr", "prof", "professor", "sir", "dame", "lord", "lady", "baroness"})
_MIN_TYPO = 6  # letters from which a word with one letter wrong is still the same word
_MIN_IN_TEXT = 6  # letters of a name of one word that is looked for in a longer text


def plain_name(name: str) -> str:
    """Return a name without case, accents, punctuation, “&” and the form of the company, for comparing.

    “The Breathe-Easy Company (UK) Ltd.” and “BREATHE EASY CO LIMITED” are the same. A name of nothing else stays whole.
    """
    text = unicodedata.normalize("NFKD", name).casefold()
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = re.sub(r"[’'`.]", "", text).replace("&", " and ")
    text = f" {re.sub(r'[^a-z0-9]+', ' ', text).strip()} "
    for phrase, short in _PHRASES:
        text = text.replace(f" {phrase} ", short)
    words = [_FORMS.get(word, word) for word in text.split()]
    return " ".join(word for word in words if word) or text.strip()


def looks(plain: str) -> Iterator[str]:
    """Yield what a plain name has in common with names much like it; two names are alike that share one of these.

    Alike are the same words in another order (“University of Leeds”, “Leeds University”), parted otherwise (“Breathe
    Easy”, “BreatheEasy”), with or without such as “Group” and “Holdings”, and with one letter wrong, missing or too
    many, or two neighbours swapped, in one word of six letters or more. Numbers must be the same.
    """
    words = sorted(word for word in plain.split() if word not in _LOOSE) or plain.split()
    yield " ".join(words)
    yield f"={''.join(word for word in plain.split() if word not in _LOOSE) or plain}"
    for i, word in enumerate(words):
        if not word.isalpha():
            continue
        others = " ".join(words[:i] + words[i + 1 :])
        for shorter in _one_less(word):
            yield f"{others}~{shorter}"


def _one_less(word: str) -> set[str]:
    """Return a long word, and it without any one of its letters: words one letter apart have one of these in common."""
    if len(word) < _MIN_TYPO - 1:
        return set()
    shorter = {word[:i] + word[i + 1 :] for i in range(len(word))} if len(word) >= _MIN_TYPO else set()
    return shorter | {word}


def names_in(text: str, longest: int) -> Iterator[str]:
    """Yield each run of at most `longest` words of a plain text that may be the name of an organisation."""
    words = text.split()
    for i in range(len(words)):
        for length in range(1, min(longest, len(words) - i) + 1):
            name = " ".join(words[i : i + length])
            if length > 1 or len(name) >= _MIN_IN_TEXT:
                yield name


def person_key(name: str) -> str:
    """Return first and last name of a person without case, accents and titles; nothing of a name of one word."""
    words = [word for word in plain_name(name).split() if word not in _TITLES]
    return f"{words[0]} {words[-1]}" if len(words) > 1 else ""
