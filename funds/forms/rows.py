"""What officials type about a strand, a question or a document asked for."""

import itertools
import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from funds.forms.seen import SeenForm
from funds.forms.setup import text_field, whole
from funds.parts import Part
from funds.starters.shape import BANDS, WORDS
from funds.states import Collaboration, ResearchCategory
from infra.forms import PoundsField

BAND = re.compile(r"\s*([0-9]{1,2})\s*(?:-|–|to)\s*([0-9]{1,2})\s*:\s*(.+)", re.IGNORECASE)
POINTS = 10


class StrandForm(SeenForm):
    """A strand: what work, how large, how long, alone or together."""

    title = forms.CharField(label="Title", max_length=120)
    categories = forms.MultipleChoiceField(
        label="Categories of work", choices=ResearchCategory, widget=forms.CheckboxSelectMultiple,
        help_text="They set the ceiling of the grant.",
    )  # fmt: skip
    cost_min_pounds = PoundsField(label="Lowest total cost of a project")
    cost_max_pounds = PoundsField(label="Highest total cost of a project", min_value=1)
    months_min = whole("Shortest length", 1, 84, suffix="months")
    months_max = whole("Longest length", 1, 84, suffix="months")
    collaboration = forms.ChoiceField(label="Who bids", choices=Collaboration, widget=forms.RadioSelect)
    claiming_partners_min = whole(
        "Partners besides the lead that must claim grant, at least", 0, 20,
        "A collaborative project has at least one, also when this is 0.",
    )  # fmt: skip

    def clean(self) -> None:
        low, high = self.cleaned_data.get("cost_min_pounds"), self.cleaned_data.get("cost_max_pounds")
        if low is not None and high is not None and high < low:
            self.add_error("cost_max_pounds", f"The highest cost must be at least the lowest, £{low:,}.")
        short, long = self.cleaned_data.get("months_min"), self.cleaned_data.get("months_max")
        if short and long and long < short:
            self.add_error("months_max", f"The longest length must be at least the shortest, {short} months.")
        if self.cleaned_data.get("collaboration") == Collaboration.SINGLE and self.cleaned_data.get(
            "claiming_partners_min"
        ):
            self.add_error("claiming_partners_min", "Single bidders have no partners: enter 0.")


class BandsField(forms.CharField):
    """Bands of points, one a line, best first, such as “9 to 10: Convincing”."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 6}), required=False, max_length=5_000, **options)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return "\n".join(f"{low} to {high}: {earns}" for low, high, earns in value)
        return value

    def clean(self, value: Any) -> Any:
        lines = [line for line in super().clean(value).splitlines() if line.strip()]
        bands = [self._band(line) for line in lines]
        for above, below in itertools.pairwise(bands):
            if below[1] >= above[0]:
                raise ValidationError(f"The band {below[0]} to {below[1]} must lie below {above[0]} to {above[1]}.")
        return bands

    @staticmethod
    def _band(line: str) -> list[Any]:
        found = BAND.fullmatch(line)
        if found is None:
            raise ValidationError(f"“{line.strip()[:60]}” is no band. Write it as “9 to 10: what earns it”.")
        low, high = int(found[1]), int(found[2])
        if not 0 <= low <= high <= POINTS:
            raise ValidationError(f"The band {low} to {high} must lie between 0 and {POINTS}, the lower number first.")
        return [low, high, found[3].strip()]


class QuestionForm(SeenForm):
    """A question: what is asked, how long the answer may be, and how it is scored."""

    heading = forms.CharField(label="Heading", max_length=120)
    text = text_field("Question", rows=3)
    guidance = text_field("Guidance", "What a good answer covers.", rows=5, required=False)
    word_limit = whole("Word limit", 1, 5_000, suffix="words")
    takes_appendix = forms.BooleanField(label="An appendix may be uploaded", required=False)
    is_scored = forms.BooleanField(label="Assessors score the answer", required=False)
    weight = whole("Weight", 1, 100, "With weight 2 its points count twice in the score of a bid.", required=False)
    bands = BandsField(
        label="What earns which points", help_text="One band a line, the best first, such as “9 to 10: Convincing”."
    )

    def clean(self) -> None:
        if not self.cleaned_data.get("is_scored"):
            self.cleaned_data |= {"weight": 1, "bands": []}
        elif self.cleaned_data.get("weight") is None and "weight" not in self.errors:
            self.cleaned_data["weight"] = 1


class DocumentForm(SeenForm):
    """A document that bidders must or may give."""

    title = forms.CharField(label="Title", max_length=120)
    guidance = text_field("Guidance", "What it must show, and who signs it.", rows=4, required=False)
    is_required = forms.BooleanField(label="A bid cannot be submitted without it", required=False)


ROW_FORMS: Mapping[str, type[SeenForm]] = {
    Part.STRANDS: StrandForm,
    Part.QUESTIONS: QuestionForm,
    Part.DOCUMENTS: DocumentForm,
}
NEW: Mapping[str, dict[str, Any]] = {
    Part.STRANDS: {"cost_min_pounds": 0, "months_min": 1, "months_max": 36, "collaboration": Collaboration.EITHER,
                   "claiming_partners_min": 0},
    Part.QUESTIONS: {"word_limit": WORDS, "weight": 1, "is_scored": True, "bands": BANDS},
    Part.DOCUMENTS: {"is_required": True},
}  # fmt: skip
