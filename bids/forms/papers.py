"""Answers, documents and the declaration."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.rules import Refused
from bids.documents import Place
from bids.forms.placing import place
from bids.models import Answer, Bid
from bids.readiness import NotReady, Problem
from funds.models import Question
from infra.filters import uk_seconds
from infra.forms import Radios, Words


class AnswerText(forms.CharField):
    """A text that may be empty and is kept as typed; what cannot be kept, the action refuses."""

    def clean(self, value: Any) -> str:
        """Return the text as typed."""
        return self.to_python(value) or ""


class AnswerForm(forms.Form):
    """The text under a question; `version` is the one that the writer saw."""

    text = AnswerText(label="Your answer", strip=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    is_complete = forms.BooleanField(label="I have finished this answer", required=False)
    is_saved = False

    def __init__(self, data: Any = None, *, question: Question, **kept: Any) -> None:
        super().__init__(data, initial=kept)
        self.question = question
        self.fields["text"].widget = Words(question.word_limit, attrs={"rows": 16})

    @classmethod
    def opened(cls, question: Question, answer: Answer | None, typed: Any) -> tuple["AnswerForm", bool]:
        """Return the form with what was typed before a lost session, or else what is saved; tell which."""
        if typed:
            return cls(typed, question=question), True
        kept = {"text": answer.text, "is_complete": answer.is_complete, "version": answer.version} if answer else {}
        return cls(question=question, **{"version": 0, **kept}), False

    def at_version(self, version: int) -> "AnswerForm":
        """Return the form as typed, to be saved over this version."""
        typed = {name: self.data.get(name, "") for name in self.fields}
        return AnswerForm(typed | {"version": version}, question=self.question)


_FILE_TYPES = ".pdf,.docx,.xlsx,.png,.jpg,.jpeg"
FILE_SIGNS = {"file": "file", "pdf": "file", "picture": "file", "appendix": "file"}


def file_field(label: str) -> forms.FileField:
    """Return the question for a file."""
    return forms.FileField(
        label=label,
        help_text="PDF, Word, Excel, PNG or JPEG, at most 20 MB, without a password.",
        widget=forms.FileInput(attrs={"accept": _FILE_TYPES}),
        error_messages={"required": "Choose a file.", "empty": "The file is empty."},
    )


class FileForm(forms.Form):
    """A file that takes the place of another."""

    file = file_field("Document")

    def refuse(self, refused: Refused) -> None:
        """Put a refusal of the file beside the file."""
        place(self, refused, FILE_SIGNS)


class DocumentForm(FileForm):
    """A document of the bid and what it is for."""

    kind = forms.ChoiceField(
        label="What is it for?",
        widget=Radios,
        error_messages={"required": "Choose what the document is for."},
    )

    def __init__(self, data: Any = None, files: Any = None, *, places: Sequence[Place], chosen: str = "") -> None:
        super().__init__(data, files, initial={"kind": chosen})
        self.places = {p.key: p for p in places}
        hints = {key: p.guidance for key, p in self.places.items() if p.guidance}
        choices = [(key, p.title) for key, p in self.places.items()]
        self.fields["kind"].widget = Radios(hints=hints)
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Any]:
        """Return the file, its name and what it is for."""
        file, where = self.cleaned_data["file"], self.places[self.cleaned_data["kind"]]
        facts = {"kind": where.kind, "question": where.question, "asked": where.asked}
        return {"file": file, "filename": file.name, **facts}


class DeclarationForm(forms.Form):
    """What the lead declares; the key makes a repeated press the same press."""

    key = forms.CharField(
        max_length=64,
        widget=forms.HiddenInput,
        error_messages={"required": "Open the page again and press submit once more."},
    )
    agrees = forms.BooleanField(
        label="I declare this for the lead organisation",
        error_messages={"required": "Tick the box to declare this before you submit."},
    )
    problems: tuple[Problem, ...] = ()

    def __init__(self, data: Any, *, bid: Bid, contact: dt.datetime, key: str) -> None:
        super().__init__(data, initial={"key": key})
        self.bid, self.contact = bid, contact

    def refuse(self, refused: Refused) -> None:
        """Keep everything that is missing apart; say to the second how late a late bid is."""
        why = str(refused)
        if isinstance(refused, NotReady):
            self.problems = refused.problems
            why = "The bid cannot be submitted yet. The list below says what is missing."
        elif self.contact > (closes_at := self.bid.competition.closes_at):
            why = f"{why} The deadline was {uk_seconds(closes_at)}; you reached us on {uk_seconds(self.contact)}."
        self.add_error(None, why)
