"""What bids add to the auditor's pack: the hash of each submitted version, and who decided on which match funding."""

from collections.abc import Iterable
from typing import Any

from bids.models import BidVersion, MatchVerification

CHUNK = 1_000


def parts() -> Iterable[tuple[str, Iterable[dict[str, Any]]]]:
    """Yield (file name, rows) of each part, in an order that does not change. Amounts are whole pounds."""
    yield "bid_versions.jsonl", _versions()
    yield "match_verifications.jsonl", _verifications()


def _versions() -> Iterable[dict[str, Any]]:
    """Yield each version with the hash that its receipt and its event carry."""
    versions = BidVersion.objects.order_by("pk").values(
        "bid__reference", "bid__competition__reference", "number", "sha256", "at", "by_id", "within_grace"
    )
    for version in versions.iterator(chunk_size=CHUNK):
        row: dict[str, Any] = dict(version)
        yield {"bid": row.pop("bid__reference"), "competition": row.pop("bid__competition__reference"), **row}


def _verifications() -> Iterable[dict[str, Any]]:
    """Yield each decision on a source of match funding, superseded ones too, with the hashes of its evidence."""
    decisions = MatchVerification.objects.order_by("pk").values(
        "source__partner__bid__reference", "source__partner__organisation_id", "source_id", "source__kind",
        "source__funder", "source__amount_pounds", "number", "outcome", "pounds", "checks", "evidence", "expires_on",
        "by_id", "at",
    )  # fmt: skip
    for decision in decisions.iterator(chunk_size=CHUNK):
        row: dict[str, Any] = {name.removeprefix("source__"): value for name, value in decision.items()}
        yield {
            "bid": row.pop("partner__bid__reference"),
            "organisation_id": row.pop("partner__organisation_id"),
            "source": row.pop("source_id"),
            **row,
        }
