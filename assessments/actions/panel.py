"""Take a competition from the close of bids to its panel: from then on its scores are fixed."""

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.rules import Refused
from assessments import rules, sheet
from assessments.actions.conflicts import check_all
from assessments.actions.locks import hold_bids, hold_competition
from assessments.models import FrozenSheet
from audit.record import digest, record
from bids.actions import stand_all
from bids.states import BidState
from funds.models import Competition
from funds.states import CompetitionState


@transaction.atomic
def begin_assessment(*, competition: Competition, by: User, role: str, at: dt.datetime) -> Competition:
    """Close the book of bids: reopened bids stand as last submitted, and every conflict of interest is looked for.

    Raises:
        Refused: bids may still come in, or the assessment has begun already.
    """
    rules.must_manage(role)
    bids = hold_bids(competition, BidState.SUBMITTED, BidState.REOPENED)
    competition = hold_competition(competition.pk)
    if competition.state != CompetitionState.PUBLISHED:
        raise Refused(f"The competition is {competition.get_state_display().lower()}, so assessment cannot begin.")
    ends = competition.closes_at + dt.timedelta(seconds=competition.grace_seconds)
    if at <= ends:
        raise Refused("Bids may still come in. Assessment can begin once the deadline and its grace have passed.")
    stand_all(competition=competition, at=at)
    check_all(bids=bids, at=at, by=by)
    competition.begin_assessment()
    return moved(competition, CompetitionState.PUBLISHED, "competition.assessment_began", by=by, role=role, at=at)


@transaction.atomic
def go_to_panel(*, competition: Competition, by: User, role: str, at: dt.datetime) -> Competition:
    """End the assessment: from now on no score changes, and what is not handed in counts for nothing.

    What the panel is shown of how every bid was scored is kept with its digest, in a row that is never changed: its
    figures, what each assessor gave, the calibrated score and the flags.

    Raises:
        Refused: the competition is not in assessment.
    """
    rules.must_manage(role)
    competition = hold_competition(competition.pk)
    rules.must_be_in_assessment(competition.state)
    competition.go_to_panel()
    lines = sheet.to_freeze(competition)
    sha256 = digest(lines)
    before = CompetitionState.IN_ASSESSMENT
    moved(competition, before, "competition.at_panel", by=by, role=role, at=at, sheet_sha256=sha256)
    FrozenSheet.objects.create(competition=competition, lines=lines, sha256=sha256, at=at)
    return competition


def moved(
    competition: Competition, before: str, verb: str, *, by: User, role: str, at: dt.datetime, **facts: str
) -> Competition:
    """Save a competition's new state and put it on the record."""
    competition.save(update_fields=["state"])
    record(verb, competition, by=by, role=role, at=at, changes={"state": [before, competition.state], **facts})
    return competition
