"""What a partner asks for, and where its match funding comes from."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.rules import Refused
from bids import match, queries
from bids.forms.papers import FILE_SIGNS, file_field
from bids.forms.placing import place
from bids.models import MatchSource, Partner
from bids.seen import FUNDING
from bids.states import MatchKind
from funds.forms.seen import SeenForm
from funds.seen import Outdated, key_of
from infra.forms import DateField, PercentField, PoundsField, Radios


class FundingForm(SeenForm):
    """How much grant a partner asks for, and what other public money it has."""

    percent = PercentField(
        label="How much of the costs should the grant meet?",
        error_messages={
            "required": "Enter the percentage of grant; 0 if this partner asks for none.",
            **dict.fromkeys(("min_value", "max_value"), "The percentage must be between 0 and 100."),
        },
    )
    other_public_pounds = PoundsField(
        label="Other public funding for this project",
        help_text="Grants from any public body. It counts against the ceiling and is not match funding. 0 if none.",
        error_messages={
            "required": "Enter the other public funding; 0 if there is none.",
            "min_value": "Other public funding cannot be less than £0.",
            "max_value": "Other public funding cannot be that much. Check the figure.",
        },
    )

    def __init__(self, data: Any, *, partner: Partner, because: str) -> None:
        kept = {"percent": f"{partner.percent.normalize():f}", "other_public_pounds": partner.other_public_pounds}
        super().__init__(data, initial=kept | {"seen": key_of(partner, FUNDING)})
        self.fields["percent"].help_text = f"You can ask for at most {because}."

    def refuse(self, refused: Refused) -> None:
        """Put a refusal beside the figure that it is about."""
        if isinstance(refused, Outdated):
            self.show_theirs(refused)
            return
        place(self, refused, {"public funding": "other_public_pounds", "percentage": "percent", "%": "percent"})


class MatchForm(forms.Form):
    """A source of match funding."""

    kind = forms.ChoiceField(
        label="Where does the money come from?",
        widget=Radios,
        error_messages={"required": "Choose where the match funding comes from."},
    )
    funder = forms.CharField(
        label="Who gives it?",
        max_length=160,
        required=False,
        help_text="The company or person as the evidence names them. Public bodies cannot give match funding.",
        error_messages={
            "max_length": "The funder’s name must have at most 160 characters.",
        },
    )
    amount_pounds = PoundsField(
        label="How much?",
        min_value=1,
        error_messages={
            "required": "Enter the amount of match funding.",
            "min_value": "Match funding must be at least £1.",
            "max_value": "Match funding cannot be that much. Check the figure.",
        },
    )
    secured_on = DateField(
        label="When was it secured?",
        help_text="For example 27 3 2027.",
        error_messages={"required": "Enter the day on which the money was secured."},
    )
    available_on = DateField(
        label="From when can it be spent?",
        help_text="For example 1 6 2027.",
        error_messages={"required": "Enter the day from which the money can be spent."},
    )

    marks_optional = False

    def __init__(self, data: Any, *, partner: Partner, today: dt.date) -> None:
        super().__init__(data)
        self.today, self.own_name = today, partner.organisation.name
        self.fields["funder"].help_text += f" Leave it empty for the own reserves of {self.own_name}."
        kinds = queries.match_kinds(partner.bid.competition)
        self.fields["kind"].choices = [(k.value, k.label) for k in MatchKind if k in kinds]  # type: ignore[attr-defined]

    def refuse(self, refused: Refused) -> None:
        """Put a refusal beside the answer that it is about."""
        place(self, refused, {"public money": "funder", "available": "available_on", "secured": "secured_on"})

    def clean_funder(self) -> str:
        """Return the funder in one spelling, the partner for its own reserves; refuse a public body."""
        funder = match.tidy(self.cleaned_data["funder"])
        if not funder and self.cleaned_data.get("kind") == MatchKind.OWN_RESERVES:
            return self.own_name[:160]
        if not funder:
            raise ValidationError("Say who gives the match funding.")
        if match.is_public(funder):
            raise ValidationError(
                f"{funder} is public money, which cannot be match funding. Enter it under other public funding instead."
            )
        return funder

    def clean_secured_on(self) -> dt.date:
        """Return a day that has come."""
        day = self.cleaned_data["secured_on"]
        if day > self.today:
            raise ValidationError("Match funding must be secured already: give the day on which it was.")
        return day

    def clean_available_on(self) -> dt.date:
        """Return a day that is not before the money was secured."""
        day, secured = self.cleaned_data["available_on"], self.cleaned_data.get("secured_on")
        if secured and day < secured:
            raise ValidationError("Match funding cannot be available before it was secured. Check both dates.")
        return day


class EvidenceForm(forms.Form):
    """A document that shows match funding, and the date that stands on it."""

    file = file_field("Evidence")
    dated_on = DateField(
        label="Which date stands on it?",
        help_text="For example 27 3 2027.",
        error_messages={"required": "Enter the date that stands on the evidence."},
    )

    def __init__(self, *data: Any, source: MatchSource, today: dt.date) -> None:
        super().__init__(*data)
        self.source, self.today = source, today

    def refuse(self, refused: Refused) -> None:
        """Put a refusal of the file beside the file."""
        place(self, refused, FILE_SIGNS)

    def clean_dated_on(self) -> dt.date:
        """Return a date that lets the document count as evidence."""
        day = self.cleaned_data["dated_on"]
        try:
            match.must_be_fresh(self.source.kind, day, self.today)
        except Refused as refused:
            raise ValidationError(str(refused)) from refused
        return day
