"""Find a bid among one's own."""

from typing import Any

from django import forms

from bids.states import BidState, TeamRole


class FindForm(forms.Form):
    """Words and filters of one's bids; what makes no sense is left out, since it comes with an address."""

    q = forms.CharField(label="Title, reference or competition", required=False, max_length=100)
    state = forms.ChoiceField(label="State", required=False, choices=[("", "All"), *BidState.choices])
    competition = forms.ChoiceField(label="Competition", required=False)
    role = forms.ChoiceField(label="What you do", required=False)
    marks_optional = False

    def __init__(self, data: Any, *, competitions: list[tuple[str, str]]) -> None:
        super().__init__(data)
        competition: Any = self.fields["competition"]
        competition.choices = [("", "All"), *competitions]
        role: Any = self.fields["role"]
        role.choices = [("", "All"), *(r for r in TeamRole.choices if r[0] != TeamRole.REMOVED)]

    def facts(self) -> dict[str, str]:
        """Return what `desk.narrowed` takes."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}
