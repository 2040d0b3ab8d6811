"""Write, sign and decide on the returns that release instalments."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.post import Letter, tell_all
from accounts.rules import Refused
from ahsn import queries, rules
from ahsn.models import RETURN_FIGURES, RETURN_TEXTS, Instalment, NetworkReturn
from ahsn.states import RETURN_OPEN, ReturnState
from audit.record import digest, record
from awards.actions.locks import move
from awards.rules import in_words, kept, must_act_as, must_be_outsider, uk_day
from funds import approvals
from funds.models import Proposal
from infra import words


@transaction.atomic
def save_return(
    *, instalment: Instalment, figures: Mapping[str, int | None], texts: Mapping[str, str], by: User, role: str,
    at: dt.datetime,
) -> NetworkReturn:  # fmt: skip
    """Keep what the network's lead has typed so far; nobody else reads it before it is signed.

    Raises:
        Refused: it is signed, or a figure or text cannot be kept.
    """
    found = _hold_of(instalment)
    _must_write(found, by, role)
    if instalment.is_closing:
        figures = {**figures, "planned_pence": 0}
    rules.must_be_keepable(figures)
    for name in RETURN_TEXTS:
        if problem := words.why_not_text(texts.get(name, "")):
            raise Refused(f"{problem} This is about {rules.TEXTS[name]}.")
    before = digest(_content(found))
    for name in RETURN_FIGURES:
        setattr(found, name, figures[name])
    for name in RETURN_TEXTS:
        setattr(found, name, texts.get(name, "").strip())
    found.save(update_fields=[*RETURN_FIGURES, *RETURN_TEXTS])
    after = digest(_content(found))
    if before != after:
        record("return.saved", _subject(found), by=by, role=role, at=at, changes={"sha256": [before, after]})
    return found


@transaction.atomic
def submit_return(*, instalment: Instalment, by: User, role: str, at: dt.datetime) -> NetworkReturn:
    """Sign a return for the network and hand it in; signing again what is handed in changes nothing.

    Raises:
        Refused: something is missing, the months that it reports on are not over, more was spent than was paid and
            nobody says why, or an earlier return of the year is not accepted.
    """
    found = _hold_of(instalment)
    if found.state == ReturnState.SUBMITTED and found.signed_by_id == by.pk:
        return found
    _must_write(found, by, role)
    rules.must_be_whole(_figures(found), _texts(found), is_closing=instalment.is_closing)
    if uk_day(at) < instalment.starts_on:
        first = in_words(instalment.starts_on)
        raise Refused(f"It reports on the months before {first}, so it can be signed from {first} on.")
    earlier = Instalment.objects.filter(allocation=instalment.allocation_id, number__lt=instalment.number)
    if waits := earlier.exclude(network_return__state=ReturnState.ACCEPTED).order_by("number").first():
        raise Refused(f"Return {waits.reference} comes first: it is not accepted yet.")
    account = queries.account(instalment)
    if why_not := rules.why_not_spent(account.spent + rules.spent(_figures(found)), account.received, found.why_more):
        raise Refused(why_not)
    changes = move(found.submit, by=by, at=at, declaration=rules.declaration(is_closing=instalment.is_closing))
    content = _content(found)
    found.content_sha256 = digest(content)
    found.save(update_fields=["state", "content_sha256", "signed_by", "signed_at", "declaration"])
    facts = {"state": changes, "sha256": found.content_sha256, "spent_pence": rules.spent(_figures(found))}
    record("return.submitted", _subject(found), by=by, role=role, at=at, changes=facts)
    approvals.propose(kind="return", reference=found.reference, content=content, by=by, role=role, at=at)
    return found


@transaction.atomic
def accept_return(
    *, network_return: NetworkReturn, by: User, role: str, at: dt.datetime, seen: str | None = None
) -> NetworkReturn:
    """Accept a return as a fund manager: its instalment can be released. Accepting it again changes nothing.

    A closing return releases nothing: it completes the year's allocation.

    Args:
        seen: digest of the return as the person has read it; left out, nothing is compared.

    Raises:
        Refused: it is not signed, by the same person, has changed, or closes a year of which an instalment is not paid.
    """
    found, proposal = _hold(network_return, by, role)
    if seen is not None:
        approvals.must_be_as_read(proposal, seen)
    if found.state == ReturnState.ACCEPTED and found.decided_by_id == by.pk:
        return found
    if found.instalment.is_closing:
        _must_be_paid(found.instalment)
    if found.state == ReturnState.SUBMITTED:
        approvals.approve(proposal=proposal, by=by, role=role, at=at)
    changes = move(found.accept, by=by, at=at)
    found.save(update_fields=["state", "decided_by", "decided_at"])
    facts = {"state": changes, "sha256": found.content_sha256}
    record("return.accepted", _subject(found), by=by, role=role, at=at, changes=facts)
    if found.instalment.is_closing:
        allocation = found.instalment.allocation
        whole = {"year": allocation.year, "pence": allocation.pence}
        record("allocation.completed", f"network:{allocation.network.acronym}", by=by, role=role, at=at, changes=whole)
    _tell("return_accepted", found, at, version=proposal.pk)
    return found


@transaction.atomic
def send_return_back(
    *, network_return: NetworkReturn, reason: str, by: User, role: str, at: dt.datetime
) -> NetworkReturn:
    """Send a return back with a reason, which the network reads; it corrects it and signs it again."""
    found, proposal = _hold(network_return, by, role)
    reason = kept(reason, "a reason, which the network will read")
    changes = move(found.send_back, by=by, at=at)
    found.save(update_fields=["state", "decided_by", "decided_at"])
    approvals.send_back(proposal=proposal, reason=reason, by=by, role=role, at=at)
    facts = {"state": changes, "sha256": found.content_sha256, "reason_sha256": digest(reason)}
    record("return.sent_back", _subject(found), by=by, role=role, at=at, changes=facts)
    _tell("return_sent_back", found, at, version=proposal.pk, reason=reason)
    return found


def _hold_of(instalment: Instalment) -> NetworkReturn:
    """Return the return of an instalment as it is now, begun if it was not, held until the transaction ends."""
    if not queries.needed().filter(pk=instalment.pk).exists():
        raise Refused(f"The first return of the next year takes the place of {instalment.reference}.")
    NetworkReturn.objects.get_or_create(instalment=instalment, defaults={"reference": instalment.reference})
    return _held(instalment=instalment)


def _held(**which: Any) -> NetworkReturn:
    held = NetworkReturn.objects.select_for_update(of=("self",), no_key=True)
    return held.select_related("instalment__allocation__network__organisation").get(**which)


def _hold(network_return: NetworkReturn, by: User, role: str) -> tuple[NetworkReturn, Proposal]:
    """Return a return that was signed and what was signed last, held, to an official who may decide on it."""
    found = _held(pk=network_return.pk)
    must_act_as(role, by.roles, rules.ACCEPTS)
    must_be_outsider(by.organisation_ids(), {found.instalment.allocation.network.organisation_id})
    proposal = approvals.newest("return", found.reference)
    if proposal is None:
        raise Refused("The network has not signed this return yet.")
    return found, proposal


def _must_be_paid(closing: Instalment) -> None:
    """Refuse to close a year of which an instalment is not paid."""
    if waits := queries.not_paid(closing).first():
        raise Refused(f"Instalment {waits.reference} is not paid yet, and the year is complete once all of it is paid.")


def _must_write(found: NetworkReturn, by: User, role: str) -> None:
    network = found.instalment.allocation.network
    must_act_as(role, by.roles, rules.WRITES)
    if network.organisation_id not in by.organisation_ids(*rules.WRITES):
        raise Refused("Only the lead of this network may do this.")
    if found.state not in RETURN_OPEN:
        raise Refused(f"{found} is “{found.get_state_display().lower()}”, so it cannot be changed.")


def _figures(found: NetworkReturn) -> dict[str, int | None]:
    return {name: getattr(found, name) for name in RETURN_FIGURES}


def _texts(found: NetworkReturn) -> dict[str, str]:
    return {name: getattr(found, name) for name in RETURN_TEXTS}


def _content(found: NetworkReturn) -> dict[str, Any]:
    """Return what is signed and accepted: figures, texts, and the money that hangs on them."""
    return {
        "return": found.reference, "pence": found.instalment.pence, "declaration": found.declaration,
        **_figures(found), **_texts(found),
    }  # fmt: skip


def _subject(found: NetworkReturn) -> str:
    return f"return:{found.reference}"


def _tell(template: str, found: NetworkReturn, at: dt.datetime, *, version: int, **facts: Any) -> None:
    """Write to the leads of the network."""
    organisation = found.instalment.allocation.network.organisation_id
    whole = {"instalment": found.instalment, **facts}
    path = f"/networks/returns/{found.reference}/"
    leads = queries.leads({organisation}).get(organisation, [])
    tell_all((Letter(template, user, f"{template}/{found.reference}/{version}", path, whole) for user in leads), at=at)
