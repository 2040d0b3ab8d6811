"""What every deed on releases does first, and last: hold them, look at who acts, post their entries."""

import datetime as dt
from collections.abc import Iterable, Sequence

from accounts.models import User
from ahsn import rules
from ahsn.models import Release
from awards.actions.locks import hold_stream
from awards.rules import must_act_as, must_be_outsider
from funds import ledger
from funds.models import LedgerEntry
from funds.states import EntryKind

OF_RELEASE = (
    "instalment__allocation__network__organisation", "instalment__allocation__envelope__stream",
    "instalment__network_return", "proposed_by",
)  # fmt: skip


def hold(keys: Iterable[int]) -> list[Release]:
    """Return releases by their keys as they are now, all held."""
    held = Release.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=list(keys)).order_by("pk")
    return list(held.select_related(*OF_RELEASE))


def networks_of(releases: Iterable[Release]) -> set[int]:
    """Return the keys of the organisations that these releases pay."""
    return {one.instalment.allocation.network.organisation_id for one in releases}


def must_release(organisations: set[int], by: User, role: str) -> None:
    """Refuse who is no finance officer, or belongs to a network that is paid."""
    must_act_as(role, by.roles, rules.RELEASES)
    must_be_outsider(by.organisation_ids(), organisations)


def post(deeds: Sequence[tuple[str, Release]], *, by: User, role: str, at: dt.datetime, reason: str = "") -> None:
    """Post an entry of each kind for its release, in the year and pot in which its allocation is committed.

    Args:
        reason: what else each entry says beside its instalment.
    """
    allocations = {one.instalment.allocation for _, one in deeds}
    committed = LedgerEntry.objects.filter(
        kind=EntryKind.COMMITTED, award__in=[allocation.envelope_id for allocation in allocations]
    )
    pots = dict(committed.values_list("award_id", "pot_id"))
    for stream in sorted({allocation.envelope.stream for allocation in allocations}, key=lambda stream: stream.pk):
        hold_stream(stream)
    entries = [
        LedgerEntry(
            kind=kind, reference=one.reference, pence=one.pence, year=allocation.year,
            stream_id=allocation.envelope.stream_id, pot_id=pots[allocation.envelope_id],
            award_id=allocation.envelope_id, reason=f"instalment {one.instalment.reference} {reason}".strip(),
        )
        for kind, one in deeds if (allocation := one.instalment.allocation)
    ]  # fmt: skip
    ledger.post_all(entries, by=by, role=role, at=at)
