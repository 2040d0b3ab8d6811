"""Where match funding comes from: the funder is found, and typed only where no register has it."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts import registers
from accounts.registers import Funder
from accounts.rules import Refused
from bids import match, queries
from bids.forms.placing import place
from bids.models import Partner
from bids.states import MatchKind
from infra.forms import DateField, PoundsField, Radios

OWN = (MatchKind.OWN_RESERVES, MatchKind.IN_KIND)  # what a partner can give itself
TYPED, PERSON = "typed", "person"
NOT_FOUND = {
    TYPED: ("Another organisation: {}", "Abroad, or in no register. Officials see that the name was typed."),
    PERSON: ("A person: {}", "Somebody who gives their own money."),
}
PUBLIC = "{} is public money, which cannot be match funding. Enter it under other public funding instead."
SHOWN_BY = {
    MatchKind.OWN_RESERVES: f"Shown by a bank statement that is at most {match.EVIDENCE_DAYS} days old.",
    MatchKind.EQUITY: "Shown by a signed letter of the investor, or a term sheet.",
    MatchKind.LOAN: "Shown by a signed loan agreement or offer.",
    MatchKind.CUSTOMER: "Shown by a signed order or contract.",
    MatchKind.CHARITY: "Shown by a letter of award.",
    MatchKind.IN_KIND: "Time, goods or services. Shown by a signed letter that values them at cost.",
}


class MatchForm(forms.Form):
    """A source of match funding."""

    kind = forms.ChoiceField(
        label="Where does the money come from?",
        widget=Radios(hints={str(kind): hint for kind, hint in SHOWN_BY.items()}),
        error_messages={"required": "Choose where the match funding comes from."},
    )
    funder = forms.CharField(
        label="Who gives it?",
        max_length=160,
        required=False,
        help_text="Name or Companies House number of the organisation, or name of the person, as the evidence has it.",
        error_messages={
            "max_length": "The funder’s name must have at most 160 characters.",
        },
    )
    chosen = forms.ChoiceField(
        label="Which of these gives it?",
        required=False,
        widget=Radios,
        error_messages={"invalid_choice": "Choose who gives the money."},
    )
    amount_pounds = PoundsField(
        label="How much?",
        min_value=1,
        error_messages={
            "required": "Enter the amount of match funding.",
            "min_value": "Match funding must be at least £1.",
            "max_value": "Match funding cannot be that much. Check the figure.",
        },
    )
    secured_on = DateField(
        label="When was it secured?",
        help_text="For example 27 3 2027.",
        error_messages={"required": "Enter the day on which the money was secured."},
    )
    available_on = DateField(
        label="From when can it be spent?",
        help_text="For example 1 6 2027.",
        error_messages={"required": "Enter the day from which the money can be spent."},
    )

    marks_optional = False

    def __init__(self, data: Any, *, partner: Partner, today: dt.date) -> None:
        super().__init__(data)
        self.today, self.own = today, partner.organisation
        self.fields["funder"].help_text += f" Leave it empty for what {self.own} gives itself."
        kinds = queries.match_kinds(partner.bid.competition)
        self.fields["kind"].choices = [(k.value, k.label) for k in MatchKind if k in kinds]  # type: ignore[attr-defined]
        self.hits: dict[str, Funder] = {}
        self.away = ""
        self._ask_which()

    def _ask_which(self) -> None:
        """Look for who was typed, and ask which of those found it is; or do not ask at all."""
        typed = match.tidy(str(self.data.get("funder", "")).replace("\0", " "))[:160]
        if not typed or match.is_public(typed) or self.data.get("kind") in (None, "", MatchKind.OWN_RESERVES):
            del self.fields["chosen"]
            return
        found, away = registers.funders(typed)
        self.hits = {hit.key: hit for hit in found}
        field: Any = self.fields["chosen"]
        field.choices = [(hit.key, hit.name) for hit in found] + [(k, v[0].format(typed)) for k, v in NOT_FOUND.items()]
        field.widget.hints = {hit.key: hit.about for hit in found} | {k: v[1] for k, v in NOT_FOUND.items()}
        field.help_text = self.away = away

    def refuse(self, refused: Refused) -> None:
        """Put a refusal beside the answer that it is about."""
        place(self, refused, {"public money": "funder", "available": "available_on", "secured": "secured_on"})

    def clean_funder(self) -> str:
        """Return the funder in one spelling, the partner for what it gives itself; refuse a public body."""
        funder, kind = match.tidy(self.cleaned_data["funder"]), self.cleaned_data.get("kind")
        if not funder and kind in OWN:
            return self.own.name[:160]
        if not funder:
            raise ValidationError("Say who gives the match funding.")
        if kind == MatchKind.OWN_RESERVES and funder.upper() != self.own.name[:160].upper():
            raise ValidationError(
                f"Own reserves are money of {self.own} itself. Leave this empty, or choose another kind."
            )
        if match.is_public(funder):
            raise ValidationError(PUBLIC.format(funder))
        return funder

    def clean_chosen(self) -> str:
        """Return what was chosen of what was found."""
        chosen, typed = self.cleaned_data["chosen"], self.cleaned_data.get("funder", "")
        hit = self.hits.get(chosen)
        if not chosen:
            raise ValidationError(f"Choose who of these is “{typed}”." if self.hits else f"Choose what “{typed}” is.")
        if hit and hit.is_public:
            raise ValidationError(PUBLIC.format(hit.name))
        if hit and hit.known == self.own and self.cleaned_data.get("kind") not in OWN:
            raise ValidationError(f"Money of {self.own} itself is own reserves. Choose that kind above.")
        if hit and hit.entry and not hit.entry.is_open:
            raise ValidationError(f"{hit.name} cannot give match funding. {hit.entry.warning}.")
        if chosen in NOT_FOUND and not match.is_name(typed):
            raise ValidationError(f"“{typed}” is no name. Enter the name of who gives the money above.")
        if chosen == PERSON and match.is_company_name(typed):
            raise ValidationError(f"“{typed}” is the name of a company. Choose it above, or the organisation.")
        return chosen

    def pledge(self, at: dt.datetime) -> dict[str, Any]:
        """Return what `bids.actions.match.declare_match_of` takes."""
        pledge = dict(self.cleaned_data)
        chosen = pledge.pop("chosen", "")
        if hit := self.hits.get(chosen):
            return pledge | {"found": hit.facts(at), "funder": hit.name[:160]}
        if chosen == TYPED:
            why = self.away or "Typed by an applicant: not among those that were found."
            return pledge | {"found": {"name": pledge["funder"], "unverified_because": why[:160]}}
        is_own = pledge["funder"] == self.own.name[:160]
        return pledge | {"found": {"organisation": self.own} if is_own and not chosen else {}}

    def clean_secured_on(self) -> dt.date:
        """Return a day that has come."""
        day = self.cleaned_data["secured_on"]
        if day > self.today:
            raise ValidationError("Match funding must be secured already: give the day on which it was.")
        return day

    def clean_available_on(self) -> dt.date:
        """Return a day that is not before the money was secured."""
        day, secured = self.cleaned_data["available_on"], self.cleaned_data.get("secured_on")
        if secured and day < secured:
            raise ValidationError("Match funding cannot be available before it was secured. Check both dates.")
        return day
