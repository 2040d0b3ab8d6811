"""The form of a score sheet, whole or one step of it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.rules import Refused
from assessments import rules
from assessments.actions.scoring import JUDGEMENT
from assessments.actions.sheets import SavedElsewhere
from assessments.models import Assessment, Score
from funds.models import Question
from infra import forms as ours
from infra import words

REASON_HINT = f"At most {rules.REASON_WORDS} words. The applicant reads it, without your name."
INLINE = "govuk-radios--inline govuk-radios--small"
Written = Sequence[tuple[Question, Score | None]]


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


class Words(forms.CharField):
    """A text that is kept while it is written, also with too many words; `about` says in errors what it is."""

    def __init__(self, max_words: int, about: str, rows: int, **options: Any) -> None:
        super().__init__(required=False, widget=ours.Words(max_words, attrs={"rows": rows}), **options)
        self.max_words, self.about = max_words, about

    def clean(self, value: Any) -> str:
        text = self.to_python(value) or ""
        if problem := words.why_not_text(text):
            raise ValidationError(f"{self.about}: {problem}")
        return words.plain(text)

    def why_too_long(self, text: str) -> str:
        """Return what is wrong with the length of a text that is handed in, or nothing."""
        problem = words.over_limit(text, self.max_words) or words.too_many_characters(text, self.max_words)
        return f"{self.about}: {problem}" if problem else ""


class Judgement(forms.TypedChoiceField):
    """Yes, no, or not yet."""

    def __init__(self, **options: Any) -> None:
        choices = [("yes", "Yes"), ("no", "No")]
        super().__init__(
            choices=choices, coerce="yes".__eq__, empty_value=None, widget=ours.Radios(attrs={"class": INLINE}),
            required=False, **options,
        )  # fmt: skip


def _judgement() -> dict[str, forms.Field]:
    """Return the fields about the whole bid."""
    return {
        "is_in_scope": Judgement(label="Is the bid in scope?"),
        "is_fundable": Judgement(label="Is the bid suitable for funding?"),
        "feedback": Words(
            rules.FEEDBACK_WORDS, "The feedback", 5, label="Feedback for the applicant (optional)",
            help_text="What was good, and what would make the bid better.",
        ),
        "note": Words(
            rules.FEEDBACK_WORDS, "The note", 3, label="Note for officials (optional)",
            help_text="Applicants never see it.",
        ),
    }  # fmt: skip


class Sheet(forms.Form):
    """Points and reasons on what is scored, for a bid or its interview.

    Everything may stay empty while the sheet is being written, and only what was sent is saved; `is_whole` names the
    gaps when it is handed in.

    Args:
        asked: (key in the names of fields, title, points that it can earn, rows of its reason) of what is scored.
    """

    marks_optional = False
    is_saved = False  # what was typed, by the press that sent it
    reason_hint = f"At most {rules.REASON_WORDS} words."
    version = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, data: Any, initial: dict[str, Any], asked: Sequence[tuple[Any, str, int, int]]) -> None:
        super().__init__(data, initial=initial)
        self.asked, self.theirs = [(key, title) for key, title, *_ in asked], dict[str, Any]()
        for key, title, most, rows in asked:
            self.fields[f"points-{key}"] = Points(most, title, label=f"Points from 0 to {most}")
            self.fields[f"reason-{key}"] = Words(
                rules.REASON_WORDS, title, rows, label="Reason", help_text=self.reason_hint
            )

    def ask_why_changed(self) -> None:
        """Ask why what had been handed in is changed."""
        self.fields["change_reason"] = Words(
            rules.REASON_WORDS, "The reason for the change", 3, label="Why do you change what you had handed in?",
            help_text="Needed when you hand it in again. What you had handed in before is kept beside it.",
        )  # fmt: skip

    def sent(self) -> dict[str, Any]:
        """Return what was sent and is right, by the name of its field."""
        return {name: value for name, value in self.cleaned_data.items() if name in self.data}

    def given(self, key: Any) -> dict[str, Any]:
        """Return the points and the reason that were sent on one thing that is scored."""
        sent = self.sent()
        return {part: sent[f"{part}-{key}"] for part in ("points", "reason") if f"{part}-{key}" in sent}

    def refuse(self, refused: Refused) -> None:
        """Show why nothing was saved; what another window has saved is put beside it by `compare_with`."""
        if isinstance(refused, SavedElsewhere):
            self.see(refused.version)
        self.add_error(None, str(refused))

    def see(self, version: int) -> None:
        """Let the next press save over this version, which the writer is shown now."""
        sent: Any = self.data
        typed = sent.copy()
        typed["version"] = version
        self.data = typed

    def compare_with(self, kept: dict[str, Any]) -> None:
        """Keep what stands where it differs from what was typed, by the name of the field."""
        now = {name: "" if value is None else str(value) for name, value in kept.items()}
        compared = [name for name in self.fields if name not in ("version", "change_reason")]
        self.theirs = {
            name: now.get(name, "")
            for name in compared
            if words.plain(now.get(name, "")) != words.plain(self.data.get(name, ""))
        }

    def is_whole(self) -> bool:
        """Tell whether the sheet can be handed in; each gap becomes an error beside its field."""
        for key, title in self.asked:
            if self.cleaned_data.get(f"points-{key}") is None:
                self.add_error(f"points-{key}", f"Give points on “{title}”.")
            if words.is_blank(self.cleaned_data.get(f"reason-{key}", "")):
                self.add_error(f"reason-{key}", f"Give a reason on “{title}”.")
        self.mark_too_long()
        return not self.errors

    def mark_too_long(self) -> list[str]:
        """Put an error beside each text that is too long to be handed in; return what they say."""
        found = {
            name: why
            for name, field in self.fields.items()
            if isinstance(field, Words) and (why := field.why_too_long(self.cleaned_data.get(name, "")))
        }
        for name, why in found.items():
            self.add_error(name, why)
        return list(found.values())


class ScoreSheet(Sheet):
    """Points and reasons on some or all scored questions of a bid, and the judgement on the whole bid."""

    reason_hint = REASON_HINT

    def __init__(self, data: Any, written: Written, assessment: Assessment | None, *, judges: bool = True) -> None:
        asked = [(q.slug, q.heading, min(q.max_points, 10), 5) for q, _ in written]
        super().__init__(data, kept_on(written, assessment), asked)
        self.written, self.judges = list(written), judges
        if judges:
            self.fields.update(_judgement())
        if assessment and assessment.reopened_reason:
            self.ask_why_changed()

    def typed(self) -> dict[str, Any]:
        """Return what was sent and is right: scores by question, judgement, and the version that the writer saw."""
        scores = {question: given for question, _ in self.written if (given := self.given(question.slug))}
        judgement = {name: value for name, value in self.sent().items() if name in JUDGEMENT}
        return {"scores": scores, "judgement": judgement, "version": self.cleaned_data.get("version")}

    def is_whole(self) -> bool:
        """Tell whether the sheet can be handed in; each gap becomes an error beside its field."""
        super().is_whole()
        if self.cleaned_data.get("is_in_scope") is None:
            self.add_error("is_in_scope", "Say whether the bid is in scope.")
        if self.cleaned_data.get("is_fundable") is None:
            self.add_error("is_fundable", "Say whether the bid is suitable for funding.")
        return not self.errors


def kept_on(written: Written, assessment: Assessment | None) -> dict[str, Any]:
    """Return what is saved, by the name of its field."""
    found: dict[str, Any] = {"version": assessment.version if assessment else 0}
    for question, score in written:
        if score:
            found |= {f"points-{question.slug}": score.points, f"reason-{question.slug}": score.reason}
    if assessment:
        words_for = {True: "yes", False: "no", None: ""}
        found |= {name: words_for[getattr(assessment, name)] for name in ("is_in_scope", "is_fundable")}
        found |= {"feedback": assessment.feedback, "note": assessment.note}
    return found
