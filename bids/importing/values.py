"""Take values out of a line, collecting everything that is wrong, changed or worth a note. Pure."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from infra import words
from infra.importing.tables import shown

LONDON = ZoneInfo("Europe/London")
_WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)
_EARLIEST, _LATEST = dt.date(2000, 1, 1), dt.date(2100, 1, 1)


@dataclass
class Values:
    """The fields of one line, with what was found about them."""

    fields: Mapping[str, Any]
    problems: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def wrong(self, sentence: str) -> None:
        """Keep a reason to refuse the line."""
        self.problems.append(sentence)

    def text(self, name: str, *, most: int, needed: bool = True) -> str:
        """Return a text on one line, its spaces tidied; blank when it is not needed and missing."""
        value = self.fields.get(name)
        if value is None or value == "":
            if needed:
                self.wrong(f"“{name}” is missing.")
            return ""
        if not isinstance(value, str):
            self.wrong(f"“{name}” must be text, not {shown(value)}.")
            return ""
        if problem := words.why_not_text(value):
            self.wrong(f"“{name}”: {problem}")
            return ""
        seen = words.without_unseen(value)
        tidy = " ".join(seen.split())
        if needed and words.is_blank(tidy):
            self.wrong(f"“{name}” is blank.")
        if len(tidy) > most:
            self.wrong(f"“{name}” has {len(tidy):,} characters; at most {most} fit.")
        if seen != value:
            self.changes.append(f"characters that cannot be seen taken out of “{name}”")
        if tidy != seen:
            self.changes.append(f"spaces in “{name}” tidied")
        return tidy

    def email(self, name: str) -> str:
        """Return an e-mail address in small letters."""
        address = self.text(name, most=254).lower()
        if address:
            try:
                validate_email(address)
            except ValidationError:
                self.wrong(f"“{name}” is not an e-mail address: {shown(address)}.")
        return address

    def choice(self, name: str, choices: Mapping[str, Any]) -> Any:
        """Return what a word stands for, in any case of letters; None when it is wrong."""
        word = self.text(name, most=100).casefold()
        if word and word not in choices:
            known = ", ".join(choices)
            self.wrong(f"“{name}” is {shown(self.fields[name])}, which is not known. Known are: {known}.")
        return choices.get(word)

    def whole(self, name: str, low: int, high: int) -> int:
        """Return a whole number, given as a number or as its digits; `low` when it is wrong."""
        value = self.fields.get(name)
        digits = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
        if value is None or value == "":
            self.wrong(f"“{name}” is missing.")
        elif not _WHOLE.fullmatch(digits) or not low <= int(digits) <= high:
            self.wrong(f"“{name}” is {shown(value)}; it must be a whole number from {low} to {high}.")
        else:
            return int(digits)
        return low

    def date(self, name: str) -> dt.date | None:
        """Return a day such as 2017-10-04; None when it is missing or wrong."""
        value = self.fields.get(name)
        if value is None or value == "":
            return None
        try:
            day = dt.date.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            day = None
        if day is None or not _EARLIEST <= day < _LATEST:
            self.wrong(f"“{name}” is {shown(value)}; it must be a date such as 2017-10-04.")
            return None
        return day

    def instant(self, name: str, now: dt.datetime) -> dt.datetime | None:
        """Return an instant such as 2017-10-04 11:59:58, UK time when it names no zone; None when missing or wrong."""
        value = self.fields.get(name)
        if value is None or value == "":
            return None
        try:
            instant = dt.datetime.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            instant = None
        if instant is None or not _EARLIEST <= instant.date() < _LATEST:
            self.wrong(f"“{name}” is {shown(value)}; it must be a time such as 2017-10-04 11:59:58.")
            return None
        instant = instant if instant.tzinfo else instant.replace(tzinfo=LONDON)
        if instant > now:
            self.wrong(f"“{name}” lies in the future: {shown(value)}.")
        return instant.astimezone(dt.UTC)

    def mapping(self, name: str) -> dict[str, Any]:
        """Return an object of named values; empty when it is missing or wrong."""
        value = self.fields.get(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.wrong(f"“{name}” must be an object with named values, not {shown(value)}.")
            return {}
        return value

    def names(self, name: str) -> list[str]:
        """Return a list of names, each once, spaces tidied."""
        value = self.fields.get(name)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(v, str) and not words.why_not_text(v) for v in value):
            self.wrong(f"“{name}” must be a list of names.")
            return []
        return list(dict.fromkeys(tidy for v in value if (tidy := " ".join(words.without_unseen(v).split()))))


def amount(value: Any) -> Decimal | None:
    """Return an amount of money or a number, given as a number or as text; None when it is none."""
    text = str(value).strip().removeprefix("£").replace(",", "") if isinstance(value, int | str | Decimal) else ""
    if isinstance(value, bool) or not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,10})?", text, re.ASCII):
        return None
    return Decimal(text)
