"""Form fields and widgets that pages share."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from infra import words


class Line(forms.TextInput):
    """A line of text with what stands before or after the box, such as £ or %, and a width in characters."""

    def __init__(self, prefix: str = "", suffix: str = "", width: int | None = None, attrs: dict | None = None) -> None:
        classes = {"class": f"govuk-input--width-{width}"} if width else {}
        super().__init__(attrs=classes | (attrs or {}))
        self.prefix, self.suffix = prefix, suffix


class Radios(forms.RadioSelect):
    """Radios whose choices may each carry a hint: {value: hint}."""

    def __init__(self, hints: Mapping[str, str] | None = None, attrs: dict | None = None) -> None:
        super().__init__(attrs=attrs)
        self.hints = dict(hints or {})


class DateBoxes(forms.MultiWidget):
    """Three boxes for day, month and year."""

    PARTS = ("day", "month", "year")

    def __init__(self, attrs: dict | None = None) -> None:
        super().__init__({part: forms.TextInput() for part in self.PARTS}, attrs)

    def decompress(self, value: dt.date | None) -> list[int | None]:
        return [value.day, value.month, value.year] if value else [None, None, None]


class DateField(forms.MultiValueField):
    """A day, typed as three numbers."""

    widget = DateBoxes

    def __init__(self, **options: Any) -> None:
        wrong = {
            "required": "Enter the date.",
            "incomplete": "The date must have a day, a month and a year.",
            "invalid": "Enter the date as numbers, such as 27 3 2027.",
        }
        options["error_messages"] = wrong | options.get("error_messages", {})
        parts = tuple(forms.IntegerField(error_messages=wrong) for _ in DateBoxes.PARTS)
        super().__init__(fields=parts, require_all_fields=False, **options)

    def compress(self, values: list[int]) -> dt.date | None:
        if not values:
            return None
        day, month, year = values
        try:
            if 1900 <= year <= 2200:
                return dt.date(year, month, day)
        except (ValueError, OverflowError):
            pass
        raise ValidationError("There is no such day. Enter a real date, such as 27 3 2027.")


def bare(typed: str) -> str:
    """Return a typed sum without £, blanks and commas between thousands. Other commas stay, so that 12,50 is no sum.

    Raises:
        ValidationError: it holds other digits or letters than plain ones.
    """
    found = re.sub(r"[£\s]", "", typed)
    if not found.isascii():
        raise forms.ValidationError("Enter the sum in plain digits, such as 1,234.50.")
    return found.replace(",", "") if re.fullmatch(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?", found) else found


class PoundsField(forms.IntegerField):
    """A sum in whole pounds; people may type £, commas between thousands, spaces and .00."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("min_value", 0)
        options.setdefault("max_value", 999_999_999)
        super().__init__(**options | {"widget": Line(prefix="£", width=10, attrs={"inputmode": "numeric"})})
        self.error_messages["invalid"] = "Enter a sum in whole pounds, such as 12,500."

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str):
            value = re.sub(r"\.00?$", "", bare(value))
        return super().to_python(value)


class PercentField(forms.DecimalField):
    """A percentage from 0 to 100 with at most two decimals; people may type %."""

    def __init__(self, **options: Any) -> None:
        limits = {"min_value": 0, "max_value": 100, "max_digits": 5, "decimal_places": 2}
        super().__init__(**limits | options | {"widget": Line(suffix="%", width=4, attrs={"inputmode": "decimal"})})
        self.error_messages["invalid"] = "Enter a percentage, such as 70 or 62.5."

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace("%", "").strip() if isinstance(value, str) else value)


class Words(forms.Textarea):
    """A box of text with a counter of words, which counts as the server does."""

    def __init__(self, max_words: int, attrs: dict | None = None) -> None:
        super().__init__(attrs={"data-word": words.PATTERN} | (attrs or {}))
        self.max_words = max_words


class WordsField(forms.CharField):
    """Text of at most `max_words` words."""

    def __init__(self, max_words: int, rows: int = 8, **options: Any) -> None:
        super().__init__(**options | {"widget": Words(max_words, attrs={"rows": rows})})
        self.max_words = max_words

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and words.is_blank(value):
            raise ValidationError("The text holds nothing that can be seen. Type it again.")
        if problem := words.too_many_characters(value, self.max_words):
            raise ValidationError(problem)
        over = words.count(value) - self.max_words
        if over > 0:
            raise ValidationError(
                f"Shorten the text by {over:,} {'word' if over == 1 else 'words'} to {self.max_words:,}."
            )
