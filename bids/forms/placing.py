"""Put what an action refused beside the field that it is about."""

from collections.abc import Mapping

from django import forms

from accounts.rules import Refused


def place(form: forms.Form, refused: Refused, signs: Mapping[str, str]) -> None:
    """Add a refusal to the form: at the field of the first word of `signs` that it holds, else above all fields.

    Args:
        signs: word of a refusal → name of the field it is about.
    """
    words = str(refused).lower()
    field = next((name for sign, name in signs.items() if sign in words and name in form.fields), None)
    form.add_error(field, str(refused))
