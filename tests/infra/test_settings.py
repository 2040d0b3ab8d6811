"""The configuration refuses to start on a missing or silly value, and production's has no warnings."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

PRODUCTION = {
    "MATCHFUND_HTTPS": "true",
    "MATCHFUND_BASE_URL": "https://matchfund.example.org",
    "MATCHFUND_ALLOWED_HOSTS": "matchfund.example.org",
    "MATCHFUND_MAIL_URL": "smtp://mail.example.org:587",
}


def manage(*arguments: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **{k: v for k, v in changes.items() if v is not None}}
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
    for name in [name for name, value in changes.items() if value is None]:
        environment.pop(name, None)
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("MATCHFUND_SECRET_KEY", None, "Set MATCHFUND_SECRET_KEY"),
        ("MATCHFUND_SECRET_KEY", "short", "needs 50 characters or more"),
        ("MATCHFUND_DATABASE_URL", "sqlite:///x", "must be postgresql://"),
        ("MATCHFUND_ALLOWED_HOSTS", "*", "must name the hosts"),
        ("MATCHFUND_BASE_URL", "example", "is no web address"),
        ("MATCHFUND_HTTPS", "perhaps", "must be true or false"),
        ("MATCHFUND_SEAL_KEY_FILE", "missing.pem", "names no file"),
        ("MATCHFUND_S3_LINK_SECONDS", "3600", "between 5 and 60"),
        ("MATCHFUND_MAIL_URL", "pigeon://", "must begin console://"),
        ("MATCHFUND_MAIL_FROM", "nobody", "must hold an e-mail address"),
    ],
)
def test_a_missing_or_silly_value_is_named(name, value, words):
    answer = manage("check", **{name: value})
    assert answer.returncode != 0
    assert words in answer.stderr


def test_production_has_no_deployment_warnings():
    answer = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert (answer.returncode, answer.stderr) == (0, "")


def test_the_defaults_are_those_of_production():
    code = "from django.conf import settings as s; print(s.DEBUG, s.SESSION_COOKIE_SECURE, s.SECURE_SSL_REDIRECT)"
    answer = manage(
        "shell", "--no-imports", "-c", code, **{**PRODUCTION, "MATCHFUND_HTTPS": None, "MATCHFUND_DEBUG": None}
    )
    assert answer.stdout.strip() == "False True True"
