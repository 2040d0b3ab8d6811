"""Find the assessors who may not see a bid: every interest against every party, by key, number and name."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.db.models import Q

from accounts.models import Membership
from assessments.models import Assessor, Interest
from bids.models import Bid, CostLine, MatchSource, Partner
from bids.states import CostCategory

# What a company's name says about its form and not about who it is.
_FORMS = {
    "ltd": "", "limited": "", "plc": "", "llp": "", "cic": "", "inc": "", "incorporated": "", "the": "", "uk": "",
    "company": "co", "university": "univ", "saint": "st", "and": "",
}  # fmt: skip
_PHRASES = (
    ("public limited company", " "),
    ("limited liability partnership", " "),
    ("community interest company", " "),
    ("nhs foundation trust", " nhs trust "),
)


class Party(NamedTuple):
    """An organisation that takes part in a bid, or in which an assessor has an interest."""

    owner: int  # key of the bid, or of the assessor
    part: str  # such as "the lead", "shareholding"
    name: str
    organisation_id: int | None = None
    company_number: str = ""


class Found(NamedTuple):
    """A pair that may not meet, and why, in words."""

    bid_id: int
    assessor_id: int
    because: str


def plain_name(name: str) -> str:
    """Return a name without case, accents, punctuation, “&” and the form of the company, for comparing.

    “The Breathe-Easy Company (UK) Ltd.” and “BREATHE EASY CO LIMITED” are the same. A name of nothing else stays whole.
    """
    text = unicodedata.normalize("NFKD", name).casefold()
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = re.sub(r"[’'`.]", "", text).replace("&", " and ")
    text = f" {re.sub(r'[^a-z0-9]+', ' ', text).strip()} "
    for phrase, short in _PHRASES:
        text = text.replace(f" {phrase} ", short)
    words = [_FORMS.get(word, word) for word in text.split()]
    return " ".join(word for word in words if word) or text.strip()


def _keys(party: Party) -> Iterator[tuple[str, int | str]]:
    """Yield what a party can be recognised by, the surest first."""
    if party.organisation_id:
        yield "the organisation", party.organisation_id
    if party.company_number:
        yield "company number", party.company_number
    if name := plain_name(party.name):
        yield "name", name


def match(parties: Iterable[Party], interests: Iterable[Party]) -> list[Found]:
    """Return each (bid, assessor) once in whose parties the assessor has an interest, in a stable order."""
    by_key: dict[tuple[str, int | str], list[Party]] = defaultdict(list)
    for interest in interests:
        for key in _keys(interest):
            by_key[key].append(interest)
    found: dict[tuple[int, int], Found] = {}
    for party in parties:
        for key in _keys(party):
            for interest in by_key.get(key, ()):
                because = f"{interest.part} in {interest.name[:110]}: {party.part}, by {key[0]}"
                found.setdefault((party.owner, interest.owner), Found(party.owner, interest.owner, because[:300]))
    return [found[pair] for pair in sorted(found)]


def parties_of(bids: Iterable[Bid]) -> list[Party]:
    """Return everybody who takes part in the bids: lead, partners, match funders and subcontractors."""
    keys = [bid.pk for bid in bids]
    partners = Partner.objects.filter(bid__in=keys).select_related("organisation").order_by("bid", "-is_lead", "id")
    pledges = MatchSource.objects.filter(partner__bid__in=keys).order_by("id")
    work = CostLine.objects.filter(partner__bid__in=keys, category=CostCategory.SUBCONTRACTING).order_by("id")
    leads = Bid.objects.filter(pk__in=keys).select_related("lead").order_by("id")
    parties = [Party(b.pk, "the lead", b.lead.name, b.lead_id, b.lead.company_number) for b in leads]
    parties += [
        Party(p.bid_id, "a partner", p.organisation.name, p.organisation_id, p.organisation.company_number)
        for p in partners
        if not p.is_lead
    ]
    parties += [Party(bid, "a match funder", name) for bid, name in pledges.values_list("partner__bid_id", "funder")]
    parties += [Party(bid, "a subcontractor", name) for bid, name in work.values_list("partner__bid_id", "description")]
    return parties


def interests_of(assessors: Iterable[Assessor] | None = None) -> list[Party]:
    """Return the current interests of all or some assessors: those declared, their network and the roles they hold."""
    chosen = Q() if assessors is None else Q(assessor__in=[a.pk for a in assessors])
    interests = [
        Party(i.assessor_id, i.get_kind_display(), i.organisation_name, i.organisation_id, i.company_number)
        for i in Interest.objects.filter(chosen, ended_at=None).order_by("id")
    ]
    people = Assessor.objects.all() if assessors is None else Assessor.objects.filter(pk__in=[a.pk for a in assessors])
    interests += [
        Party(a.pk, "Member of a network", a.network.name, a.network_id, a.network.company_number)
        for a in people.exclude(network=None).select_related("network").order_by("id")
        if a.network
    ]
    by_user = dict(people.values_list("user_id", "id"))
    interests += [
        Party(by_user[m.user_id], "Role", m.organisation.name, m.organisation_id, m.organisation.company_number)
        for m in Membership.objects.filter(user__in=by_user, ended_at=None)
        .select_related("organisation")
        .order_by("id")
    ]
    return interests


def find_blocks(bids: Iterable[Bid], assessors: Iterable[Assessor] | None = None) -> list[Found]:
    """Return the pairs of these bids and assessors (all when none are named) that may not meet, in eight queries."""
    return match(parties_of(list(bids)), interests_of(assessors))
