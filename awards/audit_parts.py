"""What awards add to the auditor's pack: letters by their hash, claims by theirs, and payments."""

from collections.abc import Iterable
from typing import Any

from awards.models import Claim, Letter, Payment


def parts() -> Iterable[tuple[str, Iterable[dict[str, Any]]]]:
    """Yield (file name, rows) of each part, in an order that does not change. Amounts are pence."""
    yield "letters.jsonl", _letters()
    yield "claims.jsonl", _claims()
    yield "payments.jsonl", _payments()


def _letters() -> Iterable[dict[str, Any]]:
    letters = Letter.objects.order_by("pk").values(
        "award__reference", "number", "short_code", "sha256", "key", "bytes", "version_id", "stored_at"
    )
    for letter in letters.iterator(chunk_size=1_000):
        row = dict(letter)
        yield {"award": row.pop("award__reference"), **row}


def _claims() -> Iterable[dict[str, Any]]:
    claims = Claim.objects.exclude(submitted_at=None).order_by("pk").values(
        "reference", "award__reference", "organisation_id", "number", "starts_on", "ends_on", "state",
        "content_sha256", "eligible_pence", "grant_pence", "match_pence", "submitted_at",
    )  # fmt: skip
    for claim in claims.iterator(chunk_size=1_000):
        row = dict(claim)
        yield {"award": row.pop("award__reference"), **row}


def _payments() -> Iterable[dict[str, Any]]:
    payments = Payment.objects.order_by("pk").values(
        "claim__reference", "end_to_end_id", "pence", "state", "instructed_by_id", "instructed_at", "settled_at",
        "bank_reference",
    )  # fmt: skip
    for payment in payments.iterator(chunk_size=1_000):
        row = dict(payment)
        yield {"claim": row.pop("claim__reference"), **row}
