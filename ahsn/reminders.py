"""Remind networks of returns that are due; each reminder is said once, however often this runs."""

import datetime as dt

from accounts.post import Letter, tell_all
from ahsn import queries, rules
from ahsn.states import ReturnState
from awards.rules import uk_day


def remind_of_returns(*, at: dt.datetime) -> int:
    """Write the reminders that are due now and were not written before; return how many.

    A return is asked for when the months that it reports on are over, a week before it is due, and when it is overdue.
    """
    today, letters = uk_day(at), []
    since = today - dt.timedelta(days=rules.STOPS_AFTER)
    begun = queries.needed().filter(starts_on__lte=today, due_on__gte=since)
    handed_in = (ReturnState.SUBMITTED, ReturnState.ACCEPTED)
    found = begun.exclude(network_return__state__in=handed_in).select_related("allocation__network").order_by("pk")
    people = queries.leads({one.allocation.network.organisation_id for one in found})
    for one in found:
        if step := rules.reminder(one.starts_on, one.due_on, today):
            facts = {"instalment": one, "network": one.allocation.network, "is_overdue": step == "overdue"}
            for user in people.get(one.allocation.network.organisation_id, ()):
                key, path = f"return.due/{one.reference}/{step}", f"/networks/returns/{one.reference}/"
                letters.append(Letter("return_due", user, key, path, facts))
    return len(tell_all(letters, at=at))
