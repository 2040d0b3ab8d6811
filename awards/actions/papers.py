"""Keep the papers on which a condition of an award is judged; they are scanned before anybody opens them."""

import datetime as dt
from typing import BinaryIO, cast

from django.core.files import File
from django.db import transaction

from accounts.models import User
from accounts.rules import Refused
from audit.record import record
from awards import rules
from awards.actions.conditions import must_be_open
from awards.actions.locks import act_for_government, hold_award
from awards.models import Award, Condition, ConditionFile
from awards.scanning import scan_condition_file
from infra import stored_files

MOST_FILES = 30  # of one condition


def attach_paper(*, condition: Condition, file: File, by: User, role: str, at: dt.datetime) -> ConditionFile:
    """Keep a file with a condition of an award.

    Raises:
        Refused: the file is not one we take, the letter is issued, or `by` is no finance officer.
        infra.storage.StorageAway: S3 does not answer; nothing is kept.
    """
    award = Award.objects.get(pk=condition.award_id)
    act_for_government(award, by=by, role=role, needed=rules.SETTLES)
    kept = stored_files.keep(cast(BinaryIO, file), file.name or "")
    with transaction.atomic():
        award = hold_award(award)
        must_be_open(award, Condition.objects.get(pk=condition.pk))
        if condition.files.count() >= MOST_FILES:
            raise Refused(f"The condition has {MOST_FILES} papers, and no more fit. Put several into one PDF.")
        paper = ConditionFile.objects.create(condition=condition, uploaded_by=by, uploaded_at=at, **kept._asdict())
        facts = {"kind": condition.kind, "organisation": condition.organisation_id, "paper": paper.pk}
        record("condition.paper_kept", award, by=by, role=role, at=at, changes=facts | {"sha256": paper.sha256})
        scan_condition_file.defer(file_id=paper.pk)
    return paper


def take_paper(*, paper: ConditionFile, by: User, role: str, at: dt.datetime) -> str:
    """Return an address that serves a paper for at most a minute, to an official who has been found to see it.

    Raises:
        Refused: the paper has not been scanned and found clean.
    """
    address = stored_files.address_of(paper)
    facts = {"paper": paper.pk, "sha256": paper.sha256}
    record("condition.paper_opened", paper.condition.award, by=by, role=role, at=at, changes=facts)
    return address
