"""What people fill in about letters: which ones go in one go, and the annex that comes back signed."""

from collections.abc import Iterable
from typing import Any

from django import forms

from awards.letter_queue import Waiting
from awards.states import LetterDeed
from infra.forms import WordsField

REASON_WORDS = 400


class LetterChoice(forms.Form):
    """Which of the letters that wait are put forward, or issued, in one go."""

    awards = forms.MultipleChoiceField(
        error_messages={
            "required": "Choose at least one letter.",
            "invalid_choice": "A letter that you chose has changed or is done. Look at the list again and choose anew.",
        },
    )
    is_read = forms.BooleanField(
        label="I have read each letter that I have chosen",
        error_messages={"required": "Read the letters first, then tick this."},
    )

    def __init__(self, data: Any = None, *, waiting: Iterable[Waiting], deed: str) -> None:
        super().__init__(data)
        self.fields["awards"].choices = [(row.choice, row.award.reference) for row in waiting]  # type: ignore[attr-defined]
        if deed != LetterDeed.ISSUE:
            del self.fields["is_read"]

    def clean_awards(self) -> list[tuple[str, str]]:
        """Return pairs of an award's reference and the digest of its letter."""
        return [tuple(choice.split(":")) for choice in self.cleaned_data["awards"]]


class Annex(forms.Form):
    """The annex of a letter, signed by a director."""

    name = forms.CharField(
        label="Full name of the director who signed",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    file = forms.FileField(
        label="The signed annex",
        help_text="A PDF of at most 20 MB: the last page of the letter with signature, name, position and date.",
        error_messages={"required": "Choose the PDF of the signed annex."},
    )


class AnnexRefusal(forms.Form):
    """What is wrong with a signed annex."""

    reason = WordsField(label="What is wrong", max_words=REASON_WORDS, rows=4, help_text="The organisation reads this.")
