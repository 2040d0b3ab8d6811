"""What assessors, and those who look after them, send."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from accounts.models import Organisation, User
from accounts.rules import BadIdentifier, Refused
from assessments import agreement, people, rules
from assessments.states import AssessorType, InterestKind
from bids.forms.project import CLINICAL_AREAS
from funds.models import Competition
from infra import forms as ours


class NewInterest(forms.Form):
    """An organisation in which an assessor or their close family has an interest."""

    kind = forms.ChoiceField(choices=InterestKind, widget=forms.RadioSelect, label="What is the interest?")
    organisation_name = forms.CharField(max_length=200, label="In which organisation?")
    company_number = forms.CharField(
        required=False,
        max_length=12,
        label="Its Companies House number, if you know it",
        help_text="Names can be spelt in many ways; a number is found again surely.",
        widget=ours.Line(width=10),
    )

    def refuse(self, refused: Refused) -> None:
        """Put a refusal beside the field that it is about."""
        self.add_error("company_number" if isinstance(refused, BadIdentifier) else None, str(refused))


class Fee(forms.DecimalField):
    """A fee typed in pounds; cleaned, it is whole pence."""

    def __init__(self, **options: Any) -> None:
        most = Decimal(rules.MOST_FEE_PENCE) / 100
        widget = ours.Line(prefix="£", width=5, attrs={"inputmode": "decimal"})
        super().__init__(min_value=0, max_value=most, decimal_places=2, widget=widget, **options)

    def clean(self, value: Any) -> int | None:
        """Return pence."""
        found = super().clean(value)
        return None if found is None else int(found * 100)

    def prepare_value(self, value: Any) -> Any:
        """Show pence as pounds; what was typed stays as it was typed."""
        return f"{Decimal(value) / 100:.2f}".removesuffix(".00") if isinstance(value, int) else value


class Known(forms.Form):
    """What an assessor knows, how many bids they take, and for what fee."""

    field_order: Sequence[str] = ("types", "about", "expertise", "clinical_areas", "capacity", "fee_pence")

    about = ours.WordsField(
        max_words=rules.ABOUT_WORDS,
        required=False,
        rows=5,
        label="What do you know well?",
        help_text="In your own words. It helps to find the bids that suit you.",
    )
    expertise = forms.CharField(
        required=False, max_length=2000, label="Expertise", help_text="Words or phrases, with commas between them."
    )
    clinical_areas = forms.MultipleChoiceField(
        required=False, choices=[(area, area) for area in CLINICAL_AREAS], label="Clinical areas",
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    capacity = forms.IntegerField(
        min_value=0, max_value=rules.MOST_CAPACITY, label="How many bids do you take in a competition?",
        widget=ours.Line(width=3, attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    types = forms.MultipleChoiceField(
        choices=AssessorType, label="What do you judge?", widget=forms.CheckboxSelectMultiple,
        help_text="Each bid gets assessors of several kinds.",
        error_messages={"required": "Choose what you judge, one or more."},
    )  # fmt: skip
    fee_pence = Fee(
        label="Your fee for each assessment", help_text="In pounds, such as 150 or 150.50; 0 if it is waived."
    )

    def clean_expertise(self) -> list[str]:
        """Return the tags that were typed."""
        return self.cleaned_data["expertise"].split(",")


class Profile(Known):
    """The profile of an assessor."""

    is_available = forms.BooleanField(required=False, label="I take invitations at present")


class BecomeAssessor(Known):
    """The profile, with the agreement above it."""

    read_sha256 = forms.CharField(widget=forms.HiddenInput, initial=agreement.SHA256, max_length=64)
    agreed = forms.BooleanField(
        label="I agree to all of this.", error_messages={"required": "Read the agreement and tick the box, or decline."}
    )
    field_order = ("agreed", *Known.field_order)


class AgreeAgain(forms.Form):
    """A yes to the agreement of today."""

    read_sha256 = forms.CharField(widget=forms.HiddenInput, initial=agreement.SHA256, max_length=64)
    agreed = forms.BooleanField(label="I agree to all of this.", error_messages={"required": "Tick the box to agree."})


class Away(forms.Form):
    """Days on which an assessor does not assess."""

    first_on = ours.DateField(label="First day away")
    last_on = ours.DateField(label="Last day away")

    def refuse(self, refused: Refused) -> None:
        """Put a refusal beside the field that it is about."""
        self.add_error("last_on", str(refused))


class CapacityHere(forms.Form):
    """How many bids an assessor takes in one competition."""

    competition = forms.ModelChoiceField(Competition.objects.none(), label="Competition", to_field_name="reference")
    bids = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=rules.MOST_CAPACITY,
        label="Bids",
        help_text="Leave it empty to go back to the profile.",
        widget=ours.Line(width=3, attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        competition: Any = self.fields["competition"]
        competition.queryset = people.competitions_to_come()
        competition.label_from_instance = lambda c: f"{c.title} ({c.reference})"


class InviteAssessor(forms.Form):
    """Whom to invite, and for which network."""

    marks_optional = False
    email = forms.EmailField(
        label="E-mail address", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    network = forms.ModelChoiceField(
        Organisation.objects.none(), label="For which network?", required=False, empty_label="None: an independent"
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        network: Any = self.fields["network"]
        network.queryset = people.networks_to_invite_for(user)
        if not user.roles & rules.MANAGES:
            network.required, network.empty_label = True, None
            network.error_messages["required"] = "Choose your network."

    def refuse(self, refused: Refused) -> None:
        """Put a refusal beside the field that it is about."""
        self.add_error("email", str(refused))


class AssessorFilter(forms.Form):
    """What the list of assessors is narrowed to."""

    marks_optional = False
    q = forms.CharField(required=False, max_length=100, label="Name, address or words")
    network = forms.ChoiceField(required=False, label="Network")
    type = forms.ChoiceField(required=False, choices=[("", "All"), *AssessorType.choices], label="Judges")
    area = forms.ChoiceField(
        required=False, choices=[("", "All"), *((area, area) for area in CLINICAL_AREAS)], label="Clinical area"
    )
    tag = forms.CharField(required=False, max_length=60, label="Expertise")
    available = forms.ChoiceField(
        required=False, choices=[("", "All"), ("yes", "Available"), ("no", "Not available")], label="Available now"
    )

    def __init__(self, data: Any, user: User) -> None:
        super().__init__(data)
        networks = people.networks_to_invite_for(user) if not user.roles & rules.READS_ALL else people.networks()
        named = [(str(key), name) for key, name in networks.values_list("pk", "name")]
        network: Any = self.fields["network"]
        network.choices = [("", "All"), ("none", "Independent"), *named]

    @property
    def asked(self) -> dict[str, Any]:
        """What was asked for and makes sense."""
        self.is_valid()
        return self.cleaned_data


class ConflictAnswer(forms.Form):
    """Whether an assessment counts in spite of a conflict of interest."""

    answer = forms.ChoiceField(
        choices=[("keep", "Yes, it counts"), ("leave", "No, it does not count")], label="Does the assessment count?",
        widget=forms.RadioSelect, error_messages={"required": "Choose whether the assessment counts."},
    )  # fmt: skip
    reason = ours.WordsField(
        max_words=200, rows=4, label="Why?", help_text="It stays on the record, and auditors read it.",
        error_messages={"required": "Give the reason."},
    )  # fmt: skip
