"""The one word count: the server and the page count with the same pattern. Pure."""

import re
import unicodedata

# Everything that separates words: Unicode white space, and the blanks that do not look like white space to software.
SEPARATORS = (
    r"\t\n\x0b\x0c\r\x1c-\x1f \x85\xa0\u1680\u2000-\u200b\u2028\u2029\u202f\u205f\u2060\u2800\u3000\u3164\ufeff"
)
# Control characters but for white space, soft hyphens, and the marks that turn the direction of writing.
_UNSEEN_SIGNS = (
    r"\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u200e\u200f\u202a-\u202e\u2061-\u2064\u2066-\u206f\ufff9-\ufffb"
)
# A word has a sign that can be seen; joiners and variation selectors, which emoji and Persian need, are none by
# themselves. Written so that it means the same in Python and, with the flag u, in JavaScript.
PATTERN = f"[^{SEPARATORS}{_UNSEEN_SIGNS}\\u200c\\u200d\\ufe00-\\ufe0f][^{SEPARATORS}]*"
_WORD = re.compile(PATTERN)
_UNSEEN = re.compile(f"[{_UNSEEN_SIGNS}]")
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_BLANK = re.compile(f"(?![\t\n ])[{SEPARATORS}]")
LONGEST_TEXT = 400_000  # characters
LONGEST_WORD = 40  # characters a word, where a text of few words must stay short


def count(text: str) -> int:
    """Return the number of words: runs between separators with a sign that can be seen."""
    return len(_WORD.findall(text))


def is_blank(text: str) -> bool:
    """Tell whether a text has no word."""
    return _WORD.search(text) is None


def why_not_text(text: str) -> str:
    """Return what stops a text from being kept, in words that say how to mend it; nothing when it is fine."""
    if "\x00" in text or any(unicodedata.category(c) == "Cs" for c in text):
        return "The text holds characters that cannot be kept. Paste it again as plain text."
    if len(text) > LONGEST_TEXT:
        return f"The text has {len(text):,} characters. At most {LONGEST_TEXT:,} can be kept."
    return ""


def without_unseen(text: str) -> str:
    """Return a text without control characters and without those that turn the direction of writing."""
    return _UNSEEN.sub("", text)


def with_plain_line_ends(text: str) -> str:
    """Return the text with line ends as one character, as the browser and the server may differ."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def plain(text: str) -> str:
    """Return a text as it is kept: what word processors paste beside the words is taken out, no word is.

    Every kind of line end becomes one, every other blank but a tab a space, and unseen marks go. The number of words
    stays, so that the counter on the page and the server agree about what was pasted.
    """
    return _UNSEEN.sub("", _BLANK.sub(" ", _LINE_END.sub("\n", text)))


def over_limit(text: str, limit: int) -> str:
    """Return what is wrong with the length of a text, or nothing."""
    words = count(text)
    return f"{words:,} words are more than the {limit:,} allowed. Take out {words - limit:,}." if words > limit else ""


def too_many_characters(text: str, limit: int) -> str:
    """Return what is wrong with a text of few but endless words, or nothing; `limit` is that of words."""
    most = limit * LONGEST_WORD
    return f"The text has {len(text):,} characters. Shorten it to {most:,}." if len(text) > most else ""
