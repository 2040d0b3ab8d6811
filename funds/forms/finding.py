"""Look for a competition, or for an answer."""

from typing import Any

from django import forms

from accounts.states import ROLE_KINDS, OrganisationKind, Role
from funds.finding import Standing
from funds.models import Stream
from infra.forms import Line

CLOSING = [("", "Any time"), ("7", "The next 7 days"), ("30", "The next 30 days"), ("90", "The next 90 days")]


class FindForm(forms.Form):
    """What a competition should be like. It is asked by GET, so that the address keeps it."""

    marks_optional = False
    words = forms.CharField(label="Search", max_length=200, required=False, widget=Line(width=20))
    which = forms.ChoiceField(label="Status", choices=Standing.choices, required=False)
    stream = forms.ChoiceField(label="Stream", required=False)
    lead = forms.ChoiceField(
        label="Led by",
        required=False,
        choices=[("", "Anybody"), *((k.value, k.label) for k in OrganisationKind if k in ROLE_KINDS[Role.APPLICANT])],
    )
    days = forms.TypedChoiceField(label="Closes within", choices=CLOSING, required=False, coerce=int, empty_value=None)

    MORE = ("stream", "lead", "days")

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        streams = Stream.objects.filter(is_competed=True).order_by("title").values_list("code", "title")
        for field in (self.fields[name] for name in ("which", *self.MORE)):
            field.error_messages["invalid_choice"] = f"Choose from the list under “{field.label}”."
        self.fields["stream"].choices = [("", "Any"), *streams]  # type: ignore[attr-defined]

    @property
    def asks_more(self) -> bool:
        """Tell whether one of the filters that are folded away is in use or has an error."""
        return any(self.data.get(name) or name in self.errors for name in self.MORE)


class WordsForm(forms.Form):
    """Words to look for."""

    marks_optional = False
    words = forms.CharField(label="Search questions and answers", max_length=200, required=False)
