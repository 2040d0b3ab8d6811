"""Offer grant that comes free, however it does, to the bids in reserve: a job of a room beside this one."""

from procrastinate.contrib.django import app

from accounts.models import User
from awards.models import Award

OFFER_TO_RESERVE = "assessments.offer_to_reserve"


def offer_to_reserve(award: Award, *, reference: str, pence: int, by: User | None) -> None:
    """Queue the offer in the caller's transaction; each reference is offered once.

    Args:
        reference: of what has freed the money: an underspend, or the award that has ended.
        by: the fund manager in whose name the next bids are put forward; the award's responsible officer where no
            official has freed it. Another fund manager approves.
    """
    maker = by or award.responsible_officer
    job = app.configure_task(OFFER_TO_RESERVE, queue="mail")
    job.defer(competition_id=award.bid.competition_id, reference=reference, pence=pence, by_id=maker.pk)
