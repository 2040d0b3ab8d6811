"""What officials send about bids."""

from typing import Any

from django import forms

from accounts.states import Size
from bids import listing, rules
from bids.states import BidState
from funds.models import Competition
from infra.forms import PoundsField, WordsField

ANY = ("", "Any")
LISTED_STATES = [choice for choice in BidState.choices if choice[0] != BidState.DRAFT]


class BidFilter(forms.Form):
    """What the officials' list of bids is narrowed to, and its order."""

    marks_optional = False
    q = forms.CharField(required=False, max_length=100, label="Search reference, title, lead or company number")
    state = forms.ChoiceField(required=False, label="State", choices=[ANY, *LISTED_STATES])
    strand = forms.ChoiceField(required=False, label="Strand")
    region = forms.ChoiceField(required=False, label="Region of the lead")
    area = forms.ChoiceField(required=False, label="Clinical area")
    size = forms.ChoiceField(required=False, label="Size of the lead", choices=[ANY, *Size.choices])
    grant_from = PoundsField(required=False, label="Grant from")
    grant_to = PoundsField(required=False, label="Grant to")
    flag = forms.ChoiceField(required=False, label="Flag", choices=[ANY, *listing.FLAGS.items()])
    order = forms.ChoiceField(
        required=False, label="Order", choices=[(key, order.text) for key, order in listing.ORDERS.items()]
    )

    def __init__(self, data: Any, competition: Competition | None = None) -> None:
        super().__init__(data)
        self._choose("region", listing.choices("lead_region"))
        self._choose("area", listing.choices("clinical_area"))
        if competition is None:
            del self.fields["strand"]
        else:
            self._choose("strand", listing.strands(competition))

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = [ANY, *choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        wanted = super().clean() or {}
        least, most = wanted.get("grant_from"), wanted.get("grant_to")
        if least is not None and most is not None and least > most:
            self.add_error("grant_to", "The grant to must not be less than the grant from.")
        return wanted

    @property
    def asked(self) -> dict[str, Any]:
        """What is wanted; nothing when the filter cannot be understood."""
        wanted = self.cleaned_data if self.is_valid() else {}
        return {name: value for name, value in wanted.items() if value not in (None, "")}

    @property
    def is_narrowed(self) -> bool:
        """Tell whether anything but the order is asked for."""
        return bool(self.asked.keys() - {"order"})

    @property
    def has_more(self) -> bool:
        """Tell whether a filter that is folded away is used, or wrong."""
        return bool((self.asked.keys() | self.errors.keys()) - {"q", "state", "order"})

    @property
    def order_chosen(self) -> listing.Order:
        """The order of the list."""
        return listing.ORDERS[self.asked.get("order", "newest")]


class Ineligibility(forms.Form):
    """Why a bid is out of the competition."""

    reason = WordsField(
        rules.INELIGIBLE_REASON_WORDS, label="Why is the bid ineligible?",
        help_text="The applicant reads this when you tell them. Name the rule and what does not meet it.",
        error_messages={"required": "Give a reason that the applicant can understand."},
    )  # fmt: skip
