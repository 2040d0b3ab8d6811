"""Many networks in a year, and many years of one network with a release of each instalment, for the lists of them."""

from collections.abc import Callable
from typing import Any

from accounts.models import Organisation
from ahsn import rules
from ahsn.models import Allocation, Instalment, Network, NetworkReturn, Release
from ahsn.states import CLOSING
from awards.models import BankDetails, ReportLine
from funds.models import Approval, Envelope, Proposal
from tests.cast import NOW
from tests.cast_networks import FIGURES, TEXTS, YEAR
from tests.many import copies

Get = Callable[[str], Any]
DIGEST = "0" * 64


def networks(get: Get, numbers: range) -> None:
    """Share the year out to more networks."""
    like = get("shared_out")[0].allocation
    bodies = copies(get("network"), len(numbers), name=lambda n: f"Network {numbers[n]}")
    made = Network.objects.bulk_create(
        Network(organisation=Organisation(pk=body.pk), acronym=f"M{n}", population_thousands=1)
        for n, body in zip(numbers, bodies, strict=True)
    )
    _allocate(like, made, [YEAR] * len(made))


def years(get: Get, numbers: range) -> None:
    """Share more years out to a network; each instalment is put forward, but for the last, whose return is accepted."""
    like = get("shared_out")[0].allocation
    many = _allocate(like, [like.network] * len(numbers), [f"{2100 + n}-{n:02d}"[:7] for n in numbers])
    accepted = [due for due in many if due.number < CLOSING]
    _accept(accepted, get("lead"), get("fund_manager"))
    get("account")
    facts = {"bank_details": BankDetails.objects.latest("pk"), "proposed_by": get("finance_officer"),
             "proposed_at": NOW, "attempt": 1, "content_sha256": DIGEST}  # fmt: skip
    Release.objects.bulk_create(
        Release(reference=f"MFN-{due.reference}"[:20] + str(due.pk), instalment=due, pence=due.pence, **facts)
        for due in accepted
        if due.number < 4
    )


def report_lines(get: Get, numbers: range) -> None:
    """Let a report speak of more instalments."""
    facts = {"report": get("shown_bank_report"), "status": "PAID", "outcome": "paid"}
    ReportLine.objects.bulk_create(ReportLine(row=n + 1, about=f"N0-2026-27-{n}", **facts) for n in numbers)


def _allocate(like: Allocation, networks: list[Network], many_years: list[str]) -> list[Instalment]:
    envelopes = copies(Envelope.objects.create(stream=like.envelope.stream, kind="award"), len(networks))
    facts = {"proposal": like.proposal, "core_pence": 8, "population_pence": 0, "pence": 8, "allocated_at": NOW}
    allocations = Allocation.objects.bulk_create(
        Allocation(network=network, year=year, envelope=envelope, **facts)
        for network, year, envelope in zip(networks, many_years, envelopes, strict=True)
    )
    return Instalment.objects.bulk_create(
        Instalment(allocation=one, reference=f"{one.network.acronym}-{one.year}-{part.number}", **part._asdict())
        for one in allocations
        for part in [*rules.schedule(YEAR, 8), rules.closing(YEAR)]
    )


def _accept(instalments: list[Instalment], lead: Any, by: Any) -> None:
    """Sign and accept a return for each, in a few statements."""
    facts = {"content_sha256": DIGEST, "signed_by": lead, "signed_at": NOW, "declaration": "?"} | FIGURES | TEXTS
    returns = NetworkReturn.objects.bulk_create(
        NetworkReturn(instalment=due, reference=due.reference, **facts) for due in instalments
    )
    keys = [one.pk for one in returns]
    proposals = Proposal.objects.bulk_create(
        Proposal(kind="return", reference=one.reference, content={}, content_sha256=DIGEST, by=lead, at=NOW)
        for one in returns
    )
    Approval.objects.bulk_create(Approval(proposal=one, by=by, role="fund_manager", at=NOW) for one in proposals)
    NetworkReturn.objects.filter(pk__in=keys).update(state="submitted")
    NetworkReturn.objects.filter(pk__in=keys).update(state="accepted", decided_by=by, decided_at=NOW)
