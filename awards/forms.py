"""What people fill in about awards, letters, match funding and claims."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms

from accounts.models import Organisation
from accounts.states import OrganisationKind
from awards.models import Claim
from awards.rules import Line as ClaimedItem
from awards.states import AwardState, ClaimState
from bids.states import CostCategory
from infra.forms import DateField, Line, PoundsField, WordsField

ITEM = ("category", "description", "incurred_on", "pence", "invoice_number")
REASON_WORDS = 400
MOST_ITEMS = 200
LARGEST_LETTER = 5_000_000  # bytes
TOO_LARGE = "The file is larger than 5 MB, and no award letter is. Choose the letter as you received it."


class PenceField(forms.CharField):
    """A sum in pounds and pence, kept as whole pence; people may type £, commas and spaces."""

    def __init__(self, *, least: int = 0, **options: Any) -> None:
        super().__init__(**options | {"widget": Line(prefix="£", width=10, attrs={"inputmode": "decimal"})})
        self.least = least

    def prepare_value(self, value: Any) -> Any:
        return f"{value // 100}.{value % 100:02d}" if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        typed = re.sub(r"[£,\s]", "", super().clean(value))
        if not typed:
            return None
        try:
            pounds = Decimal(typed)
        except InvalidOperation:
            pounds = Decimal("NaN")
        if not pounds.is_finite() or abs(pounds) > 10**10 or (pence := pounds * 100) != int(pence):
            raise forms.ValidationError("Enter a sum in pounds and pence, such as 1,234.50.")
        if pence < self.least:
            raise forms.ValidationError("Enter a sum of £0.01 or more." if self.least else "Enter a sum of £0 or more.")
        return int(pence)


class AwardFilter(forms.Form):
    """Which awards to list."""

    marks_optional = False
    state = forms.ChoiceField(label="State", required=False, choices=[("", "Any"), *AwardState.choices])


class ClaimFilter(forms.Form):
    """Which claims to list."""

    marks_optional = False
    state = forms.ChoiceField(label="State", required=False, choices=[("", "Any"), *ClaimState.choices])


class Reason(forms.Form):
    """Why something is not agreed to."""

    reason = WordsField(label="Reason", max_words=REASON_WORDS, rows=5, help_text="The organisation will read it.")


class PublicReason(forms.Form):
    """Why an award ends."""

    reason = WordsField(
        label="Reason",
        max_words=REASON_WORDS,
        rows=5,
        help_text="The organisation and the auditor will read it.",
    )


class NetworkChoice(forms.Form):
    """Which network monitors an award."""

    network = forms.ModelChoiceField(
        label="Network", queryset=Organisation.objects.filter(kind=OrganisationKind.AHSN).order_by("name")
    )


class Acceptance(forms.Form):
    """A director accepts the award."""

    name = forms.CharField(
        label="Full name of the director who accepts",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    is_stated = forms.BooleanField(
        label="I am a director of the lead. I have read the award letter, and I accept the award on its terms.",
        error_messages={"required": "Tick the statement to accept the award."},
    )


class Seen(forms.Form):
    """The content that a person has seen, by its digest: a second person approves that and nothing else."""

    sha256 = forms.CharField(max_length=64, widget=forms.HiddenInput)


class Confirmation(forms.Form):
    """Nothing but a button."""


class Period(forms.Form):
    """What to claim for."""

    period = forms.ChoiceField(label="What do you claim for?", widget=forms.RadioSelect)

    def __init__(self, data: Any = None, *, periods: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["period"].choices = periods  # type: ignore[attr-defined]


class Item(forms.Form):
    """One item of spend on a claim."""

    category = forms.ChoiceField(label="Category")
    description = forms.CharField(label="Description", max_length=200)
    invoice_number = forms.CharField(
        label="Invoice or payroll number", max_length=60, required=False, widget=Line(width=20)
    )
    incurred_on = DateField(label="Date incurred", help_text="For example, 27 3 2027")
    pence = PenceField(label="Cost", least=1, max_length=20)

    def __init__(self, *args: Any, categories: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        names = [(category, CostCategory(category).label) for category in categories]
        self.fields["category"].choices = [("", "Choose one"), *names]  # type: ignore[attr-defined]

    def line(self) -> ClaimedItem:
        """Return the item as claims keep it."""
        return ClaimedItem(**{name: self.cleaned_data[name] for name in ITEM})


class BaseItems(forms.BaseFormSet):
    """All items of a claim."""

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        """Add the box that takes an item off."""
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = "Remove this item"

    def lines(self) -> list[ClaimedItem]:
        """Return the items that are filled in and not taken off."""
        kept = [form for form in self.forms if form not in self.deleted_forms]
        return [form.line() for form in kept if form.cleaned_data]


Items = forms.formset_factory(
    Item, formset=BaseItems, extra=0, max_num=MOST_ITEMS, absolute_max=MOST_ITEMS + 20, can_delete=True,
    can_delete_extra=False,
)  # fmt: skip


class MatchSpent(forms.Form):
    """Match funding spent in the period of a claim."""

    match_pence = PenceField(label="Match funding spent in this period", max_length=20)


class ClaimDeclaration(forms.Form):
    """What a claimant declares."""

    is_declared = forms.BooleanField(
        label="All items are for this project and this period, are paid, and are claimed nowhere else.",
        error_messages={"required": "Tick the declaration to submit the claim."},
    )


class Paid(forms.Form):
    """What the bank says of a payment."""

    bank_reference = forms.CharField(
        label="Bank reference", max_length=60, help_text="As on the bank’s statement.", widget=Line(width=20)
    )


class LetterCode(forms.Form):
    """The short code on a letter."""

    code = forms.CharField(
        label="Short code",
        max_length=20,
        help_text="Eight letters and digits beside the QR code, such as 7K3F-9QPD",
        widget=Line(width=10, attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class LetterFile(forms.Form):
    """A letter's file."""

    letter = forms.FileField(
        label="The letter as a PDF",
        help_text="At most 5 MB. The file is checked and not kept.",
        widget=forms.FileInput(attrs={"accept": ".pdf,application/pdf"}),
        error_messages={"empty": "The file is empty. Choose the letter as you received it."},
    )

    def clean_letter(self) -> Any:
        if self.cleaned_data["letter"].size > LARGEST_LETTER:
            raise forms.ValidationError(TOO_LARGE)
        return self.cleaned_data["letter"]

    @classmethod
    def too_large(cls) -> "LetterFile":
        """Return the form as it stands after a file that was too large to be read at all."""
        form = cls({})
        form.errors.clear()
        form.add_error("letter", TOO_LARGE)
        return form


def items_of(claim: Claim, data: Any, *, blanks: int) -> BaseItems:
    """Return the items of a claim to be written, with empty ones below.

    An item can be in each category in which the claimant was awarded something.
    """
    part = claim.award.partners.get(organisation=claim.organisation_id)
    categories = [category for category in CostCategory.values if part.costs.get(category)]
    there = list(claim.lines.order_by("id").values(*ITEM))
    items: Any = Items(data, initial=there, form_kwargs={"categories": categories})
    items.extra = blanks
    return items
