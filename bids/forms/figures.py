"""The address of an organisation, and the figures that its size follows from."""

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import Organisation, SizeDeclaration
from accounts.rules import BadIdentifier, Refused, postcode
from accounts.size import MOST_POUNDS, MOST_RELATED, MOST_STAFF, Figures, Related
from infra.forms import DateField, Line, PercentField, PoundsField

SPARE_ROWS = 2
ROW = ("name", "identifier", "share", "staff", "turnover", "balance")


class AddressForm(forms.Form):
    """Where letters to an organisation go."""

    street = forms.CharField(
        label="Address line 1", max_length=80, widget=forms.TextInput(attrs={"autocomplete": "address-line1"}),
        error_messages={"required": "Enter the first line of the address."},
    )  # fmt: skip
    further = forms.CharField(
        label="Address line 2", max_length=80, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-line2"}),
    )  # fmt: skip
    town = forms.CharField(
        label="Town or city", max_length=60, widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
        error_messages={"required": "Enter the town or city."},
    )  # fmt: skip
    postcode = forms.CharField(
        label="Postcode", max_length=12, widget=Line(width=10, attrs={"autocomplete": "postal-code"}),
        error_messages={"required": "Enter the postcode.", "max_length": "A postcode has at most 8 characters."},
    )  # fmt: skip

    def __init__(self, data: Any, *, organisation: Organisation) -> None:
        first, *rest = organisation.address.split(", ")
        *between, town = rest or [""]
        super().__init__(
            data,
            initial={
                "street": first, "further": ", ".join(between), "town": town, "postcode": organisation.postcode,
            },
        )  # fmt: skip

    def clean_postcode(self) -> str:
        """Return the postcode as it is written."""
        try:
            return postcode(self.cleaned_data["postcode"])
        except BadIdentifier as error:
            raise ValidationError(str(error)) from error

    def facts(self) -> dict[str, Any]:
        """Return what `accounts.actions.change_address` takes."""
        data = self.cleaned_data
        return {"lines": [data["street"], data["further"], data["town"]], "postcode": data["postcode"]}


def _staff(**options: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label="Staff (annual work units)", min_value=0, max_value=MOST_STAFF, decimal_places=2,
        widget=Line(width=5, attrs={"inputmode": "decimal"}),
        error_messages={"invalid": "Enter the staff as a number, such as 38 or 12.5."}, **options,
    )  # fmt: skip


def _pounds(label: str) -> PoundsField:
    return PoundsField(label=label, max_value=MOST_POUNDS)


class FiguresForm(forms.Form):
    """What a company says of its own last approved accounts."""

    year_end = DateField(
        label="Last day of the year of your last approved accounts", help_text="For example, 31 3 2026"
    )
    staff = _staff(help_text="Full-time staff and owners count as 1, part-time and seasonal staff by their share.")
    turnover = _pounds("Turnover of the year")
    balance = _pounds("Balance sheet total")

    def __init__(self, data: Any, *, last: SizeDeclaration | None) -> None:
        initial = {
            "year_end": last.year_end, "staff": f"{last.staff.normalize():f}", "turnover": last.turnover_pounds,
            "balance": last.balance_pounds,
        } if last else {}  # fmt: skip
        super().__init__(data, initial=initial)

    def refuse(self, refused: Refused) -> None:
        """Put a refusal beside the figure that it is about."""
        self.add_error("year_end" if "year must" in str(refused) else None, str(refused))

    def figures(self) -> Figures:
        """Return the figures."""
        return _figures(self.cleaned_data)


class EnterpriseForm(forms.Form):
    """A linked or partner enterprise."""

    name = forms.CharField(label="Name of the enterprise", max_length=160)
    identifier = forms.CharField(
        label="Companies House number or other identifier", max_length=40, required=False, widget=Line(width=10)
    )
    share = PercentField(label="Share held, by either in the other", min_value=0)
    staff = _staff()
    turnover = _pounds("Its turnover")
    balance = _pounds("Its balance sheet total")

    def clean_name(self) -> str:
        """Refuse what cannot be seen: the name is read in the working."""
        name = " ".join(self.cleaned_data["name"].split())
        if not name.isprintable():
            raise ValidationError("The name holds characters that cannot be seen. Type it again.")
        return name

    def related(self) -> Related:
        """Return the enterprise."""
        data = self.cleaned_data
        return Related(data["name"], data["identifier"], data["share"], _figures(data))


def _figures(data: Mapping[str, Any]) -> Figures:
    return Figures(data["staff"], data["turnover"], data["balance"])


class BaseEnterprises(forms.BaseFormSet):
    """All linked and partner enterprises; rows left blank are none."""

    def related(self) -> list[Related]:
        """Return the enterprises that are filled in."""
        return [form.related() for form in self.forms if form.cleaned_data]


Enterprises = forms.formset_factory(
    EnterpriseForm, formset=BaseEnterprises, extra=SPARE_ROWS, max_num=MOST_RELATED, absolute_max=MOST_RELATED
)


def enterprises(data: Mapping[str, Any] | None, last: SizeDeclaration | None) -> BaseEnterprises:
    """Return the rows as they were typed or last declared, with room for two more.

    How many rows there are follows from what is filled in, not from what a page claims.
    """
    if data is None:
        rows = [{name: row[name] for name in ROW} for row in (last.related if last else [])]
        return cast(BaseEnterprises, Enterprises(prefix="e", initial=rows))
    typed = {f"e-{i}-{name}": data.get(f"e-{i}-{name}", "") for i in range(MOST_RELATED) for name in ROW}
    filled = [int(key.split("-")[1]) for key, value in typed.items() if value.strip()]
    total = min(max(filled, default=-1) + 1 + SPARE_ROWS, MOST_RELATED)
    claimed = {"e-TOTAL_FORMS": str(total), "e-INITIAL_FORMS": "0"}
    return cast(BaseEnterprises, Enterprises(typed | claimed, prefix="e"))
