"""One line of costs: each category asks for what its formula takes."""

from typing import Any

from django import forms

from accounts.rules import Refused
from bids.actions.lines import LineGone
from bids.costs import NUMBERS, OVERHEAD_PERCENT, TEXT_LENGTH, TEXTS, BadCosts
from bids.models import CostLine
from bids.states import CostCategory
from infra.forms import Line, Radios

C = CostCategory
DESCRIPTIONS = {
    C.LABOUR: ("Role in the project", "For example software engineer. Do not name the person."),
    C.OVERHEADS: ("Description", ""),
    C.MATERIALS: ("What will you buy?", ""),
    C.CAPITAL_USAGE: ("Which equipment will you use?", ""),
    C.SUBCONTRACTING: ("Subcontractor", "The company that does the work."),
    C.TRAVEL: ("What is the journey or stay for?", ""),
    C.OTHER: ("What is it?", ""),
}
HINTS = {
    "gross_pounds": "Salary with employer’s National Insurance and pension, no bonuses or dividends.",
    "days": "Days of work on this project, all people in this role together.",
    "quantity": "How many, or how often.",
    "unit_pounds": "Without VAT that you can reclaim.",
    "residual_pounds": "What it will still be worth when the project ends.",
    "utilisation_percent": "How much of its use is for this project, 1 to 100.",
    "cost_pounds": "Without VAT that you can reclaim.",
}


class CostForm(forms.Form):
    """A line of one category; the numbers are checked by the formula itself."""

    was = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)

    def __init__(self, data: Any, *, category: str, was: str = "", line: CostLine | None = None) -> None:
        kept = {"description": line.description} | line.inputs if line else {"kind": "percent"}
        super().__init__(data, initial=kept | {"was": was})
        self.category, self.label = category, str(C(category).label)
        label, hint = DESCRIPTIONS[C(category)]
        if category == C.OVERHEADS:
            self._ask_overheads()
            return
        self.fields["description"] = _text(label, hint, "Enter the description.")
        for key, name in TEXTS.get(category, ()):
            self.fields[key] = _text(_capital(name), "", f"Enter the {name}.")
        for field in NUMBERS[category]:
            self.fields[field.key] = _number(field.key, _capital(field.name), f"Enter the {field.name}.")

    def _ask_overheads(self) -> None:
        percent = f"{OVERHEAD_PERCENT}% of labour"
        self.fields["kind"] = forms.ChoiceField(
            label="How are overheads worked out?",
            choices=[("none", "No overheads"), ("percent", percent), ("stated", "A stated amount")],
            widget=Radios(hints={"stated": "Upload the workings on the page for documents."}),
            error_messages={"required": "Choose how overheads are worked out."},
        )
        stated = _number("stated_pounds", "Amount, if it is stated", "")
        stated.required = False
        self.fields["stated_pounds"] = stated

    def line(self) -> dict[str, Any]:
        """Return the line as `actions.set_costs` takes it."""
        apart = ("description", "was")
        inputs = {key: value for key, value in self.cleaned_data.items() if key not in apart and value != ""}
        return {
            "category": self.category,
            "description": self.cleaned_data.get("description", ""),
            "inputs": inputs,
        }

    def refuse(self, refused: Refused) -> None:
        """Put what the formula refused beside its field; a line that is gone meanwhile can be saved as a new one."""
        if isinstance(refused, LineGone):
            self.data = {**self.data.dict(), "was": ""}  # type: ignore[attr-defined]
        if not isinstance(refused, BadCosts):
            self.add_error(None, str(refused))
            return
        for error in refused.errors:
            sentence = error.sentence.partition(": ")[2] or error.sentence
            field = "stated_pounds" if self.category == C.OVERHEADS and error.field == "kind" else error.field
            self.add_error(field if field in self.fields else None, sentence)


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _text(label: str, hint: str, missing: str) -> forms.CharField:
    too_long = f"Use at most {TEXT_LENGTH} characters."
    return forms.CharField(
        label=label,
        max_length=TEXT_LENGTH,
        help_text=hint,
        error_messages={"required": missing, "max_length": too_long},
    )


def _number(key: str, label: str, missing: str) -> forms.CharField:
    """Return a field that takes any text: the formula says what is wrong with a number."""
    money, percent = key.endswith("_pounds"), key.endswith("_percent")
    widget = Line("£" if money else "", "%" if percent else "", 10 if money else 5, {"inputmode": "decimal"})
    return forms.CharField(
        label=label.removesuffix(" in per cent"),
        help_text=HINTS.get(key, ""),
        widget=widget,
        error_messages={"required": missing},
    )


class WorkingDaysForm(forms.Form):
    """How many days a year this partner's people work."""

    working_days = forms.IntegerField(
        label="Working days in a year",
        help_text="Without weekends, bank holidays and leave. It turns a salary into a day’s cost.",
        min_value=1,
        max_value=365,
        widget=Line(width=3, attrs={"inputmode": "numeric"}),
        error_messages={
            "required": "Enter the working days in a year.",
            "invalid": "Enter the days as a whole number, such as 225.",
            "min_value": "Working days in a year must be between 1 and 365.",
            "max_value": "Working days in a year must be between 1 and 365.",
        },
    )


class SheetForm(forms.Form):
    """A spreadsheet of costs."""

    file = forms.FileField(
        label="Spreadsheet of costs",
        help_text="Excel (.xlsx) or CSV with the headings of our template, at most 2 MB and 2,000 rows.",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"required": "Choose a spreadsheet.", "empty": "The file is empty."},
    )

    def refuse(self, refused: Refused) -> None:
        """Put what is wrong with the file beside it."""
        self.add_error("file", str(refused))


class TakeOverForm(forms.Form):
    """What shall become of the lines of a sheet that was read through."""

    sheet = forms.CharField(widget=forms.HiddenInput)
    how = forms.ChoiceField(
        label="What shall become of the costs that are there?",
        choices=[("replace", "Replace them by the sheet"), ("add", "Keep them and add the sheet")],
        widget=Radios,
        error_messages={"required": "Choose whether to replace or to add."},
    )
