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
    """Do what a valid form asks for; a refusal becomes an error of the form. Return whether it is done.

    A form that knows which of its fields a refusal is about has a method `refuse(refused)`.
    """
    try:
        deed(**facts)
    except Refused as refused:
        refuse = getattr(form, "refuse", None)
        if refuse:
            refuse(refused)
        else:
            form.add_error(None, str(refused))
        return False
    except StorageAway:
        form.add_error(None, STORAGE_AWAY)
        return False
    return True


def outcome[T](form: forms.Form, deed: Callable[..., T], **facts: Any) -> T | None:
    """Do what a valid form asks for and return what it made; a refusal becomes an error of the form."""
    made: list[T] = []
    carry_out(form, lambda: made.append(deed(**facts)))
    return made[0] if made else None


def attempt(request: HttpRequest, deed: Callable[..., Any], done: str, **facts: Any) -> bool:
    """Do what a button asks for; the answer becomes a message: `done`, or why not. Return whether it is done."""
    why = refusal(deed, **facts)
    if why:
        messages.error(request, why)
    else:
        messages.success(request, done)
    return not why
