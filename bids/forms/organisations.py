"""Find an organisation, say what it is, and how large."""

import datetime as dt
from typing import Any

from django import forms

from accounts import registers
from accounts.models import Organisation
from accounts.registers import Named
from accounts.rules import is_company
from accounts.states import OrganisationKind, Size
from infra.forms import Line, Radios

KIND = OrganisationKind
KEYS = {KIND.NHS_BODY: "ods_code"}  # companies: company_number; all others: name
SIZES = {
    Size.MICRO: "Fewer than 10 staff, and turnover or balance sheet of at most €2 million",
    Size.SMALL: "Fewer than 50 staff, and turnover or balance sheet of at most €10 million",
    Size.MEDIUM: "Fewer than 250 staff, and turnover of at most €50 million or balance sheet of at most €43 million",
    Size.LARGE: "Anything larger",
}


def key_name(kind: str) -> str:
    """Return the field that holds what organisations of a kind are known by."""
    return "company_number" if is_company(kind) else KEYS.get(KIND(kind), "name")


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


class SearchForm(forms.Form):
    """Find an organisation in its register and among those known here."""

    q = forms.CharField(
        label="Search", max_length=100,
        error_messages={"required": "Enter a name or a number.", "max_length": "Enter at most 100 characters."},
    )  # fmt: skip
    kind = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data: Any, *, kind: str) -> None:
        super().__init__(data, initial={"kind": kind})
        self.fields["kind"].required = False
        if is_company(kind):
            self.fields["q"].label = "Companies House number or name of the company"
        else:
            self.fields["q"].label = "ODS code or name" if kind == KIND.NHS_BODY else "Name of the organisation"


class OrganisationForm(forms.Form):
    """An organisation: one that was found, by its key alone; or else what is needed to register it."""

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

    def __init__(self, data: Any, *, kind: str, named: Named) -> None:
        key = key_name(kind)
        super().__init__(data, initial={key: named.key})
        self.kind, self.named = kind, named
        typed = {
            KIND.NHS_BODY: ["ods_code", "name"] if named.away else ["ods_code"],
            KIND.AHSN: ["name"],
            KIND.SME: ["name", "company_number", "size"],
            KIND.LARGE_COMPANY: ["name", "company_number"],
            KIND.PARTNER: ["name", "company_number", "size"],
            KIND.CHARITY: ["name", "charity_number"],
        }.get(KIND(kind), ["name"])
        found = [key] if named.known else [key, "size"] if named.entry and "size" in typed else [key]
        is_found = bool(named.known or named.entry)
        self.fields = {name: self.fields[name] for name in (found if is_found else typed)}
        if is_found:
            self.fields[key].widget = forms.HiddenInput()
        if "size" in self.fields:
            sizes = [s for s in SIZES if kind != KIND.SME or s != Size.LARGE]
            self.fields["size"].choices = [(s.value, s.label) for s in sizes]  # type: ignore[attr-defined]
        if kind == KIND.AHSN:
            networks = Organisation.objects.filter(kind=KIND.AHSN).order_by("name").values_list("name", flat=True)
            self.fields["name"] = forms.ChoiceField(
                label="Academic Health Science Network", choices=[("", "---"), *((name, name) for name in networks)],
                error_messages={"required": "Choose the network."},
            )  # fmt: skip

    def clean(self) -> None:
        """Put what is wrong with the key beside it, or take it as its register writes it."""
        key = key_name(self.kind)
        if key in self.cleaned_data and self.named.wrong:
            self.add_error(key, self.named.wrong)
        elif key in self.cleaned_data:
            self.cleaned_data[key] = self.named.key

    def facts(self, at: dt.datetime) -> dict[str, Any]:
        """Return what the actions of `bids.actions.organisations` take, with what its register says."""
        data: dict[str, Any] = {"kind": self.kind} | self.cleaned_data
        if is_company(self.kind):
            data.setdefault("size", Size.LARGE)
        if entry := self.named.entry:
            data |= registers.seen(entry, at) | registers.letters_to(entry) | {"region": entry.region}
        elif self.named.away:
            data["unverified_because"] = self.named.away[:160]
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
