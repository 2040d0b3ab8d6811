"""One sum of aid that a partner received before."""

from decimal import Decimal
from typing import Any

from django import forms

from accounts.rules import Refused
from bids.forms.placing import place
from funds.states import AidCurrency
from infra.forms import DateField, Line, Radios


class AidForm(forms.Form):
    """A sum, who gave it and when."""

    giver = forms.CharField(
        label="Who gave it?",
        max_length=160,
        error_messages={"required": "Say which body gave the aid.", "max_length": "At most 160 characters fit."},
    )
    scheme = forms.CharField(
        label="Under which scheme?",
        max_length=160,
        required=False,
        error_messages={"max_length": "At most 160 characters fit."},
    )
    granted_on = DateField(label="When was it granted?", help_text="The day of the decision, such as 27 3 2027.")
    currency = forms.ChoiceField(label="Currency", choices=AidCurrency, initial=AidCurrency.GBP, widget=Radios)
    amount = forms.DecimalField(
        label="How much?",
        min_value=Decimal("0.01"),
        max_digits=11,
        decimal_places=2,
        widget=Line(width=10, attrs={"inputmode": "decimal"}),
        error_messages={
            "required": "Enter the amount.", "invalid": "Enter an amount, such as 12,500 or 12500.50.",
            "min_value": "The amount must be above 0.",
        },
    )  # fmt: skip
    pounds_per_euro = forms.DecimalField(
        label="Pounds for one euro on that day",
        help_text="Leave it blank to use the last rate known here.",
        required=False,
        min_value=Decimal("0.1"),
        max_value=10,
        max_digits=7,
        decimal_places=5,
        widget=Line(width=10, attrs={"inputmode": "decimal"}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "Enter a rate, such as 0.86905."),
    )

    def __init__(self, data: Any = None, **options: Any) -> None:
        if data is not None:
            data = data.copy()
            data["amount"] = data.get("amount", "").replace(",", "").replace("£", "").replace("€", "").strip()
        super().__init__(data, **options)

    def refuse(self, refused: Refused) -> None:
        """Put a refusal beside the field that it is about."""
        signs = {"rate": "pounds_per_euro", "amount": "amount", "date": "granted_on", "which body": "giver"}
        place(self, refused, signs)
