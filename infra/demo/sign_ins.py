"""Passwords and second factors of the people whom the demo lets you be."""

import secrets

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.conf import settings

from accounts.models import User
from accounts.states import STAFF_ROLES
from infra.demo.people import People

PASSWORD_FILE = settings.BASE_DIR / "var" / "demo-password"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 - of fictional people on a development machine


def password() -> str:
    """Return the password that all demo people share on this machine, made once."""
    if not PASSWORD_FILE.exists():
        PASSWORD_FILE.write_text(f"matchfund-{secrets.token_hex(5)}")
        PASSWORD_FILE.chmod(0o600)
    return PASSWORD_FILE.read_text()


def let_in(people: People) -> list[tuple[str, str, bool]]:
    """Let one person of each role and kind sign in; return (who, e-mail, needs a code) of each."""
    first = {
        "applicant": people.applicants[people.companies[0].pk],
        **{f"colleague ({what})": user for what, user in people.colleagues.items()},
        "partner's applicant": people.applicants[people.companies[11].pk],
        "NHS trust's applicant": people.applicants[people.trusts[0].pk],
        "assessor": people.assessors[0].user,
        "fund manager, chairs the panel": people.managers[0],
        "second fund manager": people.managers[1],
        "finance officer": people.finance,
        "second finance officer": people.second_finance,
        "network's monitoring officer": people.monitors[people.networks[0].pk],
        "network's lead": people.ahsn_lead,
        "auditor": people.auditor,
    }
    return [(who, user.email, _let_in(user)) for who, user in first.items()]


def _let_in(user: User) -> bool:
    """Give a person the password, a confirmed address and, for staff, a second factor; return whether it is needed."""
    EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    if not user.has_usable_password() or not user.check_password(password()):
        user.set_password(password())
        user.save(update_fields=["password"])
    is_staff = bool(user.roles & STAFF_ROLES)
    if is_staff and not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
        TOTP.activate(user, SECRET)
    return is_staff


def code() -> str:
    """Return the code that the demo's authenticator app shows now."""
    return format_hotp_value(hotp_value(SECRET, next(iter(yield_hotp_counters_from_time()))))
