"""Write to who has saved a competition: it opens, its deadline moves, it closes in a week and they have no bid."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.urls import reverse

from accounts.post import Letter, tell_all
from accounts.states import Role
from bids.models import Partner
from funds.models import SavedCompetition
from funds.states import CompetitionState

A_WEEK = dt.timedelta(days=7)


def tell_savers(at: dt.datetime) -> int:
    """Write what is due to be said now, each thing once; return to how many people something was written.

    What was due while nothing ran is said later while it helps: an opening for a week, the rest until the deadline.
    """
    return len(tell_all(_opened(at), at=at)) + _tell_moved(at) + len(tell_all(_closing(at), at=at))


def _saved(at: dt.datetime) -> QuerySet[SavedCompetition]:
    """Return what people have saved that is still to close, with the person and the competition."""
    rows = SavedCompetition.objects.select_related("user", "competition").order_by("pk")
    return rows.filter(
        user__is_active=True, competition__state=CompetitionState.PUBLISHED, competition__closes_at__gte=at
    )


def _letter(saved: SavedCompetition, template: str, key: str, **facts: Any) -> Letter:
    competition = saved.competition
    path = reverse("competition", args=[competition.reference])
    return Letter(template, saved.user, key, path, facts | {"competition": competition})


def _opened(at: dt.datetime) -> Iterable[Letter]:
    rows = _saved(at).filter(competition__opens_at__range=(at - A_WEEK, at), saved_at__lt=F("competition__opens_at"))
    return [_letter(row, "saved_opened", f"saved.opened/{row.competition.reference}") for row in rows]


@transaction.atomic
def _tell_moved(at: dt.datetime) -> int:
    """Write to those who last heard of another deadline, and keep that they have heard."""
    rows = list(_saved(at).exclude(closes_at=F("competition__closes_at")).select_for_update(of=("self",)))
    letters = []
    for row in rows:
        now_at = row.competition.closes_at
        key = f"saved.moved/{row.competition.reference}/{now_at.isoformat()}"
        letters.append(_letter(row, "saved_moved", key, before=row.closes_at))
        row.closes_at = now_at
    SavedCompetition.objects.bulk_update(rows, ["closes_at"], batch_size=500)
    return len(tell_all(letters, at=at))


def _closing(at: dt.datetime) -> Iterable[Letter]:
    """Return letters to those who saved in good time and whose organisation is in no bid yet."""
    begun = Partner.objects.filter(
        bid__competition=OuterRef("competition"), organisation__memberships__user=OuterRef("user"),
        organisation__memberships__role=Role.APPLICANT, organisation__memberships__ended_at=None,
    )  # fmt: skip
    rows = _saved(at).filter(competition__opens_at__lte=at, competition__closes_at__lte=at + A_WEEK)
    rows = rows.filter(saved_at__lt=F("competition__closes_at") - A_WEEK).exclude(Exists(begun))
    return [
        _letter(row, "saved_closing", f"saved.closing/{row.competition.reference}/{row.competition.closes_at:%Y-%m-%d}")
        for row in rows
    ]
