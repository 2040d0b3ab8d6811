"""Release instalments: one finance officer puts them forward, another agrees, and the file for the bank is written."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import User
from accounts.rules import Refused
from ahsn.actions.holding import hold, must_release, networks_of, post
from ahsn.models import Instalment, NetworkReturn, Release, ReleaseFile
from ahsn.states import RELEASE_LIVE, ReleaseState, ReturnState
from audit.record import digest, record
from awards import payees
from awards.actions.locks import move
from awards.bank_files import pain001
from awards.bank_files.transfers import Account, Batch, Transfer, instruction_id
from awards.payees import Payee
from awards.rules import end_to_end_id, kept, uk_day
from funds import approvals
from funds.references import next_reference
from funds.states import EntryKind


@transaction.atomic
def propose_releases(*, instalments: Sequence[Instalment], by: User, role: str, at: dt.datetime) -> list[Release]:
    """Put instalments forward to be paid, each whole, to its network's verified account.

    Raises:
        Refused: one of them cannot be paid (the message names it and says why); none is put forward.
    """
    if not instalments:
        raise Refused("Choose at least one instalment.")
    held = NetworkReturn.objects.select_for_update(of=("self",), no_key=True).filter(instalment__in=instalments)
    returns = list(held.select_related("instalment__allocation__network__organisation").order_by("pk"))
    organisations = {one.instalment.allocation.network.organisation_id for one in returns}
    must_release(organisations, by, role)
    if closing := next((one for one in instalments if one.is_closing), None):
        raise Refused(f"Return {closing.reference} closes its year: it releases nothing.")
    accepted = {one.instalment_id for one in returns if one.state == ReturnState.ACCEPTED}
    if waits := next((one for one in instalments if one.pk not in accepted), None):
        raise Refused(f"Instalment {waits.reference} waits for its return to be accepted.")
    accounts = payees.of(organisations)
    return [_propose(one, accounts, by, role, at) for one in returns]


def _propose(report: NetworkReturn, accounts: dict[int, Payee], by: User, role: str, at: dt.datetime) -> Release:
    due, payee = report.instalment, accounts.get(report.instalment.allocation.network.organisation_id)
    _must_not_have_accepted(report, by)
    if due.releases.filter(state__in=RELEASE_LIVE).exists():
        raise Refused(f"Instalment {due.reference} is put forward or paid already.")
    if payee is None:
        name = due.allocation.network.organisation
        raise Refused(f"Instalment {due.reference}: {name} has no bank details that a second person has verified.")
    key, reference = next_reference(Release, "MFN-")
    release = Release(
        pk=key, reference=reference, instalment=due, attempt=due.releases.count() + 1, pence=due.pence,
        bank_details_id=payee.details, proposed_by=by, proposed_at=at,
    )  # fmt: skip
    content = _content(release, report)
    release.content_sha256 = digest(content)
    release.save(force_insert=True)
    facts = {"instalment": due.reference, "pence": due.pence, "sha256": release.content_sha256}
    record("release.started", release, by=by, role=role, at=at, changes=facts)
    approvals.propose(kind="release", reference=reference, content=content, by=by, role=role, at=at)
    return release


@transaction.atomic
def make_releases(*, releases: Sequence[Release], by: User, role: str, at: dt.datetime) -> ReleaseFile:
    """Agree to releases as the second finance officer: money is instructed and one file is written, all or none.

    The same person making the same again changes nothing.

    Raises:
        Refused: the maker agrees, an account has changed since, or one is not waiting any more.
        funds.ledger.DoesNotFit: an allocation has not that much left; nothing is instructed.
    """
    held = hold([release.pk for release in releases])
    organisations = networks_of(held)
    must_release(organisations, by, role)
    if not held:
        raise Refused("Choose at least one release.")
    made = ReleaseFile.objects.filter(pk__in={one.file_id for one in held}, by=by)
    if len(made) == 1 and all(one.file_id == made[0].pk for one in held):
        return made[0]
    accounts = payees.of(organisations)
    for one in held:
        _agree(one, accounts.get(one.instalment.allocation.network.organisation_id), by, role, at)
    file = _write(held, accounts, by, at)
    states = {}
    for one in held:
        states[one.pk] = move(one.instruct, file=file)
        one.save(update_fields=["state", "file"])
    post([(EntryKind.INSTRUCTED, one) for one in held], by=by, role=role, at=at)
    for one in held:
        facts = {"state": states[one.pk], "file": file.reference, "file_sha256": file.sha256, "pence": one.pence}
        record("release.instructed", one, by=by, role=role, at=at, changes=facts)
    return file


def _agree(release: Release, payee: Payee | None, by: User, role: str, at: dt.datetime) -> None:
    """Approve one release, if it is still what was put forward."""
    if release.state != ReleaseState.PROPOSED:
        raise Refused(f"Release {release.reference} is “{release.get_state_display().lower()}” already.")
    report = release.instalment.network_return
    _must_not_have_accepted(report, by)
    if payee is None or payee.details != release.bank_details_id:
        raise Refused(f"The account of {release.reference} has changed since. Cancel it and put it forward again.")
    latest = approvals.newest("release", release.reference)
    if latest is None or latest.content_sha256 != digest(_content(release, report)):
        raise Refused(f"Release {release.reference} is not what was put forward. Cancel it and put it forward again.")
    approvals.approve(proposal=latest, by=by, role=role, at=at)


def _write(releases: Sequence[Release], accounts: dict[int, Payee], by: User, at: dt.datetime) -> ReleaseFile:
    """Keep the file that asks the bank to pay."""
    sort_code, number, name = settings.PAYER_ACCOUNT
    if not sort_code:
        raise Refused("The account that is paid from is not set up. Ask for MATCHFUND_PAYER_ACCOUNT to be set.")
    transfers = [
        Transfer(
            instruction_id(end_to_end_id(due.reference), one.attempt), end_to_end_id(due.reference), one.pence,
            accounts[due.allocation.network.organisation_id].account, f"Instalment {due.reference}",
        )
        for one in releases if (due := one.instalment)
    ]  # fmt: skip
    key, reference = next_reference(ReleaseFile, "MFNF-")
    batch = Batch(reference, at, uk_day(at), Account(name, sort_code, number), transfers)
    data = pain001.write(batch)
    sha256 = hashlib.sha256(data).hexdigest()
    facts = {"pay_on": batch.pay_on, "sha256": sha256, "content": data, "by": by, "at": at}
    return ReleaseFile.objects.create(pk=key, reference=reference, **facts)


@transaction.atomic
def cancel_release(*, release: Release, reason: str, by: User, role: str, at: dt.datetime) -> Release:
    """Cancel a release that is not agreed to; its instalment can be put forward again."""
    (release,) = hold([release.pk])
    must_release(networks_of([release]), by, role)
    reason = kept(reason, "a reason, which the auditor will read")
    changes = move(release.cancel, reason=reason)
    release.save(update_fields=["state", "reason"])
    if latest := approvals.newest("release", release.reference):
        approvals.send_back(proposal=latest, reason=reason, by=by, role=role, at=at)
    facts = {"state": changes, "reason_sha256": digest(reason)}
    record("release.cancelled", release, by=by, role=role, at=at, changes=facts)
    return release


def _must_not_have_accepted(report: NetworkReturn, by: User) -> None:
    if report.decided_by_id == by.pk:
        raise Refused(f"You accepted return {report.reference}, so a colleague releases its money.")


def _content(release: Release, report: NetworkReturn) -> dict[str, Any]:
    """Return what two people agree to."""
    return {
        "release": release.reference,
        "instalment": release.instalment.reference,
        "attempt": release.attempt,
        "pence": release.pence,
        "bank_details": release.bank_details_id,
        "return_sha256": report.content_sha256,
    }
