"""Begin a bid."""

from typing import Any, cast

from django import forms

from accounts.models import Organisation
from accounts.rules import Refused
from bids.forms.placing import place
from bids.forms.project import category_field, title_field
from funds.models import Competition, Strand
from infra.forms import Radios


class StartForm(forms.Form):
    """Begin a bid: for whom, in which strand, what it is called. What leaves no choice is not asked."""

    lead = forms.ChoiceField(
        label="Which organisation leads the bid?",
        widget=Radios,
        error_messages={"required": "Choose the organisation that leads the bid."},
    )
    strand = forms.ChoiceField(
        label="Strand", widget=Radios, error_messages={"required": "Choose the strand that fits your project."}
    )
    title = title_field()

    def __init__(self, data: Any, *, competition: Competition, leads: list[Organisation]) -> None:
        super().__init__(data)
        strands = list(competition.strands.all())
        self.leads = {str(lead.pk): lead for lead in leads}
        self.strands = {str(strand.pk): strand for strand in strands}
        self.fields["category"] = category_field({category for s in strands for category in s.categories})
        lead, strand, category = (cast(forms.ChoiceField, self.fields[f]) for f in ("lead", "strand", "category"))
        lead.choices = [(key, o.name) for key, o in self.leads.items()]
        strand.choices = [(key, s.title) for key, s in self.strands.items()]
        cast(Radios, strand.widget).hints = {key: range_of(s) for key, s in self.strands.items()}
        choosable = {"lead": lead, "strand": strand, "category": category}
        answers = {name: [str(key) for key, _ in cast(Any, field.choices)] for name, field in choosable.items()}
        self.given = {name: keys[0] for name, keys in answers.items() if len(keys) == 1}
        for name in self.given:
            del self.fields[name]

    def refuse(self, refused: Refused) -> None:
        """Put a refusal beside the choice that it is about."""
        place(self, refused, {"category": "category", "strand": "strand", "title": "title"})

    def facts(self) -> dict[str, Any]:
        """Return what `actions.start_bid` takes."""
        data = self.given | self.cleaned_data
        facts = {"title": data["title"], "category": data["category"]}
        return facts | {"lead": self.leads[data["lead"]], "strand": self.strands[data["strand"]]}


def range_of(strand: Strand) -> str:
    """Return what projects a strand takes, in words."""
    cost = f"£{strand.cost_min_pounds:,} to £{strand.cost_max_pounds:,}"
    return f"Projects of {cost}, at most {strand.months_max} months"
