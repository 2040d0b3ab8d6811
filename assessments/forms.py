"""What assessors and panels send."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.rules import BadIdentifier, Refused
from assessments import rules
from assessments.models import Assessment, Score
from assessments.rules import Ranked
from assessments.sheet import Line
from assessments.states import DeclineReason, InterestKind, Outcome
from assessments.what_if import THEMES, themes
from bids.forms.project import CLINICAL_AREAS
from funds.models import Question
from infra import forms as ours
from infra import words

REASON_HINT = f"At most {rules.REASON_WORDS} words. The applicant reads it, without your name."


class Acceptance(forms.Form):
    """An assessor takes a bid."""

    no_interest = forms.BooleanField(
        label="I have read the names above. Neither I nor my close family have an interest in any of them.",
        error_messages={"required": "Tick the box to declare that you have no interest, or decline the bid."},
    )


class Refusal(forms.Form):
    """An assessor declines a bid."""

    reason = forms.ChoiceField(
        label="Why do you decline?",
        choices=DeclineReason,
        widget=ours.Radios(hints={DeclineReason.CONFLICT: "You are kept away from this bid for good."}),
        error_messages={"required": "Choose why you decline."},
    )


class Points(forms.CharField):
    """Points on a question as a whole number, nothing while the assessor is thinking."""

    def __init__(self, most: int, question: str, **options: Any) -> None:
        widget = ours.Line(width=2, attrs={"inputmode": "numeric", "autocomplete": "off"})
        super().__init__(required=False, widget=widget, **options)
        self.most, self.question = most, question

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        try:
            return rules.points(text, self.most) if text else None
        except Refused as refused:
            raise ValidationError(f"{self.question}: {refused}") from refused


class Words(ours.WordsField):
    """Text counted as everywhere else, with plain line ends; `question` says in errors what it is about."""

    def __init__(self, max_words: int, question: str = "", **options: Any) -> None:
        super().__init__(max_words=max_words, required=False, **options)
        self.question = question

    def validate(self, value: str) -> None:
        try:
            super().validate(value)
        except ValidationError as error:
            raise ValidationError([f"{self.question or self.label}: {text}" for text in error.messages]) from error

    def to_python(self, value: Any) -> str:
        return words.with_plain_line_ends(super().to_python(value) or "").strip()


class Judgement(forms.TypedChoiceField):
    """Yes, no, or not yet."""

    def __init__(self, **options: Any) -> None:
        choices = [("yes", "Yes"), ("no", "No")]
        super().__init__(
            choices=choices, coerce="yes".__eq__, empty_value=None, widget=ours.Radios(attrs={"class": INLINE}),
            required=False, **options,
        )  # fmt: skip


INLINE = "govuk-radios--inline govuk-radios--small"


class ScoreSheet(forms.Form):
    """Points and reason on every scored question, and the judgement on the whole bid.

    Everything may stay empty while the sheet is being written; `is_whole` names the gaps when it is handed in.
    """

    marks_optional = False
    is_in_scope = Judgement(label="Is the bid in scope?")
    is_fundable = Judgement(label="Is the bid suitable for funding?")
    feedback = Words(
        rules.FEEDBACK_WORDS, rows=5, label="Feedback for the applicant (optional)",
        help_text="What was good, and what would make the bid better.",
    )  # fmt: skip
    note = Words(
        rules.FEEDBACK_WORDS, rows=3, label="Note for officials (optional)", help_text="Applicants never see it."
    )

    def __init__(
        self, data: Any, written: Sequence[tuple[Question, Score | None]], assessment: Assessment | None
    ) -> None:
        super().__init__(data, initial=_judgement(assessment))
        self.written = list(written)
        for question, score in self.written:
            most = min(question.max_points, 10)
            points, reason = f"points-{question.slug}", f"reason-{question.slug}"
            self.fields[points] = Points(most, question.heading, label=f"Points from 0 to {most}")
            self.fields[reason] = Words(
                rules.REASON_WORDS, question.heading, rows=5, label="Reason", help_text=REASON_HINT
            )
            if score:
                self.initial.update({points: score.points, reason: score.reason})

    def changed_scores(self) -> Iterator[tuple[Question, int | None, str]]:
        """Yield question, points and reason where they differ from what is kept."""
        for question, score in self.written:
            new = (self.cleaned_data[f"points-{question.slug}"], self.cleaned_data[f"reason-{question.slug}"])
            if new != ((score.points, score.reason) if score else (None, "")):
                yield question, *new

    def judgement(self) -> dict[str, Any]:
        """Return the judgement on the whole bid."""
        return {name: self.cleaned_data[name] for name in ("is_in_scope", "is_fundable", "feedback", "note")}

    def is_whole(self) -> bool:
        """Tell whether the sheet can be handed in; each gap becomes an error beside its field."""
        for question, _ in self.written:
            if self.cleaned_data.get(f"points-{question.slug}") is None:
                self.add_error(f"points-{question.slug}", f"Give points on “{question.heading}”.")
            if not self.cleaned_data.get(f"reason-{question.slug}"):
                self.add_error(f"reason-{question.slug}", f"Give a reason on “{question.heading}”.")
        if self.cleaned_data.get("is_in_scope") is None:
            self.add_error("is_in_scope", "Say whether the bid is in scope.")
        if self.cleaned_data.get("is_fundable") is None:
            self.add_error("is_fundable", "Say whether the bid is suitable for funding.")
        return not self.errors


def _judgement(assessment: Assessment | None) -> dict[str, Any]:
    words_for = {True: "yes", False: "no", None: ""}
    if assessment is None:
        return {}
    return {
        "is_in_scope": words_for[assessment.is_in_scope],
        "is_fundable": words_for[assessment.is_fundable],
        "feedback": assessment.feedback,
        "note": assessment.note,
    }


class PanelDecision(forms.Form):
    """An outcome for each bid, and a reason where the panel departs from the ranking."""

    def __init__(self, data: Any, lines: Sequence[Line]) -> None:
        super().__init__(data)
        self.lines = list(lines)
        for line in self.lines:
            reference = line.row.reference
            self.fields[f"outcome-{reference}"] = forms.ChoiceField(
                choices=Outcome, initial=line.outcome, label=f"Outcome of {reference}",
                error_messages={"required": f"Choose an outcome for {reference}."},
            )  # fmt: skip
            self.fields[f"reason-{reference}"] = forms.CharField(
                required=False, max_length=1000, initial=line.override_reason, label=f"Reason for {reference}"
            )

    def outcomes(self) -> dict[str, str]:
        """Return the outcome by bid reference."""
        return {line.row.reference: self.cleaned_data[f"outcome-{line.row.reference}"] for line in self.lines}

    def overrides(self) -> dict[str, str]:
        """Return the written reason by bid reference, where there is one."""
        reasons = {line.row.reference: self.cleaned_data[f"reason-{line.row.reference}"] for line in self.lines}
        return {reference: reason for reference, reason in reasons.items() if reason}


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


class NewInterest(forms.Form):
    """An organisation in which an assessor or their close family has an interest."""

    kind = forms.ChoiceField(choices=InterestKind, widget=forms.RadioSelect, label="What is the interest?")
    organisation_name = forms.CharField(max_length=200, label="In which organisation?")
    company_number = forms.CharField(
        required=False,
        max_length=12,
        label="Its Companies House number, if you know it",
        help_text="Names can be spelt in many ways; a number is found again surely.",
        widget=ours.Line(width=10),
    )

    def refuse(self, refused: Refused) -> None:
        """Put a refusal beside the field that it is about."""
        self.add_error("company_number" if isinstance(refused, BadIdentifier) else None, str(refused))


class Profile(forms.Form):
    """What an assessor knows, and how many bids they take."""

    about = ours.WordsField(
        max_words=rules.ABOUT_WORDS,
        required=False,
        rows=5,
        label="What do you know well?",
        help_text="In your own words. It helps to find the bids that suit you.",
    )
    expertise = forms.CharField(
        required=False, max_length=2000, label="Expertise", help_text="Words or phrases, with commas between them."
    )
    clinical_areas = forms.MultipleChoiceField(
        required=False, choices=[(area, area) for area in CLINICAL_AREAS], label="Clinical areas",
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    capacity = forms.IntegerField(
        min_value=0, max_value=rules.MOST_CAPACITY, label="How many bids do you take in a competition?",
        widget=ours.Line(width=3, attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    is_available = forms.BooleanField(required=False, label="I take invitations at present")

    def clean_expertise(self) -> list[str]:
        """Return the tags that were typed."""
        return self.cleaned_data["expertise"].split(",")
