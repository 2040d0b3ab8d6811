"""What officials type to change an envelope, and to look into the ledger."""

import datetime as dt
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from funds import movements
from funds.models import Stream
from funds.queries import years_of
from funds.states import EntryKind
from funds.years import financial_year
from infra.forms import PoundsField

ANY = ("", "Any")
YEARS_AHEAD = 6


class Change(forms.Form):
    """More or less money for a financial year of a stream."""

    year = forms.ChoiceField(label="For which financial year?")
    way = forms.ChoiceField(
        label="More or less?",
        choices=[("more", "More money"), ("less", "Less money")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose more or less."},
    )
    pounds = PoundsField(label="How much?", min_value=1, max_value=9_999_999_999)
    reason = forms.CharField(
        label="Why?", max_length=200, help_text="It stands in the ledger. Name the decision, not people."
    )

    def __init__(self, data: Any = None, *, stream: Stream, today: dt.date) -> None:
        super().__init__(data)
        ahead = [financial_year(today.replace(day=1, year=today.year + i)) for i in range(YEARS_AHEAD)]
        years = sorted({*ahead, *years_of(stream).values_list("year", flat=True)})
        self.fields["year"].choices = [("", "---"), *((year, year) for year in years)]  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Any]:
        """Return what the action takes."""
        typed = self.cleaned_data
        sign = 1 if typed["way"] == "more" else -1
        return {"year": typed["year"], "pence": sign * typed["pounds"] * 100, "reason": typed["reason"]}


class EntryFilter(forms.Form):
    """Which entries of the ledger are wanted."""

    marks_optional = False
    figure = forms.ChoiceField(
        required=False, label="Figure that they make", choices=[("", "All entries"), *movements.LABELS.items()]
    )
    year = forms.ChoiceField(required=False, label="Financial year")
    pot = forms.ChoiceField(required=False, label="Competition")
    kind = forms.ChoiceField(required=False, label="Entry", choices=[ANY, *EntryKind.choices])
    until = forms.DateField(
        required=False, input_formats=["%Y-%m"], widget=forms.HiddenInput,
        validators=[MinValueValidator(dt.date(2000, 1, 1)), MaxValueValidator(dt.date(2100, 1, 1))],
    )  # fmt: skip

    def __init__(self, data: Any, stream: Stream) -> None:
        super().__init__(data)
        years = years_of(stream).values_list("year", flat=True)
        pots = stream.competitions.order_by("-closes_at").values_list("reference", "title")
        self.fields["year"].choices = [ANY, *((year, year) for year in years)]  # type: ignore[attr-defined]
        self.fields["pot"].choices = [ANY, *pots]  # type: ignore[attr-defined]

    @property
    def asked(self) -> dict[str, Any]:
        """What is wanted; nothing when the filter cannot be understood."""
        return dict(self.cleaned_data) if self.is_valid() else {}
