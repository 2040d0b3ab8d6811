"""What officials, applicants and interviewers send about interviews."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone

from assessments import interview_rules, rules
from assessments.models import Assessor, InterviewCriterion, InterviewScore, InterviewSlot
from assessments.sheet_form import Points, Words
from funds.forms.setup import ClockField, instant_of
from infra import forms as ours
from infra import words

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


class InterviewSheetForm(forms.Form):
    """Points and reason on every criterion; everything may stay empty while it is written."""

    marks_optional = False

    def __init__(self, data: Any, criteria: Kept) -> None:
        super().__init__(data)
        self.criteria = list(criteria)
        for criterion, score in self.criteria:
            points, reason = self.names(criterion)
            self.fields[points] = Points(10, criterion.title, label="Points from 0 to 10")
            self.fields[reason] = Words(rules.REASON_WORDS, criterion.title, 4, label="Reason")
            if score:
                self.initial.update({points: score.points, reason: score.reason})

    @staticmethod
    def names(criterion: InterviewCriterion) -> tuple[str, str]:
        """Return the names of the two fields of a criterion."""
        return f"points-{criterion.pk}", f"reason-{criterion.pk}"

    def scores(self) -> Mapping[InterviewCriterion, tuple[int | None, str]]:
        """Return points and reason by criterion."""
        return {c: (self.cleaned_data[p], self.cleaned_data[r]) for c, _ in self.criteria for p, r in [self.names(c)]}

    def is_whole(self) -> bool:
        """Tell whether it can be handed in; each gap becomes an error beside its field."""
        for criterion, _ in self.criteria:
            points, reason = self.names(criterion)
            if self.cleaned_data.get(points) is None:
                self.add_error(points, f"Give points on “{criterion.title}”.")
            text = self.cleaned_data.get(reason, "")
            over = words.over_limit(text, rules.REASON_WORDS)
            if not words.count(text):
                self.add_error(reason, f"Give a reason on “{criterion.title}”.")
            elif over:
                self.add_error(reason, f"{criterion.title}: {over}")
        return not self.errors


def is_past(slot: InterviewSlot | None, now: dt.datetime) -> bool:
    """Tell whether the time of an interview has come."""
    return slot is not None and slot.starts_at <= now
