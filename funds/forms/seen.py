"""A form that knows what its writer had read, so that nobody's work is written over unseen."""

from typing import Any

from django import forms

from accounts.rules import Refused
from funds.seen import Outdated


class SeenForm(forms.Form):
    """A form over a row that others change too; `outdated` is what stands now, once a save was refused for that."""

    seen = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)
    outdated: Outdated | None = None

    def refuse(self, refused: Refused) -> None:
        """Show why nothing was saved, and what somebody else has saved when that is why."""
        if isinstance(refused, Outdated):
            self.show_theirs(refused)
        else:
            self.add_error(None, str(refused))

    def show_theirs(self, refused: Outdated) -> None:
        """Keep what was typed, to be saved over what stands now when the writer has compared both."""
        self.outdated = refused
        sent: Any = self.data
        typed = sent.copy()
        typed["seen"] = refused.key
        self.data = typed
        self.add_error(None, str(refused))
