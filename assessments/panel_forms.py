"""What is sent about a panel: its meeting, declarations, outcomes, minutes, later decisions, complaints."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from accounts.models import User
from assessments import panel_rules as rules
from assessments.models import PanelItem, PanelMember
from assessments.ranking import FLAGS, ORDERS, SIDES
from assessments.sheet import Line
from assessments.states import Choice, Duty, Outcome
from bids.models import Bid
from infra import forms as ours

INLINE = "govuk-radios--inline govuk-radios--small"


class Meeting(forms.Form):
    """When and where a panel meets."""

    held_on = ours.DateField(label="On which day does the panel meet?")
    place = forms.CharField(
        max_length=rules.PLACE_LENGTH, label="Where?", help_text="A room, or the link of a video call."
    )


class Ask(forms.Form):
    """Who is asked to a meeting, and as what."""

    person = forms.ModelChoiceField(queryset=User.objects.none(), label="Who?", empty_label="Choose a person")
    duty = forms.ChoiceField(
        choices=Duty, label="As what?",
        widget=ours.Radios(hints={
            Duty.CHAIR: "Leads the meeting, votes, and agrees the minutes.",
            Duty.MEMBER: "Votes.",
            Duty.SECRETARY: "Writes the minutes and does not vote.",
        }),
    )  # fmt: skip

    def __init__(self, data: Any, people: Any) -> None:
        super().__init__(data)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


class AtTable(forms.Form):
    """A member's declaration on every bid before the sheet is laid on the table."""

    bids = forms.ModelMultipleChoiceField(
        queryset=Bid.objects.none(), required=False, widget=forms.CheckboxSelectMultiple,
        label="In which of these bids do you or your close family have an interest?",
        help_text="Tick every one. You do not see it or vote on it, and leave the room. This cannot be taken back.",
    )  # fmt: skip
    is_whole = forms.BooleanField(
        label="I have read the names of everybody who takes part, and this is every interest that I know of.",
        error_messages={"required": "Tick the box when your declaration is whole."},
    )
    marks_optional = False

    def __init__(self, data: Any, bids: Any, labels: dict[int, str]) -> None:
        super().__init__(data)
        field: Any = self.fields["bids"]
        field.queryset = bids
        field.choices = list(labels.items())


class Attendance(forms.Form):
    """Who is at the table."""

    present = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label="Who is present?",
        help_text="Whoever has not declared their interests yet cannot take part.",
    )  # fmt: skip
    marks_optional = False

    def __init__(self, data: Any, members: Iterable[PanelMember]) -> None:
        members = list(members)
        super().__init__(data, initial={"present": [str(m.pk) for m in members if m.is_present]})
        found: Any = self.fields["present"]
        found.choices = [(str(m.pk), f"{m.user}, {m.get_duty_display().lower()}") for m in members if m.declared_at]

    def keys(self) -> list[int]:
        """Return the keys of the members who are present."""
        return [int(key) for key in self.cleaned_data["present"]]


class Vote(forms.Form):
    """A member's vote on a bid."""

    choice = forms.ChoiceField(
        choices=Choice, label="Your vote", widget=ours.Radios(attrs={"class": INLINE}),
        error_messages={"required": "Choose how you vote."},
    )  # fmt: skip


class Minute(forms.Form):
    """What the panel decides on a bid, why, and what was said."""

    marks_optional = False
    outcome = forms.ChoiceField(
        required=False, choices=[("", "Not decided yet"), *Outcome.choices], label="What the panel decides"
    )
    reason = ours.WordsField(
        max_words=rules.REASON_WORDS, required=False, rows=3, label="Reason, where the panel departs from the line",
        help_text="Needed for a bid below the line that is not turned down, one above it that is, or one out of rank.",
    )  # fmt: skip
    text = ours.WordsField(max_words=rules.MINUTE_WORDS, required=False, rows=6, label="What was said")
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    @classmethod
    def opened(cls, item: PanelItem, seen: str) -> "Minute":
        """Return the form as it stands."""
        kept = {"outcome": item.outcome, "reason": item.reason, "text": item.text, "seen": seen}
        return cls(initial=kept)

    def refuse(self, refused: Any) -> None:
        """Put a refusal beside the field that it is about."""
        said = str(refused)
        field = "reason" if "reason" in said.casefold() else None
        self.add_error(field, said)


class General(forms.Form):
    """Minutes that are about no bid in particular."""

    marks_optional = False
    text = ours.WordsField(
        max_words=rules.GENERAL_WORDS, required=False, rows=10, label="General minutes",
        help_text="Who welcomed whom, what was agreed for all bids, what comes next.",
    )  # fmt: skip
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)


class LaterDecision(forms.Form):
    """New outcomes of bids that were decided on, and why."""

    marks_optional = False
    reason = ours.WordsField(
        max_words=rules.REASON_WORDS, rows=4, label="Why does the decision change?",
        help_text="The second person and auditors read it.",
    )  # fmt: skip

    def __init__(self, data: Any, lines: Sequence[Line]) -> None:
        super().__init__(data)
        self.lines = list(lines)
        for line in self.lines:
            self.fields[f"outcome-{line.row.reference}"] = forms.ChoiceField(
                choices=Outcome, initial=line.row.state, label=f"Outcome of {line.row.reference}",
                error_messages={"required": f"Choose an outcome for {line.row.reference}."},
            )  # fmt: skip

    def outcomes(self) -> dict[str, str]:
        """Return the outcome by bid reference."""
        return {line.row.reference: self.cleaned_data[f"outcome-{line.row.reference}"] for line in self.lines}


class SendBack(forms.Form):
    """Why a decision that was put forward is sent back."""

    reason = ours.WordsField(max_words=rules.REASON_WORDS, rows=4, label="Why is it sent back?")


class NewComplaint(forms.Form):
    """What an applicant complains about."""

    text = ours.WordsField(
        max_words=rules.COMPLAINT_WORDS, rows=10, label="What went wrong in how your bid was handled?",
        help_text="Say what happened and what you ask for. The assessors’ judgement itself cannot be appealed.",
    )  # fmt: skip


class ComplaintAnswer(forms.Form):
    """The department's answer to a complaint."""

    is_upheld = forms.TypedChoiceField(
        choices=[("yes", "Yes"), ("no", "No")], coerce="yes".__eq__, label="Is the complaint upheld?",
        widget=ours.Radios(attrs={"class": INLINE}), error_messages={"required": "Choose yes or no."},
    )  # fmt: skip
    answer = ours.WordsField(
        max_words=rules.ANSWER_WORDS, rows=10, label="Answer to the applicant",
        help_text="They get it by e-mail and on their page.",
    )  # fmt: skip


class Narrow(forms.Form):
    """What of the ranked sheet is shown, and in which order."""

    marks_optional = False
    area = forms.ChoiceField(required=False, label="Clinical area")
    region = forms.ChoiceField(required=False, label="Region")
    side = forms.ChoiceField(required=False, label="Line", choices=[("", "All"), *SIDES.items()])
    flag = forms.ChoiceField(required=False, label="Flag", choices=[("", "All"), *FLAGS.items()])
    outcome = forms.ChoiceField(required=False, label="Outcome", choices=[("", "All"), *Outcome.choices])
    order = forms.ChoiceField(
        required=False, label="Order", choices=[(value, text) for value, (text, _) in ORDERS.items()]
    )

    def __init__(self, data: Any, lines: Sequence[Line]) -> None:
        super().__init__(data)
        seen = [line.row for line in lines]
        for name, values in (("area", {r.clinical_area for r in seen}), ("region", {r.region for r in seen})):
            field: Any = self.fields[name]
            field.choices = [("", "All"), *((value, value) for value in sorted(values - {""}))]

    @property
    def asked(self) -> dict[str, str]:
        """Return what was asked for, without what is not known."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
