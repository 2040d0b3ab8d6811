"""What people fill in about the networks' money."""

import datetime as dt
from typing import Any

from django import forms

from ahsn import rules
from ahsn.models import RETURN_FIGURES, RETURN_TEXTS, Network
from ahsn.queries import Account
from ahsn.states import CLOSING, Standing
from awards.forms import PenceField
from funds.years import financial_year
from infra.forms import Line, PoundsField, Radios, WordsField

ANY = ("", "Any")
RETURN_WORDS = 500
YEARS_AHEAD = 3
DIGITS = {"inputmode": "numeric"}
WAYS = {1: "One, for the year", 2: "Two, for half a year each", 3: "Three, for four months each",
        4: "Four, for a quarter each", 6: "Six, for two months each", 12: "Twelve, for a month each"}  # fmt: skip


class ReturnForm(forms.Form):
    """A network's return. Everything may wait until it is signed."""

    marks_optional = False
    staff_pence = PenceField(label="Spent on staff", required=False)
    programmes_pence = PenceField(label="Spent on programmes", required=False)
    partners_pence = PenceField(
        label="Passed on to partners", required=False, help_text="Money that NHS bodies, universities or others spend."
    )
    why_more = WordsField(
        label="Why more was spent than was paid out", required=False, max_words=RETURN_WORDS, rows=3,
        help_text="Only if all that you have spent comes to more than all that was paid to you, such as when the"
        " network spends its own money first. Whoever decides on the return reads it.",
    )  # fmt: skip
    supported = forms.IntegerField(
        label="Innovators supported", required=False, min_value=0, max_value=1_000_000,
        widget=Line(width=5, attrs=DIGITS),
        help_text="Companies, clinicians and NHS bodies that you helped in these months.",
    )  # fmt: skip
    adopted = forms.IntegerField(
        label="Innovations newly in use", required=False, min_value=0, max_value=1_000_000,
        widget=Line(width=5, attrs=DIGITS),
        help_text="That a service in your region began to use in these months.",
    )  # fmt: skip
    done = WordsField(label="What was done", required=False, max_words=RETURN_WORDS, rows=6)
    risks = WordsField(
        label="Risks and delays", required=False, max_words=RETURN_WORDS, rows=4,
        help_text="Say so if there are none. Name no patients.",
    )  # fmt: skip
    planned_pence = PenceField(label="To be spent in the months ahead", required=False)
    plan = WordsField(label="Plan for the months ahead", required=False, max_words=RETURN_WORDS, rows=6)

    def __init__(self, data: Any, *, account: Account, is_closing: bool, **options: Any) -> None:
        super().__init__(data, **options)
        self.account = account
        if is_closing:
            del self.fields["planned_pence"]
            self.fields["plan"].label = "Money that is not spent"
            self.fields["plan"].help_text = "How much it is, and what becomes of it. Say so if nothing is left."

    def clean(self) -> None:
        """Ask for the reason beside its field before the return is signed; a draft may wait."""
        super().clean()
        typed = self.cleaned_data
        if "sign" not in self.data or not all(name in typed for name in (*rules.SPENT, "why_more")):
            return
        together = self.account.spent + rules.spent(typed)
        if why_not := rules.why_not_spent(together, self.account.received, typed["why_more"]):
            self.add_error("why_more", why_not)

    def facts(self) -> dict[str, Any]:
        """Return what the action takes."""
        typed = self.cleaned_data
        return {
            "figures": {name: typed.get(name) for name in RETURN_FIGURES},
            "texts": {name: typed[name] for name in RETURN_TEXTS},
        }


class Sign(forms.Form):
    """The network's lead signs."""

    agree = forms.BooleanField(error_messages={"required": "Tick the declaration to sign the return."})

    def __init__(self, data: Any, *, is_closing: bool) -> None:
        super().__init__(data)
        self.fields["agree"].label = rules.declaration(is_closing=is_closing)


class Share(forms.Form):
    """How a year's money is shared out and paid."""

    year = forms.ChoiceField(label="For which financial year?")
    pounds = PoundsField(label="How much?", min_value=1, max_value=9_999_999_999)
    core = forms.IntegerField(
        label="Shared equally", min_value=0, max_value=100, initial=rules.CORE_PERCENT,
        widget=Line(suffix="%", width=3, attrs=DIGITS), help_text="The rest is shared by population.",
    )  # fmt: skip
    instalments = forms.TypedChoiceField(
        label="Instalments", coerce=int, choices=list(WAYS.items()), initial=rules.INSTALMENTS, widget=Radios
    )
    days = forms.IntegerField(
        label="Days to report", min_value=0, max_value=366, initial=rules.RETURN_DAYS,
        widget=Line(width=3, attrs=DIGITS),
        help_text="From the first day of an instalment’s months until the return that releases it is due.",
    )  # fmt: skip

    def __init__(self, data: Any = None, *, today: dt.date) -> None:
        super().__init__(data)
        years = [financial_year(today.replace(day=1, year=today.year + i)) for i in range(YEARS_AHEAD)]
        self.fields["year"].choices = [("", "---"), *((year, year) for year in years)]  # type: ignore[attr-defined]

    def facts(self) -> dict[str, Any]:
        """Return what the action takes."""
        typed = self.cleaned_data
        return {
            "year": typed["year"], "pence": typed["pounds"] * 100, "core_percent": typed["core"],
            "instalments": typed["instalments"], "return_days": typed["days"],
        }  # fmt: skip


class InstalmentFilter(forms.Form):
    """Which instalments to list."""

    marks_optional = False
    year = forms.ChoiceField(label="Financial year", required=False)
    network = forms.ChoiceField(label="Network", required=False)
    number = forms.TypedChoiceField(
        label="Instalment",
        required=False,
        coerce=int,
        empty_value=None,
        choices=[ANY, *((n, n) for n in range(1, CLOSING)), (CLOSING, "Closing return")],
    )
    stands = forms.ChoiceField(label="Where it stands", required=False, choices=[ANY, *Standing.choices])

    def __init__(self, data: Any, years: list[str]) -> None:
        super().__init__(data)
        names = Network.objects.order_by("organisation__name").values_list("acronym", "organisation__name")
        self.fields["year"].choices = [ANY, *((year, year) for year in years)]  # type: ignore[attr-defined]
        self.fields["network"].choices = [ANY, *names]  # type: ignore[attr-defined]

    @property
    def asked(self) -> dict[str, Any]:
        """What is wanted, as the query takes it; nothing when the filter cannot be understood."""
        if not self.is_valid():
            return {}
        names = {"year": "allocation__year", "network": "allocation__network__acronym", "number": "number",
                 "stands": "stands"}  # fmt: skip
        return {field: self.cleaned_data[name] for name, field in names.items() if self.cleaned_data[name]}


class BankReference(forms.Form):
    """The bank has paid."""

    bank_reference = forms.CharField(
        label="The bank’s reference of the payment", max_length=60, help_text="As the bank statement prints it."
    )


class EndReason(forms.Form):
    """Why a release ends without the money arriving."""

    reason = WordsField(label="Reason", max_words=60, rows=3)
