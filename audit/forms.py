"""Narrow the timeline."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from audit import queries
from infra.forms import Line

LONDON = ZoneInfo("Europe/London")
NO_SUCH_DAY = "Choose a day between 1900 and 2200."
DAYS = (MinValueValidator(dt.date(1900, 1, 1), NO_SUCH_DAY), MaxValueValidator(dt.date(2200, 12, 31), NO_SUCH_DAY))


def in_words(verb: str) -> str:
    """Return a deed as a person reads it: bid.found_ineligible is “Bid: found ineligible”."""
    subject, _, deed = verb.replace("_", " ").partition(".")
    return f"{subject.capitalize()}: {deed}"


class Day(forms.DateInput):
    """One box for a day, with the browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(attrs={"class": "govuk-input--width-10"}, format="%Y-%m-%d")


class Filter(forms.Form):
    """Which events to show. Days are days in the United Kingdom."""

    marks_optional = False
    subject = forms.CharField(
        label="Subject", help_text="Such as MFA-000001", max_length=80, required=False, widget=Line(width=20)
    )
    verb = forms.ChoiceField(
        label="Deed",
        required=False,
        error_messages={"invalid_choice": "Nothing of the kind “%(value)s” is on record. Choose a deed from the list."},
    )
    person = forms.CharField(
        label="Person", help_text="Id or e-mail address", max_length=254, required=False, widget=Line(width=20)
    )
    since = forms.DateField(label="From", required=False, widget=Day(), validators=DAYS)
    until = forms.DateField(label="To", required=False, widget=Day(), validators=DAYS)

    def __init__(self, data: Any, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["verb"].choices = [("", "Any"), *((verb, in_words(verb)) for verb in queries.verbs())]  # type: ignore[attr-defined]

    def clean_person(self) -> int | None:
        typed = self.cleaned_data["person"].strip()
        found = queries.person_id(typed) if typed else None
        if typed and found is None:
            raise forms.ValidationError("Nobody has this address. Type an id or the address they sign in with.")
        return found

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("since") and found.get("until") and found["since"] > found["until"]:
            self.add_error("until", "The last day is before the first. Change one of them.")
        return found

    def asked(self) -> dict[str, Any]:
        """Return what `queries.events` takes."""
        data = self.cleaned_data
        return {
            "subject": data["subject"].strip() or None,
            "verb": data["verb"] or None,
            "actor_id": data["person"],
            "since": _midnight(data["since"]),
            "until": _midnight(data["until"] and data["until"] + dt.timedelta(days=1)),
        }


def _midnight(day: dt.date | None) -> dt.datetime | None:
    return dt.datetime.combine(day, dt.time(), LONDON) if day else None
