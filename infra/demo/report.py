"""What a run of the demo did, as one object and as a table for a person."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db.models import Count, Sum

from accounts.models import Message
from assessments.models import Assessment
from audit.models import Event, Seal
from awards.models import Award, Letter, Payment
from awards.states import PaymentState
from bids.models import Bid
from bids.states import BidState
from funds.models import Competition, Envelope
from funds.money import pounds
from infra.filters import count


def facts(competition: Competition, is_verified: bool) -> dict[str, Any]:
    """Return the run as one object; amounts in pence."""
    pot = Envelope.objects.get(pk=competition.pot_id)
    paid = Payment.objects.filter(state=PaymentState.PAID).aggregate(total=Sum("pence"))["total"] or 0
    letters = (
        Letter.objects.filter(award__bid__competition=competition).select_related("award").order_by("award", "number")
    )
    return {
        "competition": competition.reference,
        "bids": Bid.objects.filter(competition__reference__startswith="DHTC-").count(),
        "assessments": Assessment.objects.filter(seat__bid__competition=competition, state="submitted").count(),
        "awards": Award.objects.filter(bid__competition=competition).count(),
        "letters": [{"award": x.award.reference, "key": x.key, "sha256": x.sha256, "bytes": x.bytes} for x in letters],
        "paid_pence": paid,
        "envelope": {"cap_pence": pot.cap_pence, "committed_pence": pot.committed_pence},
        "audit": {"events": Event.objects.count(), "seals": Seal.objects.count(), "verified": is_verified},
    }


def _open_calls() -> str:
    """Return the competitions besides the rounds, each with its bids."""
    found = Competition.objects.filter(state="published").exclude(reference__startswith="DHTC-")
    counted = found.annotate(number=Count("bids")).order_by("reference")
    return ", ".join(f"{call.reference} with {count(call.number, 'bid')}" for call in counted) or "none"


def _states(queryset: Any, labels: Any) -> str:
    counted = Counter(queryset.values_list("state", flat=True))
    return ", ".join(f"{counted[state]} {labels(state).label.lower()}" for state in labels if counted[state])


def lines(
    told: dict[str, Any], competition: Competition, pack: Path, sign_ins: list[tuple[str, str, bool]], secret: str
) -> Iterator[str]:
    """Yield the lines that tell a person what happened and where things are."""
    envelope, bids = told["envelope"], Bid.objects.filter(competition__reference__startswith="DHTC-")
    rows = [
        ("Competition", f"{competition.reference} {competition.title}: {competition.get_state_display().lower()}"),
        ("Envelope", f"{pounds(envelope['committed_pence'])} committed of {pounds(envelope['cap_pence'])}"),
        ("Bids", f"{told['bids']}: {_states(bids, BidState)}"),
        ("Assessments", f"{told['assessments']} submitted"),
        ("Awards", f"{told['awards']}, of which {len(told['letters'])} with a sealed letter"),
        ("Paid", pounds(told["paid_pence"])),
        ("Other calls open", _open_calls()),
        ("E-mails", f"{Message.objects.count()} in var/mail; each person reads theirs under Messages"),
        ("Letters on S3", told["letters"][0]["key"] if told["letters"] else "none"),
        ("The record", f"{told['audit']['events']:,} events, {count(told['audit']['seals'], 'seal')}, "
                       f"{'verified' if told['audit']['verified'] else 'NOT VERIFIED'}"),
        ("Auditor's pack", str(pack)),
    ]  # fmt: skip
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        yield f"  {name:<{width}}  {value}"
    yield ""
    yield f"  Sign in with the password {secret}"
    width = max(len(who) for who, _, _ in sign_ins)
    for who, email, needs_code in sign_ins:
        yield f"  {who:<{width}}  {email}{'  + code' if needs_code else ''}"
    yield "  The code is printed by:  ./run manage demo_code"
