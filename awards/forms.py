"""What people fill in about awards, letters, match funding and claims."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms

from accounts.models import Organisation
from accounts.states import OrganisationKind
from awards.actions.acceptance import STATEMENT
from awards.states import AwardState, ClaimState
from infra.forms import Line, WordsField, bare

REASON_WORDS = 400
LARGEST_LETTER = 5_000_000  # bytes
TOO_LARGE = "The file is larger than 5 MB, and no award letter is. Choose the letter as you received it."


class PenceField(forms.CharField):
    """A sum in pounds and pence, kept as whole pence; people may type £, commas between thousands and spaces."""

    def __init__(self, *, least: int = 0, **options: Any) -> None:
        super().__init__(**options | {"widget": Line(prefix="£", width=10, attrs={"inputmode": "decimal"})})
        self.least = least

    def prepare_value(self, value: Any) -> Any:
        return f"{value // 100}.{value % 100:02d}" if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        typed = bare(super().clean(value))
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
        label=STATEMENT,
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


class Paid(forms.Form):
    """What the bank says of a payment."""

    bank_reference = forms.CharField(
        label="Bank reference", max_length=60, help_text="As on the bank’s statement.", widget=Line(width=20)
    )


class LetterCode(forms.Form):
    """The short code on a letter."""

    code = forms.CharField(
        label="Short code",
        max_length=80,
        help_text="Eight letters and digits beside the QR code, such as 7K3F-9QPD; or the SHA-256 of the file",
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
