"""What a partner asks for, and where its match funding comes from."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.rules import Refused
from bids import match
from bids.forms.papers import FILE_SIGNS, file_field
from bids.forms.placing import place
from bids.models import MatchSource, Partner
from bids.seen import FUNDING
from funds.forms.seen import SeenForm
from funds.seen import Outdated, key_of
from infra.forms import DateField, PercentField, PoundsField


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
