"""Ask a question, answer it, correct the answer."""

from typing import Any

from django import forms

from accounts.rules import Refused
from funds.enquiry_rules import ANSWER_WORDS, QUESTION_WORDS
from infra.forms import Radios, WordsField

PRIVATELY, FOR_ALL = "privately", "for_all"


class AskForm(forms.Form):
    """A question about a competition."""

    text = WordsField(
        QUESTION_WORDS,
        label="Your question",
        help_text="About the competition, its rules or its form. Say nothing about what you will bid.",
        error_messages={"required": "Write your question."},
    )


class _Words(forms.Form):
    marks_optional = False
    question = WordsField(
        QUESTION_WORDS,
        label="Question, as everybody reads it",
        help_text="In your own words. Take out names and everything that tells who asked.",
        required=False,
        rows=5,
    )
    answer = WordsField(ANSWER_WORDS, label="Answer", error_messages={"required": "Write the answer."})

    def refuse(self, refused: Refused) -> None:
        """Put what a text must not hold beside the text."""
        self.add_error("answer" if "names who asked" in str(refused) else None, str(refused))


class AnswerForm(_Words):
    """An answer, to one person or to everybody."""

    to = forms.ChoiceField(
        label="Who reads the answer?",
        choices=[(FOR_ALL, "Everybody, on the page of the competition"), (PRIVATELY, "Only the person who asked")],
        widget=Radios(hints={FOR_ALL: "When others would bid better for knowing it."}),
        error_messages={"required": "Choose who reads the answer."},
    )
    field_order = ("to", "question", "answer")

    def __init__(self, data: Any, *, question: str, only_for_all: bool = False) -> None:
        super().__init__(data, initial={"question": question})
        if only_for_all:
            del self.fields["to"]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("to", FOR_ALL) == FOR_ALL and not found.get("question") and "question" not in self.errors:
            self.add_error("question", "Write the question as everybody will read it.")
        return found

    @property
    def is_for_all(self) -> bool:
        """Tell whether everybody reads the answer."""
        return self.cleaned_data.get("to", FOR_ALL) == FOR_ALL

    def texts(self) -> dict[str, str]:
        """Return the texts that the deed takes."""
        names = ("question", "answer") if self.is_for_all else ("answer",)
        return {name: self.cleaned_data[name] for name in names}


class CorrectForm(_Words):
    """A published answer, to be corrected over the version that was read."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    def __init__(self, data: Any, **kept: Any) -> None:
        super().__init__(data, initial=kept)
        self.fields["question"].required = True


class QueueForm(forms.Form):
    """Which questions to show."""

    marks_optional = False
    state = forms.ChoiceField(
        label="Show", required=False, choices=[("", "Waiting for an answer"), ("answered", "Answered privately"),
                                               ("published", "Published"), ("any", "All")],
    )  # fmt: skip
    competition = forms.CharField(label="Competition", help_text="Its reference", max_length=30, required=False)
