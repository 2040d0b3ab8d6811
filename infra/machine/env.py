"""Write var/env: the settings of a development machine, as KEY='value' lines for a shell."""

import secrets
import shlex
from urllib.parse import quote

from infra.machine import authority, clamav, postgres, registers, s3
from infra.machine.places import ENV, MAIL


def write() -> bool:
    """Write the file anew if anything differs, keeping the secrets it has. Return whether it was written."""
    before = read()
    lines = [f"{key}={quoted(value)}\n" for key, value in values(before).items()]
    if ENV.exists() and ENV.read_text() == "".join(lines):
        return False
    authority.write(ENV, "".join(lines).encode(), 0o600)
    return True


def read() -> dict[str, str]:
    """Return what the file says; nothing where there is no file."""
    if not ENV.exists():
        return {}
    pairs = (line.partition("=") for line in ENV.read_text().splitlines())
    return {key: shlex.split(value)[0] for key, _, value in pairs}


def values(before: dict[str, str]) -> dict[str, str]:
    """Return every setting with its development value; secrets made once are taken from before."""
    return {
        "MATCHFUND_SECRET_KEY": before.get("MATCHFUND_SECRET_KEY") or secrets.token_urlsafe(48),
        "MATCHFUND_DATABASE_URL": postgres.url(postgres.WEB),
        "MATCHFUND_OWNER_DATABASE_URL": postgres.url(postgres.OWNER),
        "MATCHFUND_ALLOWED_HOSTS": "127.0.0.1,localhost",
        "MATCHFUND_BASE_URL": "http://127.0.0.1:8000",
        "MATCHFUND_HTTPS": "false",
        "MATCHFUND_DEBUG": "false",
        "MATCHFUND_S3_ENDPOINT_URL": s3.endpoint(),
        "MATCHFUND_S3_REGION": s3.REGION,
        "AWS_ACCESS_KEY_ID": before.get("AWS_ACCESS_KEY_ID") or f"DEV{secrets.token_hex(8).upper()}",
        "AWS_SECRET_ACCESS_KEY": before.get("AWS_SECRET_ACCESS_KEY") or secrets.token_urlsafe(30),
        "MATCHFUND_S3_LETTERS_BUCKET": s3.LETTERS,
        "MATCHFUND_S3_UPLOADS_BUCKET": s3.UPLOADS,
        "MATCHFUND_S3_RECORD_BUCKET": s3.RECORD,
        "MATCHFUND_SEAL_KEY_FILE": str(authority.KEY),
        "MATCHFUND_SEAL_CERTIFICATE_FILE": str(authority.CERTIFICATE),
        "MATCHFUND_SEAL_TRUST_FILE": str(authority.ROOT),
        "MATCHFUND_PAYER_ACCOUNT": "102030/12345678/Department of Health and Social Care",
        "MATCHFUND_SCAN_URL": clamav.endpoint(),
        "MATCHFUND_COMPANIES_HOUSE_URL": f"{registers.endpoint()}/companies-house",
        "MATCHFUND_COMPANIES_HOUSE_KEY": registers.KEY,
        "MATCHFUND_ODS_URL": f"{registers.endpoint()}/ods",
        "MATCHFUND_MAIL_URL": f"file://{quote(str(MAIL))}",
        "MATCHFUND_MAIL_FROM": "Matchfund <no-reply@example.org>",
    }


def quoted(value: str) -> str:
    """Return the value as one single-quoted word of a shell."""
    return "'" + value.replace("'", "'\\''") + "'"
