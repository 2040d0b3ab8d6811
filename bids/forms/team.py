"""Invite people to a bid, say what each does, and who does which section."""

from typing import Any

from django import forms

from accounts.models import Organisation
from accounts.rules import Refused
from accounts.sign_in_forms import ADDRESS
from bids.actions.team import GIVEN
from bids.forms.placing import place
from bids.states import TeamRole
from bids.team import Person
from infra.forms import DateField, Radios

DOES = {
    TeamRole.EDITOR: "Changes what their organisation may change: for the lead the whole bid, for a partner its money",
    TeamRole.FINANCE: "Changes costs, funding and match funding of their own organisation, and reads the rest",
    TeamRole.VIEWER: "Reads the bid",
}


def role_field() -> forms.ChoiceField:
    """Return the question for what somebody does."""
    return forms.ChoiceField(
        label="What will they do?",
        choices=[(role.value, role.label) for role in GIVEN],
        widget=Radios(hints={str(role): hint for role, hint in DOES.items()}),
        error_messages={"required": "Choose what they will do."},
    )


class InviteForm(forms.Form):
    """Whom to invite, for which organisation, as what."""

    organisation = forms.ChoiceField(
        label="For which organisation will they work on the bid?",
        widget=Radios,
        error_messages={"required": "Choose the organisation."},
    )
    email = forms.CharField(
        label="Their e-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": False}),
        validators=[ADDRESS],
        error_messages={
            "required": "Enter the e-mail address to invite.",
            "max_length": "The e-mail address is too long. Check it.",
        },
    )
    role = role_field()

    def __init__(self, data: Any, *, organisations: list[Organisation], **chosen: Any) -> None:
        super().__init__(data, initial=chosen)
        self.organisations = {str(o.pk): o for o in organisations}
        if len(organisations) > 1:
            field: Any = self.fields["organisation"]
            field.choices = [(key, o.name) for key, o in self.organisations.items()]
        else:
            del self.fields["organisation"]

    def refuse(self, refused: Refused) -> None:
        """Put a refusal beside the answer that it is about."""
        place(self, refused, {"@": "email", "address": "email", "people of": "organisation"})

    def facts(self) -> dict[str, Any]:
        """Return what `actions.invitations.invite` takes."""
        key = self.cleaned_data.get("organisation") or next(iter(self.organisations))
        data = self.cleaned_data
        return {"organisation": self.organisations[key], "email": data["email"], "role": data["role"]}


class RoleForm(forms.Form):
    """What somebody does on the bid."""

    role = role_field()


def _named(people: list[Person]) -> list[tuple[str, str]]:
    return [(str(p.user.pk), f"{p.user}, {p.organisation}") for p in people]


class HandOverForm(forms.Form):
    """Who shall lead the bid."""

    person = forms.ChoiceField(
        label="Who should lead the bid?",
        widget=Radios,
        error_messages={"required": "Choose a colleague."},
    )

    def __init__(self, data: Any, *, people: list[Person]) -> None:
        super().__init__(data)
        self.people = {str(p.user.pk): p.user for p in people}
        field: Any = self.fields["person"]
        field.choices = _named(people)


class AssignForm(forms.Form):
    """Who does a section, and till when; nobody is an answer too."""

    person = forms.ChoiceField(label="Who does this section?", required=False)
    due_on = DateField(
        label="By when?", required=False, help_text="For example 27 3 2027. Leave it empty if there is no date."
    )
    marks_optional = False

    def __init__(self, data: Any, *, people: list[Person], **kept: Any) -> None:
        super().__init__(data, initial=kept)
        self.people = {str(p.user.pk): p.user for p in people}
        field: Any = self.fields["person"]
        field.choices = [("", "Nobody in particular"), *_named(people)]

    def refuse(self, refused: Refused) -> None:
        """Put a refusal beside the answer that it is about."""
        place(self, refused, {"day": "due_on", "cannot change": "person"})
