"""Give a competition files that help to bid. The public sees a file once it is clean."""

import datetime as dt
from typing import BinaryIO

from django.db import transaction
from django.db.models import Max, Q

from accounts.models import User
from accounts.rules import Refused
from audit.record import record
from funds import rules, scanning
from funds.changes import show_change
from funds.models import Competition, SupportingFile
from funds.states import ChangeKind, CompetitionState
from infra import stored_files

MOST_FILES = 30


def _locked(competition: Competition, role: str) -> Competition:
    """Return a competition read anew and locked, whose files this role may change now."""
    if role not in rules.SETS_UP:
        raise Refused("Only fund managers change the supporting files.")
    competition = Competition.objects.select_for_update(no_key=True).get(pk=competition.pk)
    if competition.state not in (CompetitionState.DRAFT, CompetitionState.PUBLISHED):
        raise Refused("The bids of this competition are being assessed, so its files can no longer change.")
    return competition


def _current(competition: Competition, file: SupportingFile) -> SupportingFile:
    found = competition.supporting_files.filter(pk=file.pk, removed_at=None).first()
    if found is None:
        raise Refused("This file has been removed or replaced meanwhile.")
    return found


def add_file(
    *,
    competition: Competition,
    file: BinaryIO,
    filename: str,
    title: str,
    by: User,
    role: str,
    at: dt.datetime,
    replaces: SupportingFile | None = None,
) -> SupportingFile:
    """Keep a file for the public, or a newer version of one, which the public reads until the newer one is clean.

    Raises:
        Refused: the file is not one we take, there are too many, or the competition is past its call for bids.
        infra.storage.StorageAway: S3 does not answer; nothing is kept.
    """
    with transaction.atomic():
        _locked(competition, role)
    kept = stored_files.keep(file, filename)
    with transaction.atomic():
        competition = _locked(competition, role)
        there = competition.supporting_files.filter(removed_at=None)
        if replaces:
            replaces = _current(competition, replaces)
            replaces.newer.filter(removed_at=None).update(removed_at=at)
        elif there.values("position").distinct().count() >= MOST_FILES:
            raise Refused(f"A competition has at most {MOST_FILES} supporting files. Remove one first.")
        last = there.aggregate(last=Max("position"))["last"] or 0
        made = SupportingFile.objects.create(
            competition=competition, title=title, replaces=replaces, uploaded_by=by, uploaded_at=at,
            position=replaces.position if replaces else last + 1, **kept._asdict(),
        )  # fmt: skip
        facts = {"file": made, "sha256": made.sha256, "replaces": replaces}
        record("supporting_file.added", competition, by=by, role=role, at=at, changes=facts)
        scanning.scan_supporting_file.defer(file_id=made.pk)
    return made


@transaction.atomic
def remove_file(*, file: SupportingFile, by: User, role: str, at: dt.datetime) -> None:
    """Take away a file, and the newer one that waits to replace it; their rows and bytes stay on the record."""
    competition = _locked(file.competition, role)
    file = _current(competition, file)
    SupportingFile.objects.filter(Q(pk=file.pk) | Q(replaces=file), removed_at=None).update(removed_at=at)
    record("supporting_file.removed", competition, by=by, role=role, at=at, changes={"file": file})
    if file.shown_at:
        show_change(competition, ChangeKind.FILE, f"The file “{file.title}” was removed.", by=by, at=at)


@transaction.atomic
def retitle_file(*, file: SupportingFile, title: str, by: User, role: str, at: dt.datetime) -> SupportingFile:
    """Give a file another title."""
    competition = _locked(file.competition, role)
    file = _current(competition, file)
    before, file.title = file.title, title
    if before != title:
        file.save(update_fields=["title"])
        record("supporting_file.retitled", competition, by=by, role=role, at=at, changes={"title": [before, title]})
    return file


@transaction.atomic
def move_file(*, file: SupportingFile, up: bool, by: User, role: str, at: dt.datetime) -> None:
    """Swap a file with the one before or after it; the first and the last stay where they are."""
    competition = _locked(file.competition, role)
    file = _current(competition, file)
    there = competition.supporting_files.filter(removed_at=None)
    if up:
        beside = there.filter(position__lt=file.position).order_by("-position").first()
    else:
        beside = there.filter(position__gt=file.position).order_by("position").first()
    if beside is None:
        return
    mine, other = file.position, beside.position
    ids = {where: list(there.filter(position=where).values_list("pk", flat=True)) for where in (mine, other)}
    SupportingFile.objects.filter(pk__in=ids[mine]).update(position=other)
    SupportingFile.objects.filter(pk__in=ids[other]).update(position=mine)
    changes = {"file": file, "position": [mine, other]}
    record("supporting_file.moved", competition, by=by, role=role, at=at, changes=changes)
