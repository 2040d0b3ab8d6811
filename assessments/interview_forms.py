"""What officials, applicants and interviewers send about interviews."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils import timezone

from assessments import interview_rules, rules
from assessments.models import Assessor, InterviewCriterion, InterviewScore, InterviewSheet, InterviewSlot
from assessments.sheet_form import Sheet
from funds.forms.setup import ClockField, instant_of
from infra import forms as ours

Kept = Sequence[tuple[InterviewCriterion, InterviewScore | None]]


def _whole(label: str, least: int, most: int, initial: int, help_text: str = "") -> forms.IntegerField:
    """Return the question for a small whole number."""
    widget = ours.Line(width=3, attrs={"inputmode": "numeric"})
    facts = {"min_value": least, "max_value": most, "initial": initial, "help_text": help_text}
    return forms.IntegerField(label=label, widget=widget, **facts)  # type: ignore[arg-type]


class Plan(forms.Form):
    """On what interviews are scored, one criterion a line."""

    criteria = forms.CharField(
        label="What are interviews scored on?",
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="One criterion a line; after a colon you may say what to look for, such as “Team: do they know the"
        " NHS?” Each is scored from 0 to 10.",
        max_length=10_000,
    )
    weight_percent = _whole(
        "Weight of the interview, in per cent", 0, 100, 0,
        "For the combined score that is shown beside the score. With 0 the interview is advice only.",
    )  # fmt: skip

    def rows(self) -> list[tuple[str, str]]:
        """Return (title, guidance) of each criterion."""
        lines = [line.partition(":") for line in self.cleaned_data["criteria"].splitlines()]
        return [(title.strip(), guidance.strip()) for title, _, guidance in lines if title.strip()]


class Slots(forms.Form):
    """Times for interviews, one after the other."""

    first_on = ours.DateField(label="First interview on")
    first_time = ClockField(label="Begins at", help_text="Time in the United Kingdom, such as 09:30.")
    minutes = _whole("Minutes for each", 5, 480, 30)
    pause = _whole("Minutes between them", 0, 480, 10)
    number = _whole("How many?", 1, interview_rules.MOST_SLOTS, 6)
    place = forms.CharField(label="Place", required=False, max_length=interview_rules.PLACE)
    link = forms.URLField(
        label="Link to join from afar", required=False, max_length=interview_rules.LINK, assume_scheme="https"
    )

    def facts(self) -> dict[str, Any]:
        """Return what the deed needs; nothing while the time is wrong."""
        starts_at = instant_of(self, "first")
        names = ("minutes", "pause", "number", "place", "link")
        return {} if starts_at is None else {"starts_at": starts_at} | {n: self.cleaned_data[n] for n in names}


class Named(forms.Form):
    """An assessor who is to sit on the panel."""

    email = forms.EmailField(label="E-mail address of an assessor")
    assessor: Assessor | None = None

    def clean_email(self) -> str:
        """Find the assessor."""
        self.assessor = Assessor.objects.filter(user__email__iexact=self.cleaned_data["email"]).first()
        if self.assessor is None:
            raise forms.ValidationError("No assessor has this address. Register them first.")
        return str(self.cleaned_data["email"])


def when(slot: InterviewSlot) -> str:
    """Return a slot in one line, in the time of the United Kingdom."""
    starts = timezone.localtime(slot.starts_at)
    return f"{starts.day} {starts:%B %Y, %H:%M %Z}, {slot.minutes} minutes, {slot.place or 'online'}"


class Inviting(forms.Form):
    """A bid and a free slot."""

    bid = forms.ChoiceField(label="Bid")
    slot = forms.ChoiceField(label="Time")

    def __init__(
        self, data: Any, slots: Iterable[InterviewSlot], bids: Iterable[tuple[str, str]] | None = None
    ) -> None:
        super().__init__(data)
        free: Any = self.fields["slot"]
        self.slots = {str(slot.pk): slot for slot in slots}
        free.choices = [(key, when(slot)) for key, slot in self.slots.items()]
        if bids is None:
            del self.fields["bid"]
        else:
            among: Any = self.fields["bid"]
            among.choices = list(bids)

    def chosen(self) -> InterviewSlot:
        """Return the slot."""
        return self.slots[self.cleaned_data["slot"]]


class Moving(forms.Form):
    """Why the applicants cannot come then."""

    reason = ours.WordsField(
        max_words=rules.REASON_WORDS,
        rows=4,
        label="Why can you not come then, and when can you?",
        help_text="The fund manager reads it and offers another time, if there is one.",
    )


class InterviewSheetForm(Sheet):
    """Points and reasons on the criteria of an interview."""

    def __init__(self, data: Any, criteria: Kept, sheet: InterviewSheet) -> None:
        super().__init__(data, kept_at(criteria, sheet), [(c.pk, c.title, 10, 4) for c, _ in criteria])
        self.criteria = list(criteria)
        if sheet.reopened_reason:
            self.ask_why_changed()

    def typed(self) -> dict[str, Any]:
        """Return what was sent and is right: scores by criterion, and the version that the writer saw."""
        scores = {criterion: given for criterion, _ in self.criteria if (given := self.given(criterion.pk))}
        return {"scores": scores, "version": self.cleaned_data.get("version")}


def kept_at(criteria: Kept, sheet: InterviewSheet) -> dict[str, Any]:
    """Return what is saved of an interview, by the name of its field."""
    found: dict[str, Any] = {"version": sheet.version}
    for criterion, score in criteria:
        if score:
            found |= {f"points-{criterion.pk}": score.points, f"reason-{criterion.pk}": score.reason}
    return found


def is_past(slot: InterviewSlot | None, now: dt.datetime) -> bool:
    """Tell whether the time of an interview has come."""
    return slot is not None and slot.starts_at <= now
