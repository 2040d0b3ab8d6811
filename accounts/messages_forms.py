"""The filters of the log of the post."""

from pathlib import Path

from django import forms
from django.conf import settings

from accounts.messages import STATUSES


def in_words(template: str) -> str:
    """Return what a message is about: the name of its template as people read it."""
    return template.replace("_", " ").capitalize()


def _templates() -> list[tuple[str, str]]:
    folder: Path = settings.BASE_DIR / "templates"
    ours = {path.stem for path in (folder / "emails").glob("*.txt")} - {"base", "changed"}
    of_signing_in = {p.stem.removesuffix("_message") for p in (folder / "account" / "email").glob("*_message.txt")}
    return [("", "Any"), *((name, in_words(name)) for name in sorted(ours | of_signing_in))]


class LogFilter(forms.Form):
    """Which messages to show."""

    marks_optional = False
    status = forms.ChoiceField(
        label="State",
        required=False,
        choices=[("", "Any"), *((s, "Not delivered" if s == "failed" else s.capitalize()) for s in STATUSES)],
    )
    template = forms.ChoiceField(label="About", required=False, choices=_templates)
    address = forms.CharField(label="Address contains", required=False, max_length=254)

    def chosen(self) -> dict[str, str]:
        """Return what was chosen; what cannot be right counts as nothing."""
        return {name: value for name, value in self.cleaned_data.items() if value} if self.is_valid() else {}
