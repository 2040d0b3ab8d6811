"""What finance fills in about runs and reports of the bank."""

import datetime as dt
from typing import Any

from django import forms

from awards.bank_files.safe_xml import MOST_BYTES
from infra.forms import DateField, Radios, WordsField

ALL, CHOSEN = "all", "chosen"


class NewRun(forms.Form):
    """Which claims to pay, and when."""

    which = forms.ChoiceField(
        label="Which claims?",
        choices=[(ALL, "Every claim that can be paid"), (CHOSEN, "Only those that I tick below")],
        widget=Radios,
    )
    pay_on = DateField(
        label="Day on which the bank pays", help_text="From today to 30 days from now, such as 27 3 2027"
    )

    def __init__(self, data: Any = None, *, today: dt.date, **options: Any) -> None:
        super().__init__(data, initial={"which": ALL, "pay_on": today + dt.timedelta(days=2)}, **options)


class CancelRun(forms.Form):
    """Why a run is not made."""

    reason = WordsField(label="Why is it cancelled?", max_words=200, rows=4, help_text="The auditor will read it.")


class ReportFile(forms.Form):
    """A status report of the bank."""

    report = forms.FileField(
        label="The bank’s status report",
        help_text="pain.002.001.10 or CSV, at most 20 MB. A CSV has end_to_end_id, status, reason and amount.",
        widget=forms.FileInput(attrs={"accept": ".xml,.csv,text/xml,application/xml,text/csv"}),
        error_messages={"empty": "The file is empty. Choose the report as the bank sent it."},
    )

    def clean_report(self) -> Any:
        if self.cleaned_data["report"].size > MOST_BYTES:
            raise forms.ValidationError("The file is larger than 20 MB. Ask the bank for it in parts.")
        return self.cleaned_data["report"]
