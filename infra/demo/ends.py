"""Milestones of the demo's awards, and what comes free: an offer declined, a letter lapsed, grant not spent."""

import datetime as dt
from typing import Any

from django.db import transaction

from accounts.states import Role
from awards.actions import decline, lapse
from awards.actions.milestones import add_milestone, reach_milestone
from awards.actions.releasing import propose_underspend, release_underspend
from awards.models import Award, MilestoneReached, Underspend
from awards.next_steps import BEFORE_LETTER
from awards.states import AwardState
from awards.underspends import left_by_year
from infra.demo.dates import Calendar
from infra.demo.people import People

DAY = dt.timedelta(days=1)
MILESTONES = (
    "Ethics approval is given, and the first site is open",
    "100 patients take part",
    "The evaluation is published",
)


@transaction.atomic
def promise(award: Award, people: People, calendar: Calendar) -> None:
    """Let the lead say what the project will have reached after two months, at half time and at its end."""
    if award.state not in BEFORE_LETTER or award.milestones.exists():
        return
    length = award.ends_on - award.starts_on
    days = (award.starts_on + 60 * DAY, award.starts_on + length // 2, award.ends_on)
    for title, due_on in zip(MILESTONES, days, strict=True):
        by = people.applicants[award.bid.lead_id]
        add_milestone(award=award, title=title, due_on=min(due_on, award.ends_on), by=by, at=calendar.offered + DAY)


@transaction.atomic
def come_to_an_end(made: list[Award], people: People, calendar: Calendar) -> int:
    """Reach a milestone, release grant of the last live award, decline the last offer but one, let late letters lapse.

    What comes free is offered to the reserve list by the worker; the decision on it waits for the second fund manager.

    Returns:
        How many awards were declined or lapsed.
    """
    awards = list(Award.objects.filter(pk__in=[award.pk for award in made]).select_related("bid").order_by("pk"))
    live = [award for award in awards if award.state == AwardState.LIVE]
    _reach(live[0], people, calendar.claimed)
    _release(live[-1], people, calendar.claimed + 6 * DAY)
    if awards[-2].state == AwardState.OFFERED:
        decline(award=awards[-2], by=people.applicants[awards[-2].bid.lead_id], at=calendar.offered + 10 * DAY)
    for award in awards:
        if award.state == AwardState.LETTER_ISSUED and award.accept_by:
            lapse(award=award, at=dt.datetime.combine(award.accept_by + DAY, dt.time(6), dt.UTC))
    return Award.objects.filter(state__in=(AwardState.DECLINED, AwardState.LAPSED)).count()


def _reach(award: Award, people: People, at: dt.datetime) -> None:
    first = award.milestones.first()
    if first and not MilestoneReached.objects.filter(milestone=first).exists():
        note = "The approval’s letter, and the log of the first week at the site."
        by = people.applicants[award.bid.lead_id]
        reach_milestone(milestone=first, reached_on=first.due_on - 4 * DAY, note=note, by=by, at=at)


def _release(award: Award, people: People, at: dt.datetime) -> None:
    """Release a tenth of what the lead has left in the last year, on two people's word."""
    part = award.partners.get(is_lead=True)
    if Underspend.objects.filter(part=part).exists():
        return
    year, left = max(left_by_year(part).items())
    manager: dict[str, Any] = {"role": Role.FUND_MANAGER, "at": at}
    reason = "Two of the engineers were found within the hospital, so that nobody has to be hired."
    release = propose_underspend(
        part=part, year=year, pence=left // 1_000 * 100, reason=reason, by=people.managers[0], **manager
    )
    release_underspend(underspend=release, by=people.managers[1], **manager)
