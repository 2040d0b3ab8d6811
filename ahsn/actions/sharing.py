"""Share out a year's money between the networks on two people's word, in instalments."""

import datetime as dt
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.rules import Refused
from ahsn import rules
from ahsn.models import Allocation, Instalment, Network
from audit.record import record
from funds import approvals, ledger
from funds.models import Envelope, Proposal, Stream
from funds.states import EntryKind, EnvelopeKind


def _content(
    stream: Stream, year: str, pence: int, core_percent: int, instalments: int, return_days: int
) -> dict[str, Any]:
    populations = dict(Network.objects.values_list("acronym", "population_thousands"))
    if not populations:
        raise Refused("There are no networks to share the money between.")
    shares = rules.formula_shares(pence, populations, core_percent)
    for core, weighted in shares.values():
        rules.schedule(year, core + weighted, instalments, return_days)
    return {
        "stream": stream.code, "year": year, "pence": pence, "core_percent": core_percent, "shares": shares,
        "instalments": instalments, "return_days": return_days,
    }  # fmt: skip


@transaction.atomic
def propose_allocations(
    *,
    stream: Stream,
    year: str,
    pence: int,
    by: User,
    role: str,
    at: dt.datetime,
    core_percent: int = rules.CORE_PERCENT,
    instalments: int = rules.INSTALMENTS,
    return_days: int = rules.RETURN_DAYS,
) -> Proposal:
    """Put forward the formula shares of a year and how they are paid; a second person approves them.

    Args:
        instalments: how many equal parts a share is paid in.
        return_days: from the first day of a part until the return that releases it is due.

    Raises:
        Refused: the year is shared out already, or cannot be shared so.
    """
    if role not in rules.SHARES:
        raise Refused("Only a fund manager shares out the networks' money.")
    if Allocation.objects.filter(year=year, envelope__stream=stream).exists():
        raise Refused(f"The money of {year} is shared out already.")
    content = _content(stream, year, pence, core_percent, instalments, return_days)
    return approvals.propose(kind="shares", reference=f"{stream.code}/{year}", content=content, by=by, role=role, at=at)


@transaction.atomic
def approve_allocations(
    *, stream: Stream, year: str, by: User, role: str, at: dt.datetime, seen: str | None = None
) -> list[Allocation]:
    """Approve the shares of a year: the pot is filled and each network's share is committed.

    Args:
        seen: digest of the shares as the person has read them; left out, nothing is compared.

    Raises:
        Refused: nobody put shares forward, the same person did, or they have changed.
        funds.ledger.DoesNotFit: the year or the stream has not that much.
    """
    if role not in rules.SHARES:
        raise Refused("Only a fund manager shares out the networks' money.")
    reference = f"{stream.code}/{year}"
    proposal = approvals.newest("shares", reference)
    if proposal is None:
        raise Refused("Nobody has put shares forward for this year.")
    if seen is not None:
        approvals.must_be_as_read(proposal, seen)
    approvals.approve(proposal=proposal, by=by, role=role, at=at)
    if made := list(Allocation.objects.filter(proposal=proposal)):
        return made
    pot = ledger.open_envelope(stream=stream, kind=EnvelopeKind.POT)
    facts: dict[str, Any] = {"stream": stream, "pot": pot, "proposal": proposal, "by": by, "role": role, "at": at}
    ledger.post(kind=EntryKind.ALLOCATED, reference=reference, pence=proposal.content["pence"], **facts)
    networks = Network.objects.filter(acronym__in=proposal.content["shares"]).order_by("pk")
    return [_allocate(network, proposal, pot, facts) for network in networks]


def _allocate(network: Network, proposal: Proposal, pot: Envelope, facts: dict[str, Any]) -> Allocation:
    """Commit one network's share, and lay its instalments and its closing return out."""
    core, weighted = proposal.content["shares"][network.acronym]
    year = proposal.content["year"]
    envelope = ledger.open_envelope(stream=facts["stream"], kind=EnvelopeKind.AWARD)
    ledger.post(
        kind=EntryKind.COMMITTED, reference=f"{network.acronym}/{year}", pence=core + weighted, year=year,
        award=envelope, **facts,
    )  # fmt: skip
    allocation = Allocation.objects.create(
        network=network, envelope=envelope, proposal=proposal, year=year, core_pence=core, population_pence=weighted,
        pence=core + weighted, allocated_at=facts["at"],
    )  # fmt: skip
    days = proposal.content.get("return_days", rules.RETURN_DAYS)
    parts = rules.schedule(year, allocation.pence, proposal.content.get("instalments", rules.INSTALMENTS), days)
    Instalment.objects.bulk_create(
        Instalment(
            allocation=allocation,
            reference=rules.instalment_reference(network.acronym, year, part.number),
            **part._asdict(),
        )
        for part in [*parts, rules.closing(year, days)]
    )
    record(
        "allocation.made", f"network:{network.acronym}", by=facts["by"], role=facts["role"], at=facts["at"],
        changes={"year": year, "pence": allocation.pence, "instalments": len(parts)},
    )  # fmt: skip
    return allocation
