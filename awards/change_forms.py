"""What officials fill in about suspensions, variations and money asked back."""

from collections.abc import Mapping
from typing import Any

from django import forms

from accounts.models import Organisation
from awards.forms import PenceField
from awards.models import AwardPartner
from awards.states import RecoveryKind
from bids.states import CostCategory
from funds.money import pounds
from infra.forms import DateField, Line, PoundsField, Radios, WordsField

WHY = "The organisation and the auditor will read it."


class Why(forms.Form):
    """A reason."""

    reason = WordsField(label="Reason", max_words=400, rows=4, help_text=WHY)


class LaterEnd(Why):
    """A later end of a project."""

    ends_on = DateField(label="New last day of the project", help_text="The last day of a month, such as 31 8 2028")
    field_order = ("ends_on", "reason")


class MovedCosts(Why):
    """A partner's eligible cost by category, in whole pounds, together as before."""

    def __init__(self, data: Any = None, *, part: AwardPartner, **options: Any) -> None:
        super().__init__(data, **options)
        for category in CostCategory:
            self.fields[category] = PoundsField(label=category.label, min_value=0, initial=part.costs.get(category, 0))
        self.order_fields([*CostCategory.values, "reason"])

    def facts(self) -> dict[str, Any]:
        """Return what the action needs."""
        return {
            "costs": {category: self.cleaned_data[category] for category in CostCategory.values},
            "reason": self.cleaned_data["reason"],
        }


class OtherPartner(Why):
    """Another organisation in a partner's place."""

    company_or_ods = forms.CharField(
        label="Company number or ODS code of the new organisation", max_length=20, widget=Line(width=10),
        help_text="The organisation must be registered here.",
    )  # fmt: skip
    field_order = ("company_or_ods", "reason")

    def clean_company_or_ods(self) -> str:
        typed = self.cleaned_data["company_or_ods"].strip().upper()
        found = Organisation.objects.filter(company_number=typed) | Organisation.objects.filter(ods_code=typed)
        self.organisation = found.first()
        if self.organisation is None:
            raise forms.ValidationError(
                "No organisation with this number is registered here. It has to register first."
            )
        return typed

    def facts(self) -> dict[str, Any]:
        """Return what the action needs."""
        return {"organisation": self.organisation, "reason": self.cleaned_data["reason"]}


class NotSpent(Why):
    """What a partner will not spend of a financial year.

    Args:
        years: financial year to the pence that can be released at most.
    """

    year = forms.ChoiceField(label="Financial year", widget=Radios)
    pence = PenceField(label="How much will not be spent?", least=1, max_length=20)
    field_order = ("year", "pence", "reason")

    def __init__(self, data: Any = None, *, years: Mapping[str, int]) -> None:
        super().__init__(data)
        chosen: Any = self.fields["year"]
        chosen.choices = [(year, f"{year}: {pounds(left)} at most") for year, left in years.items()]


class AskBack(Why):
    """Money of a paid claim that has to come back."""

    kind = forms.ChoiceField(label="Why does it come back?", choices=RecoveryKind.choices, widget=Radios)
    pence = PenceField(label="How much?", least=1, max_length=20)
    field_order = ("kind", "pence", "reason")


class Received(forms.Form):
    """What the bank's statement says of money that came."""

    bank_reference = forms.CharField(
        label="Bank reference", max_length=60, help_text="As on the bank’s statement.", widget=Line(width=20)
    )
