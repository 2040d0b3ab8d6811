"""Sign people in without the pages, as if they had just given password and code."""

import time
from functools import cache

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
    AUTHENTICATION_METHODS_SESSION_KEY,
)
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.hashers import make_password
from django.test import Client

from accounts.models import User

SECRET = "JBSWY3DPEHPK3PXP"
PASSWORD = "correct horse battery staple"


@cache
def _hashed() -> str:
    """Return the hash of everybody's password: it is slow to make, on purpose."""
    return make_password(PASSWORD)


def give_password(user: User) -> User:
    """Let a person sign in with `PASSWORD`, their address being confirmed."""
    User.objects.filter(pk=user.pk).update(password=_hashed())
    user.password = _hashed()
    EmailAddress.objects.get_or_create(user=user, email=user.email, verified=True, primary=True)
    return user


def give_second_factor(user: User) -> User:
    """Let a person have an authenticator app and recovery codes."""
    if not Authenticator.objects.filter(user=user).exists():
        TOTP.activate(user, SECRET)
        RecoveryCodes.activate(user)
    return user


def signed_in(user: User | None) -> Client:
    """Return a client that acts as a person, staff with their second factor; as nobody when there is none."""
    client = Client()
    if user is not None:
        give_password(user)
        if user.is_staff:
            give_second_factor(user)
        client.force_login(user)
        session = client.session
        session[_AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(user.pk)
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [
            {"method": "password", "at": time.time(), "reauthenticated": True}
        ]
        session.save()
    return client
