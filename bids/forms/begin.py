"""Begin a bid, and say which organisations are in it."""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import Organisation
from accounts.rules import BadIdentifier, Refused, company_number, is_company
from accounts.states import OrganisationKind, Size
from bids.forms.placing import place
from bids.forms.project import category_field, title_field
from funds.models import Competition, Strand
from infra.forms import Line, Radios

KIND = OrganisationKind
SIZES = {
    Size.MICRO: "Fewer than 10 staff, and turnover or balance sheet of at most €2 million",
    Size.SMALL: "Fewer than 50 staff, and turnover or balance sheet of at most €10 million",
    Size.MEDIUM: "Fewer than 250 staff, and turnover of at most €50 million or balance sheet of at most €43 million",
    Size.LARGE: "Anything larger",
}


class StartForm(forms.Form):
    """Begin a bid: for whom, in which strand, what it is called. What leaves no choice is not asked."""

    lead = forms.ChoiceField(
        label="Which organisation leads the bid?",
        widget=Radios,
        error_messages={"required": "Choose the organisation that leads the bid."},
    )
    strand = forms.ChoiceField(
        label="Strand", widget=Radios, error_messages={"required": "Choose the strand that fits your project."}
    )
    title = title_field()

    def __init__(self, data: Any, *, competition: Competition, leads: list[Organisation]) -> None:
        super().__init__(data)
        strands = list(competition.strands.all())
        self.leads = {str(lead.pk): lead for lead in leads}
        self.strands = {str(strand.pk): strand for strand in strands}
        self.fields["category"] = category_field({category for s in strands for category in s.categories})
        lead, strand, category = (cast(forms.ChoiceField, self.fields[f]) for f in ("lead", "strand", "category"))
        lead.choices = [(key, o.name) for key, o in self.leads.items()]
        strand.choices = [(key, s.title) for key, s in self.strands.items()]
        cast(Radios, strand.widget).hints = {key: range_of(s) for key, s in self.strands.items()}
        choosable = {"lead": lead, "strand": strand, "category": category}
        answers = {name: [str(key) for key, _ in cast(Any, field.choices)] for name, field in choosable.items()}
        self.given = {name: keys[0] for name, keys in answers.items() if len(keys) == 1}
        for name in self.given:
            del self.fields[name]

    def refuse(self, refused: Refused) -> None:
        """Put a refusal beside the choice that it is about."""
        place(self, refused, {"category": "category", "strand": "strand", "title": "title"})

    def facts(self) -> dict[str, Any]:
        """Return what `actions.start_bid` takes."""
        data = self.given | self.cleaned_data
        facts = {"title": data["title"], "category": data["category"]}
        return facts | {"lead": self.leads[data["lead"]], "strand": self.strands[data["strand"]]}


def range_of(strand: Strand) -> str:
    """Return what projects a strand takes, in words."""
    cost = f"£{strand.cost_min_pounds:,} to £{strand.cost_max_pounds:,}"
    return f"Projects of {cost}, at most {strand.months_max} months"


class KindForm(forms.Form):
    """Ask what kind of organisation it is, since each kind is known by another number."""

    kind = forms.ChoiceField(
        label="What kind of organisation is it?",
        widget=Radios,
        error_messages={"required": "Choose the kind of organisation."},
    )

    def __init__(self, data: Any, *, kinds: list[str], label: str) -> None:
        super().__init__(data)
        field: Any = self.fields["kind"]
        field.choices = [(kind.value, kind.label) for kind in KIND if kind in kinds]
        field.label = label


class OrganisationForm(forms.Form):
    """An organisation by the number that its kind is known by."""

    name = forms.CharField(
        label="Name of the organisation",
        max_length=200,
        error_messages={
            "required": "Enter the name of the organisation.",
            "max_length": "The name must have at most 200 characters.",
        },
    )
    company_number = forms.CharField(
        label="Companies House number",
        max_length=20,
        help_text="8 characters, such as 01234567 or SC123456. Leading zeros may be left out.",
        widget=Line(width=10, attrs={"spellcheck": False}),
        error_messages={
            "required": "Enter the Companies House number.",
            "max_length": "A Companies House number has 8 characters.",
        },
    )
    size = forms.ChoiceField(
        label="Size of the company",
        widget=Radios(hints={str(s): hint for s, hint in SIZES.items()}),
        help_text="Add up linked companies. The size decides how much of your costs the grant can meet.",
        error_messages={"required": "Choose the size of the company."},
    )
    ods_code = forms.CharField(
        label="ODS code",
        max_length=6,
        help_text="The code of the NHS’s Organisation Data Service, such as RJ1.",
        widget=Line(width=5, attrs={"spellcheck": False}),
        error_messages={"required": "Enter the ODS code.", "max_length": "An ODS code has at most 6 characters."},
    )
    charity_number = forms.CharField(
        label="Charity number", max_length=8, required=False, widget=Line(width=10, attrs={"spellcheck": False}),
        error_messages={"max_length": "A charity number has at most 8 characters."},
    )  # fmt: skip

    def __init__(self, data: Any, *, kind: str) -> None:
        super().__init__(data)
        self.kind = kind
        asked = {
            KIND.NHS_BODY: ["ods_code"],
            KIND.AHSN: ["name"],
            KIND.SME: ["name", "company_number", "size"],
            KIND.LARGE_COMPANY: ["name", "company_number"],
            KIND.PARTNER: ["name", "company_number", "size"],
            KIND.CHARITY: ["name", "charity_number"],
        }.get(KIND(kind), ["name"])
        self.fields = {name: self.fields[name] for name in asked}
        if "size" in self.fields:
            sizes = [s for s in SIZES if kind != KIND.SME or s != Size.LARGE]
            self.fields["size"].choices = [(s.value, s.label) for s in sizes]  # type: ignore[attr-defined]
        if kind == KIND.AHSN:
            networks = Organisation.objects.filter(kind=KIND.AHSN).order_by("name").values_list("name", flat=True)
            self.fields["name"] = forms.ChoiceField(
                label="Academic Health Science Network", choices=[("", "---"), *((name, name) for name in networks)],
                error_messages={"required": "Choose the network."},
            )  # fmt: skip

    def clean_company_number(self) -> str:
        """Return the number in its 8 characters."""
        try:
            return company_number(self.cleaned_data["company_number"])
        except BadIdentifier as error:
            raise ValidationError(str(error)) from error

    def clean_ods_code(self) -> str:
        """Return the code of an NHS organisation that is in our list."""
        code = self.cleaned_data["ods_code"].strip().upper()
        if not Organisation.objects.filter(kind=KIND.NHS_BODY, ods_code=code).exists():
            raise ValidationError(f"“{code}” is not the ODS code of an NHS organisation in our list. Check the code.")
        return code

    def facts(self) -> dict[str, str]:
        """Return what the actions of `bids.actions.organisations` take."""
        data = {"kind": self.kind} | self.cleaned_data
        if is_company(self.kind):
            data.setdefault("size", Size.LARGE)
        return data


class SizeForm(forms.Form):
    """The size under which a partner claims."""

    size = forms.ChoiceField(
        label="Size of the company",
        choices=[(s.value, s.label) for s in SIZES],
        widget=Radios(hints={str(s): hint for s, hint in SIZES.items()}),
        help_text="Add up linked companies. A change sets the percentage of grant back to 0.",
        error_messages={"required": "Choose the size of the company."},
    )
