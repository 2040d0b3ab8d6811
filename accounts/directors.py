"""Keep who the directors of companies are, as Companies House names them. Asked outside transactions."""

import datetime as dt
from collections.abc import Iterable

from accounts.models import Directors
from infra.registries import companies
from infra.registries.asking import NotFound, RegistryAway

GOOD_FOR = dt.timedelta(days=30)


def look_up(numbers: Iterable[str], *, at: dt.datetime, most: int = 500) -> int:
    """Ask for the directors of those companies that were not asked for in a month; return how many answered.

    A register that is not connected, or does not answer, is asked no further: what is known stays as it is.
    """
    there = companies.register()
    wanted = set(filter(None, numbers))
    known = Directors.objects.filter(company_number__in=wanted, asked_at__gt=at - GOOD_FOR)
    waiting = sorted(wanted - set(known.values_list("company_number", flat=True)))[:most] if there else []
    for done, number in enumerate(waiting):
        try:
            people = companies.directors(there, number) if there else []
        except NotFound:
            people = []
        except RegistryAway:
            return done
        Directors.objects.update_or_create(company_number=number, defaults={"people": people, "asked_at": at})
    return len(waiting)
