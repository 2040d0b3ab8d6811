"""What people fill in before the letter: judgements, bank details, approvals, ineligible costs."""

from collections.abc import Callable
from typing import Any

from django import forms

from accounts.models import User
from accounts.rules import Refused
from accounts.states import Role
from awards import bank
from awards.before_letter import ANSWERS, CHECKLISTS
from awards.forms import REASON_WORDS
from awards.models import Condition
from awards.states import BankOutcome, Rating
from bids.forms.papers import file_field
from infra.forms import Line, Radios, WordsField

ANSWER = "answer_"


class Judgement(forms.Form):
    """How a condition of an award stands: the checklist of its kind, a rating and reasons."""

    rating = forms.ChoiceField(
        label="Rating",
        choices=Rating.choices,
        widget=Radios(
            hints={
                Rating.GREEN: "Settled: nothing stands against the award.",
                Rating.AMBER: "Settled with a concern: say in the note what it is and what is done about it.",
                Rating.RED: "Not settled: the letter waits. Say in the note what has to change.",
            }
        ),
    )
    note = WordsField(
        label="Note",
        max_words=REASON_WORDS,
        rows=4,
        required=False,
        help_text="Needed for amber and red. The organisation that it is about can read it.",
    )

    def __init__(self, data: Any = None, *, condition: Condition) -> None:
        initial: dict[str, Any] = {"rating": condition.rating, "note": condition.note}
        initial |= {f"{ANSWER}{code}": answer for code, answer in condition.answers.items()}
        super().__init__(data, initial=initial)
        asked = {
            f"{ANSWER}{question.code}": forms.ChoiceField(
                label=question.text, choices=ANSWERS, widget=forms.RadioSelect(attrs={"class": "govuk-radios--inline"})
            )
            for question in CHECKLISTS.get(condition.kind, ())
        }
        self.fields = {**asked, **self.fields}

    def judged(self) -> dict[str, Any]:
        """Return rating, note and answers as the action takes them."""
        given = self.cleaned_data
        answers = {name.removeprefix(ANSWER): given[name] for name in given if name.startswith(ANSWER)}
        return {"rating": given["rating"], "note": given["note"], "answers": answers}


class Paper(forms.Form):
    """A paper behind a judgement."""

    file = file_field("Paper")


class BankDetailsForm(forms.Form):
    """Where an organisation is paid."""

    holder = forms.CharField(
        label="Name on the account", max_length=70, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    sort_code = forms.CharField(
        label="Sort code",
        max_length=20,
        help_text="Six digits, such as 12-34-56",
        widget=Line(width=5, attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    number = forms.CharField(
        label="Account number",
        max_length=20,
        help_text="Eight digits; put zeros before a shorter one",
        widget=Line(width=10, attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_holder(self) -> str:
        return _read(bank.read_holder, self.cleaned_data["holder"])

    def clean_sort_code(self) -> str:
        return _read(bank.read_sort_code, self.cleaned_data["sort_code"])

    def clean_number(self) -> str:
        return _read(bank.read_number, self.cleaned_data["number"])

    def refuse(self, refused: Refused) -> None:
        """Put a refusal of the account beside its number."""
        self.add_error("number" if "account number" in str(refused) else None, str(refused))


def _read(reads: Callable[[str], str], typed: str) -> str:
    """Return what was typed as it is kept; what cannot be becomes an error of the field."""
    try:
        return reads(typed)
    except Refused as refused:
        raise forms.ValidationError(str(refused)) from refused


class BankCheckForm(forms.Form):
    """What a second person finds of bank details."""

    outcome = forms.ChoiceField(
        label="What have you found?",
        choices=BankOutcome.choices,
        widget=Radios(
            hints={
                BankOutcome.VERIFIED: "The account is the organisation's own. It is used from now on.",
                BankOutcome.REFUSED: "Nothing is paid to it. The organisation is told why.",
            }
        ),
    )
    note = WordsField(
        label="How did you check it, or why is it refused?",
        max_words=REASON_WORDS,
        rows=4,
        help_text="For example: called back on the number in the register, and asked for the last digits. The"
        " organisation reads why it is refused.",
    )


class LargeAward(forms.Form):
    """Why a large award is worth its sum."""

    reason = WordsField(label="Why is the award worth this sum?", max_words=REASON_WORDS, rows=6)


class OfficerChoice(forms.Form):
    """Who is responsible for an award."""

    officer = forms.ModelChoiceField(label="Responsible officer", queryset=User.objects.none())

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        chosen: Any = self.fields["officer"]
        held = {"memberships__role": Role.FUND_MANAGER, "memberships__ended_at": None}
        chosen.queryset = User.objects.filter(is_active=True, **held).distinct().order_by("full_name", "pk")
