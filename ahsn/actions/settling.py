"""Write down what the bank did with instalments: by its report, or by hand when it sends none."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from accounts.post import Letter, tell_all
from ahsn import queries
from ahsn.actions.holding import hold, must_release, networks_of, post
from ahsn.models import Release
from ahsn.states import RELEASE_OUT, ReleaseState
from audit.record import digest, record_all
from awards.actions.locks import move
from awards.bank_files import judging
from awards.bank_files.judging import Instructed
from awards.bank_files.reports import Line
from awards.bank_files.transfers import instruction_id
from awards.rules import end_to_end_id, kept
from awards.settlers import Settled
from awards.states import LineOutcome, PaymentState
from funds.states import EntryKind

NO_REASON = "The bank gave no reason."


class News(NamedTuple):
    """What the bank says of a release that is held: `state` is paid or returned."""

    release: Release
    state: ReleaseState
    reason: str = ""


@transaction.atomic
def pay_release(*, release: Release, bank_reference: str, by: User, role: str, at: dt.datetime) -> Release:
    """Write down that the bank has paid an instalment; the same again changes nothing."""
    release = _hold_one(release, by, role)
    bank_reference = kept(bank_reference, "the bank's reference of the payment", 60)
    if release.state != ReleaseState.PAID or release.bank_reference != bank_reference:
        _settle([News(release, ReleaseState.PAID)], bank_reference=bank_reference, by=by, role=role, at=at)
    return release


@transaction.atomic
def return_release(*, release: Release, reason: str, by: User, role: str, at: dt.datetime) -> Release:
    """Write down that the bank has returned an instalment; it can be put forward again."""
    release = _hold_one(release, by, role)
    news = News(release, ReleaseState.RETURNED, kept(reason, "why the bank returned it", 400))
    _settle([news], bank_reference="", by=by, role=role, at=at)
    return release


def settle_report(
    lines: Sequence[Line], *, bank_reference: str, by: User, role: str, at: dt.datetime
) -> dict[int, list[Settled]]:
    """Take from a report of the bank what it says of instalments; return what each such line did, by its row.

    Raises:
        Refused: the officer belongs to a network that is paid.
    """
    said = _find(lines)
    held = {one.pk: one for one in hold({one.pk for _, one in said})}
    must_release(networks_of(held.values()), by, role)
    said = [(line, held[one.pk]) for line, one in said]
    verdicts = judging.judge((line, _instructed(one)) for line, one in said)
    states = {LineOutcome.PAID: ReleaseState.PAID, LineOutcome.RETURNED: ReleaseState.RETURNED}
    news: list[News] = []
    done: dict[int, list[Settled]] = {}
    for (line, one), verdict in zip(said, verdicts, strict=True):
        done.setdefault(line.row, []).append(Settled(verdict, one.instalment.reference))
        if verdict.outcome in states:
            news.append(News(one, states[verdict.outcome], line.reason or NO_REASON))
    _settle(news, bank_reference=bank_reference, by=by, role=role, at=at)
    return done


def _find(lines: Sequence[Line]) -> list[tuple[Line, Release]]:
    """Return the lines that are about releases: named by their own ids, the newest of an end-to-end id, or their file.

    What was never instructed is of no line.
    """
    named = {line.instruction_id.rpartition("-A")[0] or line.end_to_end_id for line in lines}
    wanted = Q(instalment__reference__in={one.removeprefix("MF") for one in named})
    wanted |= Q(file__reference__in={line.message_id for line in lines if line.message_id})
    found = list(queries.releases(*RELEASE_OUT).filter(wanted).order_by("attempt", "pk"))
    by_id = {_ids(one)[0]: one for one in found}
    newest = {_ids(one)[1]: one for one in found}
    said = []
    for line in lines:
        if line.message_id:
            said += [(line, one) for one in found if one.file and one.file.reference == line.message_id]
        elif one := by_id.get(line.instruction_id) if line.instruction_id else newest.get(line.end_to_end_id):
            said.append((line, one))
    return said


def _ids(release: Release) -> tuple[str, str]:
    """Return the id of an attempt and the end-to-end id of its instalment."""
    of_all = end_to_end_id(release.instalment.reference)
    return instruction_id(of_all, release.attempt), of_all


def _instructed(release: Release) -> Instructed:
    return Instructed(*_ids(release), release.pence, PaymentState(release.state))


def _settle(news: Sequence[News], *, bank_reference: str, by: User, role: str, at: dt.datetime) -> None:
    """Move releases as the bank says, post the entries, write to the networks.

    Money that comes back after it was paid is posted as recovered, money that never arrived as returned.
    """
    if not news:
        return
    before, kinds = {one.release.pk: one.release.state for one in news}, []
    for release, state, reason in news:
        if state == ReleaseState.PAID:
            kinds.append(EntryKind.PAID)
            move(release.pay, at=at, bank_reference=bank_reference)
        else:
            kinds.append(EntryKind.RECOVERED if release.state == ReleaseState.PAID else EntryKind.RETURNED)
            move(release.come_back, at=at, reason=reason)
        release.save(update_fields=["state", "settled_at", "bank_reference", "reason"])
    entries = [(kind, one.release) for kind, one in zip(kinds, news, strict=True)]
    post(entries, by=by, role=role, at=at, reason=bank_reference)
    record_all([_event(one, before[one.release.pk], bank_reference) for one in news], by=by, role=role, at=at)
    tell_all(_letters(news), at=at)


def _event(news: News, before: str, bank_reference: str) -> tuple[str, Release, dict[str, object]]:
    release, state, reason = news
    facts: dict[str, object] = {"state": [before, state], "pence": release.pence, "bank_reference": bank_reference}
    return f"release.{state}", release, facts | ({"reason_sha256": digest(reason)} if reason else {})


def _letters(news: Sequence[News]) -> Iterable[Letter]:
    """Write to the leads of each network."""
    leads = queries.leads(networks_of(one.release for one in news))
    for release, state, _ in news:
        network = release.instalment.allocation.network
        template = f"instalment_{state}"
        facts = {"instalment": release.instalment, "release": release, "network": network,
                 "end_to_end_id": _ids(release)[1]}  # fmt: skip
        for user in leads.get(network.organisation_id, ()):
            yield Letter(template, user, f"{template}/{release.reference}", "/networks/mine/", facts)


def _hold_one(release: Release, by: User, role: str) -> Release:
    (held,) = hold([release.pk])
    must_release(networks_of([held]), by, role)
    return held
