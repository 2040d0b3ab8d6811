"""Put many letters forward, or issue them, in one go: a worker does each as the deed of the person who asked."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from accounts.models import User
from accounts.rules import Refused
from audit.record import digest, record
from awards import rules
from awards.actions.letters import issue_letter, propose_letter
from awards.models import Award, LetterRun
from awards.states import LetterDeed

MOST = 1_000
TASK = "awards.carry_out_letter_run"  # of `infra.jobs`, since a task stands below the deeds of its room


@transaction.atomic
def begin_letter_run(
    *, step: str, awards: Sequence[tuple[str, str]], by: User, role: str, at: dt.datetime
) -> LetterRun:
    """Ask for many letters to be put forward or issued.

    Args:
        step: one of `awards.states.LetterDeed`.
        awards: pairs of an award's reference and, to issue, the digest of the letter that the person read.

    Raises:
        Refused: none is chosen, too many are, or the person may not do this.
    """
    rules.must_act_as(role, by.roles, rules.ISSUES)
    if not awards:
        raise Refused("Choose at least one award.")
    if len(awards) > MOST:
        raise Refused(f"Choose at most {MOST:,} awards at a time.")
    run = LetterRun.objects.create(
        deed=LetterDeed(step), awards=[list(pair) for pair in awards], by=by, role=role, at=at
    )
    record("letters.run", run, by=by, role=role, at=at, changes={"deed": step, "awards": digest(run.awards)})
    app.configure_task(TASK, queue="letters").defer(run_id=run.pk)
    return run


def carry_out_letter_run(run_id: int) -> None:
    """Do what is left of a run, one letter a transaction: a worker that is killed loses none and does none twice."""
    while True:
        with transaction.atomic():
            run = LetterRun.objects.select_for_update(of=("self",)).select_related("by").get(pk=run_id)
            if run.is_done:
                return
            reference, seen = run.awards[run.tried]
            if why := _do(run, reference, seen):
                run.refused.append([reference, why])
            run.tried += 1
            run.save(update_fields=["tried", "refused"])


def _do(run: LetterRun, reference: str, seen: str) -> str:
    """Put one letter forward or issue it; return why not."""
    facts: dict[str, Any] = {"by": run.by, "role": run.role, "at": timezone.now()}
    try:
        with transaction.atomic():
            award = Award.objects.get(reference=reference)
            if run.deed == LetterDeed.PROPOSE:
                propose_letter(award=award, **facts)
            else:
                issue_letter(award=award, seen=seen, **facts)
    except (Refused, Award.DoesNotExist) as refused:
        return str(refused)
    return ""
