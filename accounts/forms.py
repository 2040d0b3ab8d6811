"""Forms about people."""

from django import forms


class SignupForm(forms.Form):
    """What sign-up asks beyond e-mail and password."""

    full_name = forms.CharField(
        label="Your full name", max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )

    def signup(self, request: object, user: object) -> None:
        """Keep nothing here: the adapter saves the name."""
