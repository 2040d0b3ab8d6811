"""A form that knows what its writer had read, so that nobody's work is written over unseen."""

from typing import Any

from django import forms

from bids.seen import Outdated


class SeenForm(forms.Form):
    """A form over a row that others change too; `outdated` is what stands now, once a save was refused for that."""

    seen = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)
    outdated: Outdated | None = None

    def show_theirs(self, refused: Outdated) -> None:
        """Keep what was typed, to be saved over what stands now when the writer has compared both."""
        self.outdated = refused
        typed: Any = self.data.copy()
        typed["seen"] = refused.key
        self.data = typed
        self.add_error(None, str(refused))
