"""Do a deed for a page, and turn a refusal into words beside the form or above the page."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest

from accounts.rules import Refused
from infra.storage import StorageAway

STORAGE_AWAY = "The file store does not answer at the moment. Nothing was changed. Try again in a few minutes."


def refusal(deed: Callable[..., Any], **facts: Any) -> str:
    """Do a deed; return why it was refused, or nothing when it is done."""
    try:
        deed(**facts)
    except Refused as refused:
        return str(refused)
    except StorageAway:
        return STORAGE_AWAY
    return ""


def carry_out(form: forms.Form, deed: Callable[..., Any], **facts: Any) -> bool:
    """Do what a valid form asks for; a refusal becomes an error of the form. Return whether it is done."""
    if why := refusal(deed, **facts):
        form.add_error(None, why)
    return not why


def attempt(request: HttpRequest, deed: Callable[..., Any], done: str, **facts: Any) -> bool:
    """Do what a button asks for; the answer becomes a message: `done`, or why not. Return whether it is done."""
    why = refusal(deed, **facts)
    if why:
        messages.error(request, why)
    else:
        messages.success(request, done)
    return not why
