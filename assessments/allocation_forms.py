"""What officials send about allocations, teams and reserves."""

from typing import Any

from django import forms

from assessments import rules
from assessments.models import AllocationRun
from assessments.question import Terms
from assessments.runs import Candidate, Desk
from assessments.states import RunState
from funds.models import Competition
from infra import forms as ours

SECONDS = 60


class NewRun(forms.Form):
    """What a run is asked with; the competition's own terms stand there to begin with."""

    seats_per_bid = forms.IntegerField(label="Assessors a bid")
    rules = forms.MultipleChoiceField(
        label="Rules to keep", required=False, widget=forms.CheckboxSelectMultiple,
        choices=[
            ("needs_types", "The types of assessor that the competition asks for"),
            ("one_per_network", "No two of one network on a bid"),
            ("not_own_region", "Nobody of the network of the lead’s own region"),
        ],
    )  # fmt: skip
    capacity_percent = forms.IntegerField(
        label="Bids that each assessor takes", help_text="100 % is what each has agreed to.",
    )  # fmt: skip
    seconds = forms.IntegerField(
        label="Time limit", help_text="The best answer found by then is shown. It usually takes a few seconds."
    )
    marks_optional = False

    def __init__(self, data: Any, competition: Competition) -> None:
        terms = Terms.of(competition)
        chosen = [name for name, _ in self.base_fields["rules"].choices if getattr(terms, name)]  # type: ignore[attr-defined]
        initial = {"seats_per_bid": terms.seats_per_bid, "rules": chosen, "capacity_percent": 100, "seconds": SECONDS}
        super().__init__(data, initial=initial)
        for name, suffix in (("seats_per_bid", ""), ("capacity_percent", "%"), ("seconds", "seconds")):
            least, most, _ = rules.RUN_RANGES[name]
            field = self.fields[name]
            field.widget = ours.Line(suffix=suffix, width=4, attrs={"inputmode": "numeric"})
            field.error_messages["invalid"] = f"Enter a whole number from {least} to {most}."
            field.validators = [_between(least, most)]

    def terms(self) -> Terms:
        """Return what the run is held to."""
        kept = self.cleaned_data["rules"]
        return Terms(
            seats_per_bid=self.cleaned_data["seats_per_bid"],
            needs_types="needs_types" in kept,
            one_per_network="one_per_network" in kept,
            not_own_region="not_own_region" in kept,
            capacity_percent=self.cleaned_data["capacity_percent"],
        )


def _between(least: int, most: int) -> Any:
    def check(value: int) -> None:
        if not least <= value <= most:
            raise forms.ValidationError(f"Enter a whole number from {least} to {most}.")

    return check


class Pair(forms.Form):
    """Two runs to be laid side by side."""

    marks_optional = False
    first = forms.TypedChoiceField(label="Compare", coerce=int)
    second = forms.TypedChoiceField(label="with", coerce=int)

    def __init__(self, data: Any, finished: list[AllocationRun]) -> None:
        super().__init__(data)
        choices = [(run.number, f"Run {run.number}") for run in finished]
        self.by_number = {run.number: run for run in finished}
        for name in ("first", "second"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]


class Change(forms.Form):
    """A change of a team: somebody off it, somebody on it, or both."""

    marks_optional = False
    off = forms.TypedChoiceField(label="Take off", required=False, coerce=int, empty_value=None)
    on = forms.TypedChoiceField(label="Put on", required=False, coerce=int, empty_value=None)
    reason = forms.CharField(
        label="Reason for taking the seat away", required=False, max_length=500,
        help_text="Needed when you take somebody off. Officials and auditors read it.",
    )  # fmt: skip
    edits = forms.IntegerField(required=False, min_value=0, max_value=2_000_000_000, widget=forms.HiddenInput)

    def __init__(self, data: Any, desk: Desk, candidates: list[Candidate], run: AllocationRun | None = None) -> None:
        super().__init__(data, initial={"edits": run.edits if run else None})
        names = {member.key: member.name for member in desk.team}
        self.fields["off"].choices = [  # type: ignore[attr-defined]
            ("", "Nobody"), *((key, name) for key, name in names.items() if key not in desk.fixed)
        ]  # fmt: skip
        self.fields["on"].choices = [("", "Nobody"), *((one.member.key, _label(one)) for one in candidates)]  # type: ignore[attr-defined]
        if run is not None:
            del self.fields["reason"]
        else:
            del self.fields["edits"]


def _label(one: Candidate) -> str:
    return f"{one.member.name}: {one.affinity or 'affinity not known'}" + (" (not possible)" if one.against else "")


class Until(forms.Form):
    """The last day on which reserves are asked by themselves."""

    until = ours.DateField(label="Last day on which reserves are asked")


FINISHED = (RunState.DONE, RunState.ACCEPTED)
