"""The project: title, kind of research, place, time."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from dateutil.relativedelta import relativedelta
from django import forms

from accounts.rules import Refused
from bids.forms.placing import place
from bids.models import Bid
from bids.seen import DETAILS
from funds.forms.seen import SeenForm
from funds.seen import Outdated, key_of
from funds.states import ResearchCategory
from infra.filters import uk_date
from infra.forms import Line, Radios

TITLE_LENGTH = 200
CLINICAL_AREAS = (
    "Cancers and tumours",
    "Circulatory disorders",
    "Diabetes",
    "Healthcare-associated infection",
    "Long-term conditions",
    "Mental health including dementia",
    "Other",
)
CATEGORIES = {
    ResearchCategory.FEASIBILITY: "Find out whether an idea can work, and what it takes",
    ResearchCategory.INDUSTRIAL: "Plan and test new products, processes or services; build and try their parts",
    ResearchCategory.EXPERIMENTAL: "Turn what is known into prototypes, pilots and trials close to use",
    ResearchCategory.ADOPTION: "Take up in practice what is proven: training, redesign of pathways, double running",
}


def title_field() -> forms.CharField:
    """Return the question for the title."""
    return forms.CharField(
        label="Title of the project",
        max_length=TITLE_LENGTH,
        help_text="The title appears in public if your bid wins an award.",
        error_messages={
            "required": "Give the bid a title.",
            "max_length": f"The title must have at most {TITLE_LENGTH} characters.",
        },
    )


def category_field(allowed: Iterable[str]) -> forms.ChoiceField:
    """Return the question for the research category among those allowed."""
    return forms.ChoiceField(
        label="Kind of research",
        choices=[(c.value, c.label) for c in ResearchCategory if c in set(allowed)],
        widget=Radios(hints={str(c): hint for c, hint in CATEGORIES.items()}),
        help_text="It decides how much of your costs the grant can meet.",
        error_messages={"required": "Choose the kind of research."},
    )


class DetailsForm(SeenForm):
    """The project's details."""

    title = title_field()
    clinical_area = forms.ChoiceField(label="Clinical area", required=False)
    start_on = forms.TypedChoiceField(
        label="When does the project start?",
        coerce=dt.date.fromisoformat,
        empty_value=None,
        help_text="A project starts on the first of a month.",
        error_messages={"required": "Choose the month in which the project starts."},
    )
    months = forms.IntegerField(
        label="How long does it last?", min_value=1, max_value=999,
        widget=Line(suffix="months", width=3, attrs={"inputmode": "numeric"}),
        error_messages={
            "required": "Enter the number of months.", "invalid": "Enter the months as a whole number, such as 12.",
            "min_value": "The project must last at least 1 month.", "max_value": "The project cannot last that long.",
        },
    )  # fmt: skip

    def __init__(self, data: Any, *, bid: Bid, today: dt.date) -> None:
        kept = {f: getattr(bid, f) for f in ("title", "clinical_area", "category", "start_on", "months")}
        super().__init__(data, initial=kept | {"seen": key_of(bid, DETAILS)})
        strand, areas = bid.strand, [*CLINICAL_AREAS]
        if bid.clinical_area and bid.clinical_area not in areas:
            areas.append(bid.clinical_area)
        self.fields["clinical_area"].choices = [("", "---"), *((a, a) for a in areas)]  # type: ignore[attr-defined]
        months = first_months(today, bid.competition.start_by, bid.start_on)
        starts = [(month.isoformat(), uk_date(month)) for month in months]
        self.fields["start_on"].choices = [("", "---"), *starts]  # type: ignore[attr-defined]
        self.fields["months"].help_text = f"{strand.months_min} to {strand.months_max} months in this strand."
        self.fields["category"] = category_field(strand.categories)
        if len(strand.categories) == 1 and bid.category in strand.categories:
            del self.fields["category"]

    def refuse(self, refused: Refused) -> None:
        """Put a refusal beside the detail that it is about."""
        if isinstance(refused, Outdated):
            self.show_theirs(refused)
            return
        signs = {"title": "title", "must last": "months", "strand takes": "category", "starts on": "start_on"}
        place(self, refused, signs)


def first_months(today: dt.date, start_by: dt.date | None, kept: dt.date | None) -> list[dt.date]:
    """Return the firsts of months on which a project may start: from the next one, for two years or till `start_by`."""
    first = today.replace(day=1)
    months = [first + relativedelta(months=i) for i in range(1, 25)]
    if start_by:
        months = [month for month in months if month <= start_by]
    return sorted({*months, kept} if kept else months)
