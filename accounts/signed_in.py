"""Who asks, and in which role."""

from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.models import User


def person(request: HttpRequest) -> User:
    """Return the person who is signed in.

    Raises:
        PermissionDenied: nobody is.
    """
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


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
