"""Remind partners of claims that are due; each reminder is said once, however often this runs."""

import datetime as dt
from collections.abc import Iterator

from accounts.post import Letter, tell_all
from accounts.states import Role
from awards import rules
from awards.claim_news import people_of_each
from awards.models import Award
from awards.report_schedule import needed
from awards.states import AwardState, ReportKind
from funds.years import quarter_of_project

WEEK_BEFORE = 7  # days before the claim is due


def remind_of_claims(*, at: dt.datetime) -> int:
    """Write the reminders that are due now and were not written before; return how many.

    A claim is asked for on the day after its period, again a week before it is due, and once when it is overdue.
    """
    today, letters = rules.uk_day(at), []
    live = Award.objects.filter(state=AwardState.LIVE, starts_on__lt=today).select_related("bid").order_by("pk")
    for award in live.iterator(chunk_size=500):
        letters += list(_of_award(award, today))
    return len(tell_all(letters, at=at))


def _of_award(award: Award, today: dt.date) -> Iterator[Letter]:
    last = rules.periods(award.starts_on, award.ends_on)
    parts = list(award.partners.filter(grant_pounds__gt=0).select_related("organisation"))
    sent = set(award.claims.exclude(received_at=None).values_list("organisation", "number"))
    people = people_of_each([part.organisation_id for part in parts], Role.APPLICANT)
    for number in range(1, last + 1):
        first, end = quarter_of_project(award.starts_on, number, award.ends_on)
        step = _step(end, today)
        if not step:
            continue
        kind = needed(award.grant_pence, number, last)
        facts = {
            "award": award, "starts_on": first, "ends_on": end, "due_on": rules.claim_due_on(end),
            "is_overdue": step == "overdue", "report": str(ReportKind(kind).label).lower() if kind else "",
        }  # fmt: skip
        for part in parts:
            if (part.organisation_id, number) not in sent:
                key = f"claim.due/{award.reference}/{part.organisation_id}/{number}/{step}"
                told = facts | {"organisation": part.organisation}
                for user in people.get(part.organisation_id, ()):
                    yield Letter("claim_due", user, key, f"/awards/{award.reference}/claims/start", told)


def _step(end: dt.date, today: dt.date) -> str:
    """Return which reminder is due for a period that ends then; nothing while it runs or long after."""
    due_on = rules.claim_due_on(end)
    if today <= end or today > due_on + dt.timedelta(days=30):
        return ""
    if today > due_on:
        return "overdue"
    return "week" if today >= due_on - dt.timedelta(days=WEEK_BEFORE) else "open"
