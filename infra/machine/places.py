"""Say where things lie on a development machine."""

from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
VAR = CHECKOUT / "var"
ENV = VAR / "env"
LOGS = VAR / "log"
MAIL = VAR / "mail"
PIDS = VAR / "run"
AUTHORITY = VAR / "authority"
S3 = VAR / "s3"
CLAMAV = VAR / "clamav"
REGISTERS = VAR / "registers"


def shown(path: Path) -> str:
    """Return the path as a person in the checkout would type it."""
    return str(path.relative_to(CHECKOUT)) if path.is_relative_to(CHECKOUT) else str(path)
