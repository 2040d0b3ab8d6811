"""Agree on milestones before the letter, and say when one is reached."""

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.rules import Refused
from accounts.states import Role
from audit.record import digest, record
from awards import rules
from awards.actions.conditions import follow
from awards.actions.locks import hold_award
from awards.letters.contents import MOST_MILESTONES
from awards.models import Award, Milestone, MilestoneReached
from awards.next_steps import BEFORE_LETTER
from awards.states import AwardState

LONGEST = 200  # characters


@transaction.atomic
def add_milestone(*, award: Award, title: str, due_on: dt.date, by: User, at: dt.datetime) -> Milestone:
    """Add what the project is to reach by a day, for its lead, before the letter, which will say it.

    Raises:
        Refused: the letter is out, the day is outside the project, or it is there already.
    """
    award = _held(award, by)
    title = rules.kept(title, "what is to be reached", LONGEST)
    if not award.starts_on <= due_on <= award.ends_on:
        first, last = rules.in_words(award.starts_on), rules.in_words(award.ends_on)
        raise Refused(f"The day must lie in the project: {first} to {last}.")
    if award.milestones.filter(title=title).exists():
        raise Refused("A milestone of this name is there already.")
    if award.milestones.count() >= MOST_MILESTONES:
        raise Refused(f"An award has at most {MOST_MILESTONES} milestones. Remove one first.")
    made = Milestone.objects.create(award=award, title=title, due_on=due_on, by=by, at=at)
    facts = {"milestone": made.pk, "title_sha256": digest(title), "due_on": due_on}
    state = follow(award, is_changed=True)
    record("milestone.added", award, by=by, role=Role.APPLICANT, at=at, changes=facts | {"state": state})
    return made


@transaction.atomic
def remove_milestone(*, milestone: Milestone, by: User, at: dt.datetime) -> None:
    """Take a milestone away again, before the letter; the same again changes nothing."""
    award = _held(milestone.award, by)
    if award.milestones.filter(pk=milestone.pk).delete()[0]:
        changes = {"milestone": milestone.pk, "state": follow(award, is_changed=True)}
        record("milestone.removed", award, by=by, role=Role.APPLICANT, at=at, changes=changes)


@transaction.atomic
def reach_milestone(
    *, milestone: Milestone, reached_on: dt.date, note: str, by: User, at: dt.datetime
) -> MilestoneReached:
    """Say for the lead of a live award that a milestone is reached, since when, and what shows it.

    Raises:
        Refused: the award is not live, the day is before its start or still to come, or it was said before.
    """
    award = hold_award(milestone.award)
    rules.must_belong(by.organisation_ids(Role.APPLICANT), award.bid.lead_id)
    if award.state != AwardState.LIVE:
        raise Refused(
            f"Award {award.reference} is {award.get_state_display().lower()}: milestones are reached while live."
        )
    if not award.starts_on <= reached_on <= rules.uk_day(at):
        raise Refused(f"Give a day from {rules.in_words(award.starts_on)} to today.")
    if MilestoneReached.objects.filter(milestone=milestone).exists():
        raise Refused("It was said before that this milestone is reached.")
    note = rules.kept(note, "what shows that it is reached", 2_000)
    made = MilestoneReached.objects.create(milestone=milestone, reached_on=reached_on, note=note, by=by, at=at)
    facts = {"milestone": milestone.pk, "reached_on": reached_on, "note_sha256": digest(note)}
    record("milestone.reached", award, by=by, role=Role.APPLICANT, at=at, changes=facts)
    return made


def _held(award: Award, by: User) -> Award:
    held = hold_award(award)
    rules.must_belong(by.organisation_ids(Role.APPLICANT), held.bid.lead_id)
    if held.state not in BEFORE_LETTER:
        raise Refused(f"Award {held.reference} is {held.get_state_display().lower()}: its milestones are fixed.")
    return held
