"""What bids add to the auditor's pack: the hash of each submitted version, and who decided on which match funding."""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q

from bids.models import BidVersion, MatchSource

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
    """Yield each source that somebody decided on, with the hashes of the files it was decided on."""
    evidence = ArrayAgg("documents__sha256", filter=~Q(documents=None), order_by="documents__id", default=[])
    sources = (
        MatchSource.objects.exclude(decided_by=None)
        .annotate(evidence=evidence)
        .order_by("pk")
        .values(
            "id", "partner__bid__reference", "partner__organisation_id", "kind", "funder", "amount_pounds",
            "secured_on", "available_on", "state", "verified_pounds", "decided_by_id", "decided_at", "evidence",
        )
    )  # fmt: skip
    for source in sources.iterator(chunk_size=CHUNK):
        row: dict[str, Any] = dict(source)
        yield {
            "bid": row.pop("partner__bid__reference"),
            "organisation_id": row.pop("partner__organisation_id"),
            "source": row.pop("id"),
            **row,
        }
