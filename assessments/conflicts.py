"""Find the assessors who may not see a bid: every interest against every party, whatever it can be recognised by."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from django.db.models import Q

from accounts.models import Directors, Membership, SizeDeclaration
from accounts.rules import BadIdentifier, company_number
from accounts.states import OrganisationKind, Role
from assessments.models import Assessor, Interest
from assessments.names import looks, names_in, person_key, plain_name
from assessments.states import BlockKind, MatchedBy, Part
from bids.models import Bid, CostLine, LaterParty, MatchSource, Partner
from bids.states import CostCategory

By = MatchedBy
Key = tuple[str, str | int]


class Party(NamedTuple):
    """An organisation that takes part in a bid, or in which an assessor has an interest.

    Attributes:
        owner: key of the bid, or of the assessor.
        part: `Part` of a party, `BlockKind` of an interest.
        is_typed: the name was typed into a description, so it may stand between other words.
        is_linked: it is of the same group as the one that takes part, or in which the interest is.
        directors: name and month of birth of each of its directors.
        person: name of the assessor, where the interest is the assessor in person.
    """

    owner: int
    part: str
    name: str
    organisation_id: int | None = None
    company_number: str = ""
    is_typed: bool = False
    is_linked: bool = False
    directors: tuple[tuple[str, str], ...] = ()
    person: str = ""


class Found(NamedTuple):
    """A pair that may not meet: what of the assessor touches which part of the bid, how it was found, and in words."""

    bid_id: int
    assessor_id: int
    because: str
    kind: str = ""
    part: str = ""
    matched_by: str = ""


def match(parties: Iterable[Party], interests: Iterable[Party]) -> list[Found]:
    """Return each (bid, assessor) once in whose parties the assessor has an interest, in a stable order."""
    by_key: dict[Key, list[Party]] = defaultdict(list)
    longest = 1
    for interest in interests:
        longest = max(longest, len(interest.name.split()))
        for _, key in _keys(interest):
            by_key[key].append(interest)
    found: dict[tuple[int, int], Found] = {}
    for party in parties:
        for by, key in _keys_of_party(party, longest):
            for interest in by_key.get(key, ()):
                found.setdefault((party.owner, interest.owner), _found(party, interest, by))
    return [found[pair] for pair in sorted(found)]


def _keys(party: Party) -> Iterator[tuple[MatchedBy, Key]]:
    """Yield what a party or an interest can be recognised by, the surest first."""
    if party.organisation_id:
        yield By.ORGANISATION, ("organisation", party.organisation_id)
    if party.company_number:
        yield By.COMPANY_NUMBER, ("number", party.company_number)
    if name := plain_name(party.name):
        yield By.NAME, ("name", name)
        for look in looks(name):
            yield By.SIMILAR_NAME, ("look", look)
    for who, born in party.directors:
        yield By.DIRECTOR, ("director", f"{who} {born}")
    if party.person:
        yield By.DIRECTOR, ("person", party.person)


def _keys_of_party(party: Party, longest: int) -> Iterator[tuple[MatchedBy, Key]]:
    """Yield the keys of a party; with the names of up to `longest` words in what was typed, and those of directors."""
    yield from _keys(party)
    if party.is_typed:
        for name in names_in(plain_name(party.name), longest):
            yield By.NAMED_IN, ("name", name)
    for who, _ in party.directors:
        yield By.DIRECTOR, ("person", who)


def _found(party: Party, interest: Party, by: MatchedBy) -> Found:
    by = By.GROUP if (party.is_linked or interest.is_linked) and by != By.DIRECTOR else by
    kind, part = BlockKind(interest.part), Part(party.part)
    joined = "from" if kind == BlockKind.MONEY else "in"
    of = "" if kind == BlockKind.PERSON else f" {joined} {interest.name[:110]}"
    because = f"{kind.label}{of}: {part.label}, by {by.label}"
    return Found(party.owner, interest.owner, because[:300], kind, part, by)


def parties_of(bids: Iterable[Bid]) -> list[Party]:
    """Return everybody who takes part in the bids: lead, partners, match funders and subcontractors. Five queries.

    An organisation that took a partner's place in the award is a partner too.
    """
    keys = [bid.pk for bid in bids]
    partners = Partner.objects.filter(bid__in=keys).select_related("organisation").order_by("bid", "-is_lead", "id")
    pledges = MatchSource.objects.filter(partner__bid__in=keys).select_related("organisation", "partner").order_by("id")
    work = CostLine.objects.filter(partner__bid__in=keys, category=CostCategory.SUBCONTRACTING).order_by("id")
    leads = Bid.objects.filter(pk__in=keys).select_related("lead").order_by("id")
    parties = [Party(b.pk, Part.LEAD, b.lead.name, b.lead_id, b.lead.company_number) for b in leads]
    parties += [
        Party(p.bid_id, Part.PARTNER, p.organisation.name, p.organisation_id, p.organisation.company_number)
        for p in partners
        if not p.is_lead
    ]
    later = LaterParty.objects.filter(bid__in=keys).select_related("organisation").order_by("id")
    parties += [
        Party(one.bid_id, Part.PARTNER, one.organisation.name, one.organisation_id, one.organisation.company_number)
        for one in later
    ]
    parties += [_funder(pledge) for pledge in pledges]
    doers = work.values_list("partner__bid_id", "description")
    return parties + [Party(bid, Part.SUBCONTRACTOR, name, is_typed=True) for bid, name in doers]


def _funder(pledge: MatchSource) -> Party:
    """Return who gives match funding: an organisation, or what was typed."""
    bid, giver = pledge.partner.bid_id, pledge.organisation
    if giver is None:
        return Party(bid, Part.MATCH_FUNDER, pledge.funder, is_typed=True)
    is_typed = giver.kind == OrganisationKind.FUNDER and not giver.company_number
    return Party(bid, Part.MATCH_FUNDER, giver.name, giver.pk, giver.company_number, is_typed=is_typed)


def interests_of(assessors: Iterable[Assessor] | None = None) -> list[Party]:
    """Return the interests of all or some assessors, in four queries.

    They are those declared, the assessor's network, the roles that they hold here, and themselves as a director. To
    assess for the department is no interest in it.
    """
    chosen = Q() if assessors is None else Q(assessor__in=[a.pk for a in assessors])
    interests = [
        Party(i.assessor_id, i.kind, i.organisation_name, i.organisation_id, i.company_number)
        for i in Interest.objects.filter(chosen, ended_at=None).order_by("id")
    ]
    people = Assessor.objects.all() if assessors is None else Assessor.objects.filter(pk__in=[a.pk for a in assessors])
    everybody = list(people.select_related("network", "user").order_by("id"))
    interests += [
        Party(a.pk, BlockKind.NETWORK, a.network.name, a.network_id, a.network.company_number)
        for a in everybody
        if a.network
    ]
    by_user = {a.user_id: a.pk for a in everybody}
    held = Membership.objects.filter(user__in=by_user, ended_at=None).select_related("organisation").order_by("id")
    interests += [
        Party(by_user[m.user_id], BlockKind.ROLE, m.organisation.name, m.organisation_id, m.organisation.company_number)
        for m in held.exclude(role=Role.ASSESSOR, organisation__kind=OrganisationKind.DEPARTMENT)
    ]
    return interests + [Party(a.pk, BlockKind.PERSON, "", person=person_key(a.user.full_name)) for a in everybody]


def find_blocks(bids: Iterable[Bid], assessors: Iterable[Assessor] | None = None) -> list[Found]:
    """Return the pairs of these bids and assessors (all when none are named) that may not meet, in ten queries."""
    parties, interests = parties_of(list(bids)), interests_of(assessors)
    linked = _linked_to(one.organisation_id for one in (*parties, *interests) if one.organisation_id)
    parties, interests = _with_groups(parties, linked), _with_groups(interests, linked)
    known = _directors(one.company_number for one in (*parties, *interests) if one.company_number)
    return match(_with_directors(parties, known), _with_directors(interests, known))


def _linked_to(organisations: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    """Return organisation → name and company number of each enterprise that its newest declaration of size links."""
    newest = SizeDeclaration.objects.filter(organisation__in=set(organisations)).order_by("organisation", "-pk")
    rows = newest.distinct("organisation").values_list("organisation_id", "related")
    return {
        key: [(one["name"], _number(one["identifier"])) for one in related if one["kind"] == "linked"]
        for key, related in rows
    }


def _number(identifier: str) -> str:
    try:
        return company_number(identifier)
    except BadIdentifier:
        return ""


def _with_groups(parties: Collection[Party], linked: dict[int, list[tuple[str, str]]]) -> list[Party]:
    """Return the parties and, after them all, the enterprises linked to each."""
    groups = [
        Party(one.owner, one.part, name, company_number=number, is_linked=True)
        for one in parties
        for name, number in linked.get(one.organisation_id or 0, ())
    ]
    return [*parties, *groups]


def _directors(numbers: Iterable[str]) -> dict[str, tuple[tuple[str, str], ...]]:
    rows = Directors.objects.filter(company_number__in=set(numbers)).values_list("company_number", "people")
    return {number: tuple((person_key(one["name"]), one["born"]) for one in people) for number, people in rows}


def _with_directors(parties: Iterable[Party], known: dict[str, tuple[tuple[str, str], ...]]) -> list[Party]:
    return [one._replace(directors=known.get(one.company_number, ())) for one in parties]
