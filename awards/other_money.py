"""Read what else an organisation receives or was granted, beside an award that is judged."""

from dataclasses import dataclass

from awards.models import Award, AwardPartner
from bids.models import AidReceived
from funds import past_awards
from funds.models import PastAward

SHOWN = 20


@dataclass(frozen=True)
class Beside:
    """Other awards here, awards of public registers, and earlier aid that the partner declared."""

    here: list[AwardPartner]
    register: list[PastAward]
    perhaps: list[PastAward]
    declared: list[AidReceived]


def beside(part: AwardPartner, award: Award) -> Beside:
    """Return what stands beside one partner's award, the newest first, in four queries."""
    who = part.organisation
    here = AwardPartner.objects.filter(organisation=who).exclude(award=award).select_related("award__bid__competition")
    return Beside(
        here=list(here.order_by("-award")[:SHOWN]),
        register=list(past_awards.of_companies([who.company_number])[:SHOWN]),
        perhaps=list(past_awards.perhaps_of(who.name, who.company_number)[:SHOWN]),
        declared=list(AidReceived.objects.filter(partner=part.partner_id).order_by("-granted_on")[:SHOWN]),
    )
