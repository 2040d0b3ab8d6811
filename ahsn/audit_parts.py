"""What the networks add to the auditor's pack: instalments with the hash of their return, and releases."""

from collections.abc import Iterable
from typing import Any

from ahsn.models import Instalment, Release


def parts() -> Iterable[tuple[str, Iterable[dict[str, Any]]]]:
    """Yield (file name, rows) of each part, in an order that does not change. Amounts are pence."""
    yield "instalments.jsonl", _instalments()
    yield "releases.jsonl", _releases()


def _instalments() -> Iterable[dict[str, Any]]:
    found = Instalment.objects.order_by("pk").values(
        "reference", "allocation__network__acronym", "allocation__year", "number", "starts_on", "ends_on", "due_on",
        "pence", "network_return__state", "network_return__content_sha256", "network_return__signed_by_id",
        "network_return__signed_at", "network_return__decided_by_id", "network_return__decided_at",
    )  # fmt: skip
    for row in found.iterator(chunk_size=1_000):
        yield {name.split("__")[-1]: value for name, value in row.items()}


def _releases() -> Iterable[dict[str, Any]]:
    found = Release.objects.order_by("pk").values(
        "reference", "instalment__reference", "attempt", "pence", "state", "content_sha256", "proposed_by_id",
        "proposed_at", "file__reference", "file__sha256", "file__by_id", "file__at", "settled_at", "bank_reference",
    )  # fmt: skip
    for row in found.iterator(chunk_size=1_000):
        yield {name.replace("__", "_"): value for name, value in row.items()}
