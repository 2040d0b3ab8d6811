"""What officials type into the parts of a competition."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import User
from accounts.rules import Refused
from accounts.states import ROLE_KINDS, OrganisationKind, Role
from funds import parts
from funds.forms.seen import SeenForm
from funds.instants import LONDON, uk_instant
from funds.models import Competition, SubsidyRegime
from funds.parts import Part
from funds.seen import key_of
from funds.starters import STARTERS
from funds.states import AssessorType, CostCategory, MatchKind, StreamCode
from infra.forms import DateField, Line, PercentField, Radios

KINDS = [(k.value, k.label) for k in OrganisationKind if k in ROLE_KINDS[Role.APPLICANT]]
CASH_KINDS = [kind for kind in MatchKind.choices if kind[0] != MatchKind.IN_KIND]
YES_NO = [("yes", "Yes"), ("no", "No")]
TEXT_LENGTH = 20_000
INLINE = "govuk-radios--inline"


def text_field(label: str, help_text: str = "", rows: int = 6, required: bool = True) -> forms.CharField:
    """Return a box for a longer text; its line ends become plain."""
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, help_text=help_text, required=required, max_length=TEXT_LENGTH, widget=widget)


def whole(label: str, low: int, high: int, help_text: str = "", suffix: str = "", **options: Any) -> forms.IntegerField:
    """Return a box for a whole number between two limits."""
    widget = Line(suffix=suffix, width=4, attrs={"inputmode": "numeric"})
    wrong = {"invalid": f"Enter a whole number from {low} to {high}."}
    return forms.IntegerField(
        label=label, help_text=help_text, min_value=low, max_value=high, widget=widget, error_messages=wrong, **options
    )


class YesNo(forms.TypedChoiceField):
    """Yes or no."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=YES_NO, coerce="yes".__eq__, widget=Radios(attrs={"class": INLINE}), **options)

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


class Ticks(forms.MultipleChoiceField):
    """Some of several kinds."""

    widget = forms.CheckboxSelectMultiple


class Beginning(forms.Form):
    """Begin a competition: from a template, or as a copy."""

    start_from = forms.ChoiceField(
        label="What do you begin with?", widget=forms.RadioSelect,
        error_messages={"required": "Choose a template, or to copy an earlier competition."},
    )  # fmt: skip
    copy_of = forms.ModelChoiceField(
        label="Which competition do you copy?", queryset=Competition.objects.none(), required=False,
        help_text="Only when you copy. All parts are copied; dates, money and supporting files are not.",
    )  # fmt: skip
    title = forms.CharField(label="Title", max_length=160)
    reference = forms.CharField(
        label="Reference", max_length=30, widget=Line(width=20),
        help_text="Capital letters, digits and dashes, such as DHTC-R3. It stands in addresses and on the record, so it"
        " cannot be changed later.",
    )  # fmt: skip

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        hints = {code: starter.about for code, starter in STARTERS.items()}
        choices: Any = self.fields["start_from"]
        choices.choices = [(code, StreamCode(code).label) for code in STARTERS] + [("copy", "An earlier competition")]
        choices.widget = Radios(hints=hints)
        choices.widget.choices = choices.choices
        copies: Any = self.fields["copy_of"]
        copies.queryset = Competition.objects.order_by("-opens_at", "reference")
        copies.label_from_instance = lambda c: f"{c.reference}: {c.title}"

    def clean_reference(self) -> str:
        reference = self.cleaned_data["reference"].strip().upper()
        if not parts.REFERENCE.fullmatch(reference):
            raise ValidationError("A reference has 3 to 30 letters, digits and dashes, such as DHTC-R3.")
        if Competition.objects.filter(reference=reference).exists():
            raise ValidationError(f"There is a competition {reference} already. Choose another reference.")
        return reference

    def clean(self) -> None:
        if self.cleaned_data.get("start_from") == "copy" and not self.cleaned_data.get("copy_of"):
            self.add_error("copy_of", "Choose the competition to copy.")


class PartForm(SeenForm):
    """One part of a competition. `fields_typed` gives the fields of the model that it is made of."""

    part: Part

    def __init__(self, data: Any = None, *, competition: Competition) -> None:
        self.competition = competition
        seen = key_of(competition, parts.FIELDS[self.part])
        super().__init__(data, initial=self.kept(competition) | {"seen": seen})

    def kept(self, competition: Competition) -> dict[str, Any]:
        """Return what stands in the form's boxes before anything is typed."""
        return {name: getattr(competition, name) for name in parts.FIELDS[self.part]}

    def fields_typed(self) -> dict[str, Any]:
        """Return the fields to save."""
        return dict(self.cleaned_data)


class Basics(PartForm):
    """What it is called, what it is for, and who answers for it."""

    part = Part.BASICS
    title = forms.CharField(label="Title", max_length=160)
    summary = text_field("Summary", "What the competition pays for, in a few sentences.", rows=4)
    eligibility = text_field("Eligibility", "What bidders must be, besides what the rules say.", required=False)
    scope = text_field("Scope", "What projects may be about, and what is out of scope.", required=False)
    responsible_officer = forms.ModelChoiceField(
        label="Responsible officer", queryset=User.objects.none(),
        help_text="A fund manager, named on each award (Grant Standards of December 2016).",
    )  # fmt: skip

    def __init__(self, data: Any = None, *, competition: Competition) -> None:
        super().__init__(data, competition=competition)
        officer: Any = self.fields["responsible_officer"]
        officer.queryset = officers()
        officer.label_from_instance = lambda user: user.full_name


def officers() -> Any:
    """Return the people who may answer for a competition, by name."""
    held = {"memberships__role": Role.FUND_MANAGER, "memberships__ended_at": None}
    return User.objects.filter(is_active=True, **held).distinct().order_by("full_name", "id")


class Clock(Line):
    """A box for a time of day, shown as 12:00."""

    def format_value(self, value: Any) -> Any:
        return f"{value:%H:%M}" if isinstance(value, dt.time) else super().format_value(value)


class ClockField(forms.TimeField):
    """A time of day in the United Kingdom, such as 12:00."""

    def __init__(self, **options: Any) -> None:
        wrong = {"invalid": "Enter the time as hours and minutes, such as 12:00 or 17:30."}
        super().__init__(input_formats=["%H:%M", "%H.%M"], widget=Clock(width=5), error_messages=wrong, **options)


def instant_of(form: forms.Form, name: str) -> dt.datetime | None:
    """Return the instant that the boxes `name`_on and `name`_time mean in the United Kingdom, or mark the time."""
    day, time = form.cleaned_data.get(f"{name}_on"), form.cleaned_data.get(f"{name}_time")
    if day is None or time is None:
        return None
    try:
        return uk_instant(day, time)
    except Refused as refused:
        form.add_error(f"{name}_time", str(refused))
        return None


class Dates(PartForm):
    """When it opens and closes, to the minute, and the days of what follows."""

    part = Part.DATES
    opens_on = DateField(label="Opens on")
    opens_time = ClockField(label="Opens at", help_text="Time in the United Kingdom, such as 09:00.")
    closes_on = DateField(label="Closes on")
    closes_time = ClockField(label="Closes at", help_text="Time in the United Kingdom, such as 12:00.")
    grace_seconds = whole(
        "Grace after the deadline", 0, 600, "Takes up our own queueing; bids that use it are flagged.", "seconds"
    )
    briefing_on = DateField(
        label="Briefing for bidders", required=False, help_text="On the day on which it closes, or before."
    )
    assess_by = DateField(
        label="Assessments are in by", required=False,
        help_text="After the deadline. The days below follow in this order.",
    )  # fmt: skip
    panel_on = DateField(label="Panel meets on", required=False)
    notify_on = DateField(label="Bidders are told by", required=False)
    start_by = DateField(label="Projects start by", required=False)

    def kept(self, competition: Competition) -> dict[str, Any]:
        opens, closes = competition.opens_at.astimezone(LONDON), competition.closes_at.astimezone(LONDON)
        instants = {
            "opens_on": opens.date(), "opens_time": opens.time(), "closes_on": closes.date(),
            "closes_time": closes.time(),
        }  # fmt: skip
        return super().kept(competition) | instants

    def clean(self) -> None:
        opens, closes = instant_of(self, "opens"), instant_of(self, "closes")
        self.cleaned_data |= {"opens_at": opens, "closes_at": closes}
        if opens and closes and closes <= opens:
            self.add_error("closes_on", "The competition must close after it opens.")

    def fields_typed(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in parts.FIELDS[self.part]}

    def refuse(self, refused: Refused) -> None:
        """Say beside each date what is wrong with it."""
        faults = list(parts.dates_faults(Competition(**self.fields_typed()), timezone.now()))
        if str(refused) != " ".join(fault.sentence for fault in faults):
            return super().refuse(refused)
        boxes = {"opens_at": "opens_on", "closes_at": "closes_on"}
        for field, sentence in faults:
            self.add_error(boxes.get(field, field), sentence)


class Who(PartForm):
    """Which kinds of organisation take part."""

    marks_optional = False
    part = Part.WHO
    lead_kinds = Ticks(label="Who may lead a bid", choices=KINDS, required=False)
    partner_kinds = Ticks(
        label="Who may be a partner", choices=KINDS, required=False, help_text="None, when leads bid alone."
    )


class Consortium(PartForm):
    """How projects are shared out. Single or collaborative is a matter of each strand."""

    part = Part.CONSORTIUM
    non_business_share_percent = whole(
        "Most that partners which are not businesses may have of a project’s costs", 0, 100, suffix="%"
    )
    bids_per_business = whole(
        "Most bids that a business may be in", 1, 100, "Leave empty for no limit.", required=False
    )
    leads_per_business = whole(
        "Most bids that a business may lead", 1, 100, "Leave empty for no limit.", required=False
    )


def regime_in_words(regime: SubsidyRegime) -> str:
    """Return when a regime is in force, its article, and the most that one undertaking may be given under it."""
    until = f" until {regime.valid_to:%-d %B %Y}" if regime.valid_to else ""
    said = [f"In force from {regime.valid_from:%-d %B %Y}{until}."]
    if regime.article:
        said.append(f"{regime.article}.")
    if regime.aid_limit:
        said.append(f"At most {regime.aid_limit:,} {regime.aid_currency} over {regime.aid_years} fiscal years.")
    return " ".join(said)


class Subsidy(PartForm):
    """The law that the money is given under, and a lower ceiling of the competition's own."""

    part = Part.SUBSIDY
    regime = forms.ModelChoiceField(
        label="Subsidy regime", queryset=SubsidyRegime.objects.order_by("valid_from", "title"),
        widget=Radios(), empty_label=None,
    )  # fmt: skip
    max_percent = PercentField(
        label="Highest grant of this competition", required=False,
        help_text="Leave empty when the ceilings of the regime are to hold as they are.",
    )  # fmt: skip

    def __init__(self, data: Any = None, *, competition: Competition) -> None:
        super().__init__(data, competition=competition)
        regimes: Any = self.fields["regime"]
        regimes.widget.hints = {regime.pk: regime_in_words(regime) for regime in regimes.queryset}


class Costs(PartForm):
    """Which categories of cost are eligible."""

    marks_optional = False
    part = Part.COSTS
    cost_categories = Ticks(label="Categories of cost that bidders may claim", choices=CostCategory, required=False)


class Match(PartForm):
    """Whether bidders have to find the rest of the money, and where it may come from."""

    marks_optional = False
    part = Part.MATCH
    match_is_required = YesNo(label="Must bidders prove the rest of their costs as match funding?")
    match_kinds = Ticks(
        label="Kinds of match funding that count", choices=CASH_KINDS, required=False,
        help_text="Public money never counts. In kind counts as soon as its share below is above 0.",
    )  # fmt: skip
    in_kind_percent = whole("Most of the match funding that may be in kind", 0, 100, "0 when it does not count.", "%")

    def fields_typed(self) -> dict[str, Any]:
        typed = dict(self.cleaned_data)
        if typed["in_kind_percent"]:
            typed["match_kinds"] = [*typed["match_kinds"], MatchKind.IN_KIND]
        return typed


class Assessment(PartForm):
    """Who assesses each bid, and how the panel decides."""

    marks_optional = False
    part = Part.ASSESSMENT
    assessors_per_bid = forms.TypedChoiceField(
        label="Assessors of each bid", choices=[(n, str(n)) for n in (1, 3, 5)], coerce=int,
        widget=Radios(attrs={"class": INLINE}),
    )  # fmt: skip
    one_assessor_per_network = YesNo(label="At most one assessor of a network on a bid?")
    not_own_region = YesNo(label="Keep away assessors of the network of the lead’s own region?")
    is_blind = YesNo(label="Hide from assessors who bids?")
    quality_threshold = PercentField(
        label="Quality threshold",
        decimal_places=1,
        help_text="Bids below it are not funded.",
    )
    has_interview = YesNo(label="Does the panel interview bidders?")

    def __init__(self, data: Any = None, *, competition: Competition) -> None:
        super().__init__(data, competition=competition)
        needed: Mapping[str, int] = competition.assessor_types_needed
        for kind in AssessorType:
            self.fields[f"type_{kind}"] = whole(
                f"{kind.label} assessors needed on each bid", 0, 5, required=False, initial=needed.get(kind, 0)
            )

    def fields_typed(self) -> dict[str, Any]:
        typed = {name: value for name, value in self.cleaned_data.items() if not name.startswith("type_")}
        needed = {str(kind): self.cleaned_data[f"type_{kind}"] for kind in AssessorType}
        return typed | {"assessor_types_needed": {kind: number for kind, number in needed.items() if number}}


class Letter(PartForm):
    """What stands in the award letter besides what always does, and how often is claimed."""

    part = Part.LETTER
    letter_conditions = text_field("Conditions of the award letter", "One condition a line.", required=False)
    months_per_claim = forms.TypedChoiceField(
        label="How often are costs claimed?", coerce=int, widget=forms.RadioSelect,
        choices=[(1, "Every month"), (3, "Every quarter"), (6, "Every half year"), (12, "Every year")],
    )  # fmt: skip

    def kept(self, competition: Competition) -> dict[str, Any]:
        return super().kept(competition) | {"letter_conditions": "\n".join(competition.letter_conditions)}

    def fields_typed(self) -> dict[str, Any]:
        lines = [line.strip() for line in self.cleaned_data["letter_conditions"].splitlines()]
        return self.cleaned_data | {"letter_conditions": [line for line in lines if line]}


FORMS: Mapping[str, type[PartForm]] = {
    form.part: form for form in (Basics, Dates, Who, Consortium, Subsidy, Costs, Match, Assessment, Letter)
}
