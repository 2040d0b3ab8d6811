"""Release what assessors wrote to every applicant of a competition at once."""

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.rules import Refused
from assessments import queued, rules
from assessments.actions.locks import hold_competition
from assessments.models import FeedbackRelease
from audit.record import digest, record
from funds.models import Competition
from infra import words


@transaction.atomic
def release_feedback(
    *, competition: Competition, outliers: str, complaints_until: dt.date, by: User, role: str, at: dt.datetime
) -> FeedbackRelease:
    """Let every applicant read scores and reasons; a worker writes to all of them. Releasing again changes nothing.

    Args:
        outliers: how the panel treated scores far from the others, at most 200 words.
        complaints_until: last day on which an applicant may complain.

    Raises:
        Refused: the panel has not decided, or a text or day cannot be.
    """
    rules.must_manage(role)
    competition = hold_competition(competition.pk)
    if released := FeedbackRelease.objects.filter(competition=competition).first():
        return released
    rules.must_be_releasable(competition.state, complaints_until, today=at.date())
    outliers = outliers.strip()
    if problem := words.why_not_text(outliers) or words.over_limit(outliers, rules.OUTLIER_WORDS):
        raise Refused(problem)
    if not outliers:
        raise Refused("Say how scores far from the others were treated, or that there were none.")
    released = FeedbackRelease.objects.create(
        competition=competition, outliers=outliers, complaints_until=complaints_until, by=by, at=at
    )
    facts = {"outliers_sha256": digest(outliers), "complaints_until": complaints_until}
    record("feedback.released", competition, by=by, role=role, at=at, changes=facts)
    queued.tell_of_release(released.pk)
    return released
