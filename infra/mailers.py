"""Read the address of the mail port into Django's settings of a mailer. Pure.

`console://`, `file:///folder`, `smtp://user:password@host:587`, `smtps://…`, and for GOV.UK Notify
`notify://API_KEY@host/TEMPLATE_ID` (`notify+http://…` only on this machine, for tests).
"""

from typing import Any
from urllib.parse import unquote, urlsplit

TIMEOUT_SECONDS = 20
HERE = ("127.0.0.1", "localhost", "::1")
SCHEMES = "MATCHFUND_MAIL_URL must begin console://, file://, smtp://, smtps:// or notify://."


class BadAddress(ValueError):
    """An address of a mail port that cannot be right, in words."""


def mailers(address: str) -> dict[str, dict[str, Any]]:
    """Return Django's MAILERS for an address.

    Raises:
        BadAddress: says what is wrong, without quoting a password.
    """
    try:
        url = urlsplit(address)
        port = url.port
    except ValueError as error:
        raise BadAddress("MATCHFUND_MAIL_URL is no address that can be read.") from error
    match url.scheme:
        case "console":
            backend, options = "django.core.mail.backends.console.EmailBackend", {}
        case "file":
            backend, options = "infra.mail_files.EmailBackend", _file(unquote(url.path))
        case "smtp" | "smtps":
            backend, options = "django.core.mail.backends.smtp.EmailBackend", _smtp(url, port)
        case "notify" | "notify+http":
            backend, options = "infra.notify.EmailBackend", _notify(url)
        case _:
            raise BadAddress(SCHEMES)
    return {"default": {"BACKEND": backend, "OPTIONS": options}}


def _file(path: str) -> dict[str, Any]:
    if not path.startswith("/") or path == "/":
        raise BadAddress("MATCHFUND_MAIL_URL must name a whole path, such as file:///var/mail/matchfund.")
    return {"file_path": path}


def _smtp(url: Any, port: int | None) -> dict[str, Any]:
    if not url.hostname:
        raise BadAddress("MATCHFUND_MAIL_URL names no mail server.")
    is_secure = url.scheme == "smtps"
    return {
        "host": url.hostname,
        "port": port or (465 if is_secure else 587),
        "username": unquote(url.username or ""),
        "password": unquote(url.password or ""),
        "use_ssl": is_secure,
        "use_tls": not is_secure and url.hostname not in HERE,
        "timeout": TIMEOUT_SECONDS,
    }


def _notify(url: Any) -> dict[str, Any]:
    if url.scheme == "notify+http" and url.hostname not in HERE:
        raise BadAddress("MATCHFUND_MAIL_URL: notify+http:// is only for a server on this machine.")
    key, template = unquote(url.username or ""), url.path.strip("/")
    if len(key) < 74 or not url.hostname or not template:
        raise BadAddress("MATCHFUND_MAIL_URL must be notify://API_KEY@host/TEMPLATE_ID, with the whole API key.")
    host = url.netloc.rpartition("@")[2]
    return {
        "base_url": f"{'http' if url.scheme == 'notify+http' else 'https'}://{host}",
        "api_key": key,
        "template_id": template,
        "timeout": TIMEOUT_SECONDS,
    }
