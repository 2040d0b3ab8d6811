"""What assessors and panels send."""

from collections.abc import Sequence
from typing import Any

from django import forms

from assessments import rules
from assessments.models import Seat
from assessments.rules import Ranked
from assessments.scoring import group_of
from assessments.states import DeclineReason
from assessments.what_if import THEMES, themes
from infra import forms as ours

BLINDLY = "My declaration of interests is complete. If I find out who bids and have an interest, I shall decline."


class Acceptance(forms.Form):
    """An assessor takes a bid."""

    no_interest = forms.BooleanField(
        label="I have read the names above. Neither I nor my close family have an interest in any of them.",
        error_messages={"required": "Tick the box to declare that you have no interest, or decline the bid."},
    )

    def __init__(self, data: Any = None, *, is_blind: bool = False) -> None:
        super().__init__(data)
        if is_blind:
            self.fields["no_interest"].label = BLINDLY


class WorkFilter(forms.Form):
    """Which of their seats an assessor looks at."""

    marks_optional = False
    show = forms.ChoiceField(
        required=False,
        label="Show",
        choices=[("", "All"), ("invited", "Invitations"), ("to_do", "To do"), ("handed_in", "Handed in"),
                 ("over", "Over")],
    )  # fmt: skip
    competition = forms.ChoiceField(required=False, label="Competition")

    def __init__(self, data: Any, seats: Sequence[Seat]) -> None:
        super().__init__(data)
        titles = {seat.bid.competition.reference: seat.bid.competition.title for seat in seats}
        field: Any = self.fields["competition"]
        field.choices = [("", "All"), *titles.items()]

    def takes(self, seat: Seat) -> bool:
        """Tell whether a seat is looked at; a choice that is none lets every seat through."""
        show, competition = (self.cleaned_data.get(name) for name in ("show", "competition"))
        return (not show or group_of(seat) == show) and competition in (None, "", seat.bid.competition.reference)


class Refusal(forms.Form):
    """An assessor declines a bid."""

    reason = forms.ChoiceField(
        label="Why do you decline?",
        choices=DeclineReason,
        widget=ours.Radios(hints={DeclineReason.CONFLICT: "You are kept away from this bid for good."}),
        error_messages={"required": "Choose why you decline."},
    )


class Reopening(forms.Form):
    """Why a sheet that was handed in is opened again."""

    reason = ours.WordsField(
        max_words=rules.REASON_WORDS,
        rows=4,
        label="Why do you open it again?",
        help_text="The assessor reads it. Until they hand in again, it counts for nothing.",
    )


class WhatIf(forms.Form):
    """Figures to try a panel's line with."""

    marks_optional = False
    budget = ours.PoundsField(label="Money")
    threshold = ours.PercentField(label="Quality threshold")
    by = forms.ChoiceField(
        required=False,
        label="Minimum for each",
        choices=[("", "None"), *((value, text.capitalize()) for value, (text, _) in THEMES.items())],
    )

    def __init__(self, data: Any, rows: Sequence[Ranked]) -> None:
        super().__init__(data)
        self.boxes: dict[str, str] = {}
        by = data.get("by") if data.get("by") in THEMES else ""
        for number, (theme, bids) in enumerate(themes(rows, by).items() if by else ()):
            name = f"least-{number}"
            self.boxes[theme] = name
            self.fields[name] = forms.IntegerField(
                required=False,
                min_value=0,
                max_value=bids,
                label=theme,
                help_text=f"Of {bids}",
                widget=ours.Line(width=3),
            )

    def minimum(self) -> dict[str, int]:
        """Return the least number of bids by area or region."""
        return {theme: self.cleaned_data[name] or 0 for theme, name in self.boxes.items()}


class Release(forms.Form):
    """What applicants are told with their feedback."""

    outliers = ours.WordsField(
        max_words=rules.OUTLIER_WORDS,
        rows=5,
        label="How were scores far from the others treated?",
        help_text="Every applicant reads this. Say so if there were none.",
    )
    complaints_until = ours.DateField(
        label="Until when may applicants complain?", help_text=f"At least {rules.COMPLAINT_DAYS} days from today."
    )
