"""What views of every room share: act in a role, try a deed, and tell the person how it went."""

from collections.abc import Callable, Collection

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.models import User
from accounts.rules import Refused
from accounts.signed_in import person


def acting(request: HttpRequest, roles: Collection[str]) -> tuple[User, str]:
    """Return who asks and the role among `roles` in which they act, the first by name when they hold several.

    Raises:
        PermissionDenied: they hold none of them; the answer is 403.
    """
    user = person(request)
    held = sorted(user.roles & set(roles))
    if not held:
        raise PermissionDenied
    return user, held[0]


def attempt(request: HttpRequest, deed: Callable[[], object], done: str = "") -> bool:
    """Do a deed and return whether it was done; a refusal becomes a message, as does `done`."""
    try:
        deed()
    except Refused as refused:
        messages.error(request, str(refused))
        return False
    if done:
        messages.success(request, done)
    return True


def attempt_on(form: forms.Form, deed: Callable[[], object], field: str | None = None) -> bool:
    """Do a deed that a form asks for and return whether it was done; a refusal becomes an error of the form.

    Args:
        field: the field that the refusal is about; None when it is about the whole form.
    """
    try:
        deed()
    except Refused as refused:
        form.add_error(field, str(refused))
        return False
    return True
