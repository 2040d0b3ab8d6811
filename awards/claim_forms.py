"""What people fill in about claims, item by item, and about the reports that money waits for."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from accounts.models import Organisation
from accounts.rules import Refused
from accounts.states import OrganisationKind
from awards import claim_rules, rules
from awards.forms import REASON_WORDS, PenceField
from awards.models import Claim, ClaimDocument, ClaimLine
from awards.states import ClaimState, Rating
from bids.models import MatchSource
from bids.states import CostCategory
from infra.forms import DateField, Line, Radios, WordsField

FILE_TYPES = ".pdf,.docx,.xlsx,.png,.jpg,.jpeg"
AGES = (("", "Any"), ("5", "More than 5 days"), ("30", "More than 30 days"))


def file_field(label: str, *, required: bool = True) -> forms.FileField:
    """Return the question for a file."""
    return forms.FileField(
        label=label,
        required=required,
        help_text="PDF, Word, Excel, PNG or JPEG, at most 20 MB, without a password.",
        widget=forms.FileInput(attrs={"accept": FILE_TYPES}),
        error_messages={"required": "Choose a file.", "empty": "The file is empty."},
    )


class Proved(forms.Form):
    """What can be proved by files of the claim, and by a new one."""

    was = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)

    def _ask_for_proof(self, documents: Sequence[ClaimDocument]) -> None:
        self.fields["file"] = file_field("Evidence: an invoice, receipt or payroll report", required=False)
        if documents:
            self.fields["documents"] = forms.TypedMultipleChoiceField(
                label="Files of this claim that prove it",
                required=False,
                coerce=int,
                choices=[(document.pk, document.filename) for document in documents],
                widget=forms.CheckboxSelectMultiple,
            )
        self.fields["no_evidence_reason"] = forms.CharField(
            label="If there is no evidence: why not?", max_length=400, required=False
        )

    def proof(self) -> dict[str, Any]:
        """Return what the deed needs besides the line."""
        data = self.cleaned_data
        return {"was": data["was"], "file": data.get("file"), "documents": data.get("documents") or ()}

    def refuse(self, refused: Refused) -> None:
        """Put a refusal of the file beside the file."""
        is_file = str(refused).startswith(("The file", "Give a", "The PDF", "The picture"))
        self.add_error("file" if is_file else None, str(refused))


class ItemForm(Proved):
    """One item of spend."""

    category = forms.ChoiceField(label="Category", error_messages={"required": "Choose a category."})
    description = forms.CharField(label="What was bought, or who was paid", max_length=200)
    supplier = forms.CharField(label="Supplier", max_length=120, required=False, help_text="As on the invoice.")
    invoice_number = forms.CharField(
        label="Invoice or payroll number", max_length=60, required=False, widget=Line(width=20)
    )
    incurred_on = DateField(label="Date incurred", help_text="For example, 27 3 2027")
    pence = PenceField(label="Cost", least=1, max_length=20, help_text="Without VAT that you can reclaim.")

    def __init__(
        self, *args: Any, categories: Iterable[str], documents: Sequence[ClaimDocument], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        names = [(category, CostCategory(category).label) for category in categories]
        self.fields["category"].choices = [("", "Choose one"), *names]  # type: ignore[attr-defined]
        self._ask_for_proof(documents)
        self.fields["duplicate_reason"] = forms.CharField(
            label="If it looks like another item: why is it not the same cost twice?", max_length=400, required=False
        )

    def line(self) -> rules.Line:
        """Return the item as claims keep it."""
        names = ("category", "description", "incurred_on", "pence", "invoice_number", "supplier")
        reasons = ("no_evidence_reason", "duplicate_reason")
        return rules.Line(**{name: self.cleaned_data[name] for name in (*names, *reasons)})


class MatchForm(Proved):
    """Match funding that was spent."""

    source = forms.ModelChoiceField(
        label="Source", queryset=MatchSource.objects.none(), empty_label="Choose one",
        error_messages={"required": "Choose the source that the money came from."},
    )  # fmt: skip
    description = forms.CharField(label="What it paid for", max_length=200)
    spent_on = DateField(label="Date spent", help_text="For example, 27 3 2027")
    pence = PenceField(label="Amount", least=1, max_length=20)

    def __init__(self, *args: Any, claim: Claim, documents: Sequence[ClaimDocument], **options: Any) -> None:
        super().__init__(*args, **options)
        part = claim.award.partners.get(organisation=claim.organisation_id)
        self.fields["source"].queryset = MatchSource.objects.filter(partner=part.partner_id)  # type: ignore[attr-defined]
        self._ask_for_proof(documents)

    def line(self) -> rules.MatchLine:
        """Return the entry as claims keep it."""
        data = self.cleaned_data
        return rules.MatchLine(
            data["description"], data["spent_on"], data["pence"], data["source"].pk, data["no_evidence_reason"]
        )


class ClaimDeclaration(forms.Form):
    """What a claimant declares."""

    is_declared = forms.BooleanField(
        label=claim_rules.DECLARATION, error_messages={"required": "Tick the declaration to submit the claim."}
    )


class NilDeclaration(forms.Form):
    """What a claimant declares that claims nothing."""

    is_declared = forms.BooleanField(
        label="Nothing was spent on this project in this period, and nothing is claimed for it.",
        error_messages={"required": "Tick the declaration to submit the claim."},
    )


class FileForm(forms.Form):
    """A file that takes the place of another, or a report."""

    file = file_field("File")

    def refuse(self, refused: Refused) -> None:
        """Put a refusal beside the file."""
        self.add_error("file", str(refused))


class SheetForm(forms.Form):
    """A spreadsheet of items."""

    file = forms.FileField(
        label="Spreadsheet of items",
        help_text="Excel (.xlsx) or CSV with the headings of our template, at most 2 MB and 500 rows.",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"required": "Choose a spreadsheet.", "empty": "The file is empty."},
    )

    def refuse(self, refused: Refused) -> None:
        """Put what is wrong with the file beside it."""
        self.add_error("file", str(refused))


class TakeOverForm(forms.Form):
    """What shall become of the items of a sheet that was read through."""

    sheet = forms.CharField(widget=forms.HiddenInput)
    how = forms.ChoiceField(
        label="What shall become of the items that are there?",
        choices=[("add", "Keep them and add the sheet"), ("replace", "Replace them by the sheet")],
        widget=Radios,
        error_messages={"required": "Choose whether to replace or to add."},
    )


class Questions(forms.Form):
    """What is asked about a claim as a whole and about single items."""

    reason = WordsField(
        label="What do you need from the claimant?", max_words=REASON_WORDS, rows=4,
        help_text="They read it. Ask about single items below.",
    )  # fmt: skip

    def __init__(self, *args: Any, items: Sequence[ClaimLine], **options: Any) -> None:
        super().__init__(*args, **options)
        for item in items:
            label = f"About “{item.description}”"
            self.fields[f"item_{item.pk}"] = forms.CharField(label=label, max_length=1_000, required=False)

    def facts(self) -> dict[str, Any]:
        """Return the reason and the question about each item."""
        asked = {
            int(name.removeprefix("item_")): text
            for name, text in self.cleaned_data.items()
            if name.startswith("item_") and text
        }
        return {"reason": self.cleaned_data["reason"], "questions": asked}


class Answer(forms.Form):
    """An answer to a question about an item."""

    text = WordsField(label="Your answer", max_words=REASON_WORDS, rows=5)


class Disallowed(forms.Form):
    """How much of an item does not count, and why."""

    pence = PenceField(label="Amount that is disallowed", max_length=20, help_text="£0 takes it back.")
    reason = forms.CharField(
        label="Reason", max_length=1_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The claimant reads it. They need not submit the claim again.",
    )  # fmt: skip


class Review(forms.Form):
    """The yearly review of an award."""

    year = forms.TypedChoiceField(label="Year of the project", coerce=int)
    rating = forms.ChoiceField(label="Rating", choices=Rating.choices, widget=Radios())
    note = WordsField(label="What was found", max_words=REASON_WORDS, rows=6)

    def __init__(self, *args: Any, years: Sequence[int], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["year"].choices = [(year, f"Year {year}") for year in years]  # type: ignore[attr-defined]


class BoardFilter(forms.Form):
    """Which claims the board shows."""

    marks_optional = False
    q = forms.CharField(label="Search", required=False, max_length=100, help_text="Claim, claimant or project")
    state = forms.ChoiceField(
        label="State", required=False,
        choices=[("", "Any"), ("open", "Not paid yet"), *[c for c in ClaimState.choices if c[0] != ClaimState.DRAFT]],
    )  # fmt: skip
    network = forms.ModelChoiceField(
        label="Network", required=False, empty_label="Any",
        queryset=Organisation.objects.filter(kind=OrganisationKind.AHSN).order_by("name"),
    )  # fmt: skip
    age = forms.ChoiceField(label="Waiting", required=False, choices=AGES)
    late = forms.BooleanField(label="Submitted late", required=False)
