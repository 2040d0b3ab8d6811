"""What people fill in about match funding."""

from typing import Any

from django import forms

from awards.forms import REASON_WORDS
from bids.forms.papers import file_field
from bids.match_checks import CHECKS
from bids.models import MatchSource
from bids.states import MatchKind, MatchState
from infra.forms import DateField, PoundsField, WordsField


class QueueFilter(forms.Form):
    """Which sources of match funding to list, and in which order."""

    marks_optional = False
    state = forms.ChoiceField(
        label="State", required=False, choices=[("", "Waiting for a decision"), *MatchState.choices[2:]]
    )
    stage = forms.ChoiceField(
        label="Bids", required=False, choices=[("", "Funded by the panel"), ("all", "All that are submitted")]
    )
    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "Any"), *MatchKind.choices])
    whose = forms.ChoiceField(
        label="Cases", required=False, choices=[("", "All"), ("mine", "Mine"), ("free", "Nobody’s")]
    )
    order = forms.ChoiceField(
        label="Order", required=False, choices=[("", "Longest waiting first"), ("amount", "Largest first")]
    )
    flagged = forms.BooleanField(label="Only money that is cited twice", required=False)
    text = forms.CharField(label="Funder, partner or bid", required=False, max_length=100)


class Verified(forms.Form):
    """What was checked on the evidence of a source of match funding, and how much has been seen."""

    marks_optional = False  # of money that is cited twice the deed wants a reason, and names the other bids
    checks = forms.MultipleChoiceField(
        label="What you have checked",
        widget=forms.CheckboxSelectMultiple,
        help_text="If something does not hold, query or reject the source instead.",
        error_messages={"required": "Tick every check before you verify."},
    )
    pounds = PoundsField(
        label="Amount verified", min_value=1, help_text="Whole pounds: all that was declared, or less."
    )
    duplicate_reason = WordsField(
        label="Why this money counts here as well",
        max_words=REASON_WORDS,
        rows=4,
        required=False,
        help_text="Only officials read it.",
    )
    covers_pounds = PoundsField(
        label="What the shared evidence covers in all",
        required=False,
        min_value=1,
        help_text="Leave it empty if it covers no more than the largest amount declared on it.",
    )

    def __init__(self, data: Any = None, *, source: MatchSource, is_shared: bool, **options: Any) -> None:
        super().__init__(data, initial={"pounds": source.amount_pounds}, **options)
        self.fields["checks"].choices = list(CHECKS[source.kind])  # type: ignore[attr-defined]
        if not is_shared:
            del self.fields["duplicate_reason"], self.fields["covers_pounds"]


class Reason(forms.Form):
    """Why a source is not verified, or no longer."""

    reason = WordsField(label="Reason", max_words=REASON_WORDS, rows=5, help_text="The applicant will read it.")


class Message(forms.Form):
    """Something to say to the other side."""

    text = WordsField(label="Message", max_words=REASON_WORDS, rows=4)


class Answer(Message):
    """An answer to the department, perhaps with new evidence."""

    file = file_field("New evidence")
    dated_on = DateField(label="Which date stands on it?", help_text="For example 27 3 2027.", required=False)

    def __init__(self, *data: Any, may_give: bool) -> None:
        super().__init__(*data)
        if may_give:
            self.fields["file"].required = False
        else:
            del self.fields["file"], self.fields["dated_on"]
