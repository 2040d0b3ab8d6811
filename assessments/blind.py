"""What an assessor of a blind competition reads: a bid without the names of those who bid.

Withheld are, wherever they stand: the names of the parties, of the people who act for them, their surnames, e-mail
addresses and numbers. What a text says in other words cannot be found by a machine, so applicants are asked not to.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from accounts.models import Directors, Membership, Organisation, User
from assessments.conflicts import Party, parties_of
from assessments.states import Part
from bids.models import Bid, BidVersion
from bids.states import CostCategory

WITHHELD = "[name withheld]"
SHORTEST = 4  # letters of a name that is sought without the form of the company
_FORM = re.compile(r"\b(ltd|limited|plc|llp|cic|inc|incorporated|uk)\b\.?", re.IGNORECASE)
_ORGANISATION = re.compile(
    r"\b(ltd|limited|plc|llp|cic|inc|gmbh|university|college|hospitals?|trust|nhs|institute)\b", re.IGNORECASE
)
# Hosts of mail that say nothing about who somebody works for.
_EVERYBODYS = {"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "hotmail.co.uk", "yahoo.com", "yahoo.co.uk",
               "icloud.com", "btinternet.com", "protonmail.com", "nhs.net", "nhs.uk"}  # fmt: skip


@dataclass(frozen=True)
class Shield:
    """Finds the names that an assessor may not read."""

    anywhere: re.Pattern[str] | None  # whatever their case
    surnames: re.Pattern[str] | None  # with a capital, as other words look the same

    def text(self, text: str) -> str:
        """Return a text without the names."""
        for pattern in (self.anywhere, self.surnames):
            text = pattern.sub(WITHHELD, text) if pattern else text
        return text

    def content(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """Return the content of a bid's version without the names, under the same keys."""
        found = self._within(content)
        for number, partner in enumerate(found["partners"], start=1):
            partner["name"] = "The lead" if partner["is_lead"] else f"Partner {number}"
            partner["identifier"] = ""
            for line in partner["costs"]:
                if line["category"] == CostCategory.SUBCONTRACTING:
                    line["description"] = WITHHELD
            for source in partner["match_sources"]:
                source["funder"] = WITHHELD
        for number, document in enumerate(found["documents"], start=1):
            document["filename"] = f"Document {number}"
        return found

    def _within(self, value: Any) -> Any:
        match value:
            case str():
                return self.text(value)
            case Mapping():
                return {key: self._within(item) for key, item in value.items()}
            case list():
                return [self._within(item) for item in value]
        return value


def shield(organisations: Iterable[str], people: Iterable[str], others: Iterable[str] = ()) -> Shield:
    """Return what finds these names; `others` are addresses and numbers that are sought as they stand. Pure."""
    exact = {name.strip() for name in (*organisations, *people, *others) if name.strip()}
    cores = {_FORM.sub(" ", name).strip(" ,.()") for name in organisations}
    exact |= {core for core in cores if sum(c.isalnum() for c in core) >= SHORTEST}
    surnames = {words[-1] for name in people if len(words := name.split()) > 1 and len(words[-1]) > 2}
    return Shield(_any_of(exact, re.IGNORECASE), _any_of({s[:1].upper() + s[1:] for s in surnames}))


def _any_of(names: Iterable[str], flags: int = 0) -> re.Pattern[str] | None:
    """Return a pattern of names, the longest first, in which any blanks and marks may stand between the words."""
    words = sorted({tuple(re.findall(r"\w+", name)) for name in names}, key=lambda w: (-len("".join(w)), w))
    found = [r"[\W_]{1,3}".join(map(re.escape, parts)) for parts in words if parts]
    return re.compile(rf"(?<!\w)(?:{'|'.join(found)})(?!\w)", flags) if found else None


def shield_of(bid: Bid) -> Shield:
    """Return what finds the names of a bid: of its parties then and now, and of the people who act for them."""
    versions = BidVersion.objects.filter(bid=bid).values_list("content__partners", flat=True)
    partners = [partner for kept in versions for partner in kept or ()]
    parties = parties_of([bid])
    named = {partner["organisation_id"] for partner in partners} | {p.organisation_id for p in parties}
    keys: set[int] = {key for key in named if key}
    now = list(Organisation.objects.filter(pk__in=keys))
    members = Membership.objects.filter(organisation__in=keys).values("user")
    people = list(
        User.objects.filter(
            Q(pk__in=members) | Q(bid_roles__bid=bid) | Q(pk__in=[bid.created_by_id, bid.submitted_by_id])
        ).distinct()
    )
    directors = Directors.objects.filter(company_number__in={o.company_number for o in now if o.company_number})
    run_by = {person["name"] for found in directors for person in found.people}
    hosts = {person.email.partition("@")[2].casefold() for person in people} - _EVERYBODYS
    numbers = {o.company_number for o in now} | {getattr(o, "ods_code", "") for o in now}
    return shield(
        {partner["name"] for partner in partners} | {o.name for o in now} | _named(parties),
        {person.full_name for person in people} | run_by,
        {person.email for person in people} | hosts | numbers,
    )


def _named(parties: Iterable[Party]) -> set[str]:
    """Return parties known by name only; what is typed as a subcontractor may be a name or say what they do."""
    return {
        party.name
        for party in parties
        if party.organisation_id is None and (party.part != Part.SUBCONTRACTOR or _ORGANISATION.search(party.name))
    }


def content_for_assessor(bid: Bid, content: dict[str, Any]) -> dict[str, Any]:
    """Return the content of a version as an assessor of the bid may read it; `bid` comes with its competition."""
    return shield_of(bid).content(content) if bid.competition.is_blind else content


def text_for_assessor(bid: Bid, text: str) -> str:
    """Return what an official or another assessor wrote about a bid as its assessors may read it."""
    return shield_of(bid).text(text) if bid.competition.is_blind else text


def title_in_lists(bid: Bid) -> str:
    """Return what a bid is called in assessors' lists and e-mails: its reference where a title could hold a name."""
    return f"Bid {bid.reference}" if bid.competition.is_blind else bid.title


def title_for_assessor(bid: Bid) -> str:
    """Return the title of a bid as an assessor may read it; `bid` comes with its competition."""
    return text_for_assessor(bid, bid.title)
