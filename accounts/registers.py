"""What the public registers say of an organisation, and what of it we keep. Asked outside transactions."""

import datetime as dt
import re
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from accounts import rules
from accounts.models import Organisation
from accounts.rules import BadIdentifier
from accounts.states import COMPANY_KINDS, PUBLIC_KINDS, OrganisationKind
from infra.registries import companies, ods
from infra.registries.asking import Entry, NotFound, Register, RegistryAway

NHS = OrganisationKind.NHS_BODY
REGISTERED = (*COMPANY_KINDS, NHS)
MOST_HITS = 20
MOST_FUNDERS = 6
NOT_CONNECTED = "This portal is not connected to their register."


class Hit(NamedTuple):
    """An organisation that fits a search.

    Attributes:
        key: what it is chosen by: its number, its code, or its name where the kind has neither.
        is_here: registered here already.
    """

    name: str
    key: str
    identifier: str
    place: str
    warning: str
    is_open: bool
    is_here: bool


class Named(NamedTuple):
    """What a number, code or name stands for: an organisation known here, or else an entry of its register."""

    key: str
    known: Organisation | None = None
    entry: Entry | None = None
    wrong: str = ""
    away: str = ""


class Funder(NamedTuple):
    """Somebody who may give match funding: an organisation known here, or else an entry of a register.

    Attributes:
        about: number, place and trouble, to tell it from others of its name.
    """

    key: str
    name: str
    about: str
    known: Organisation | None = None
    entry: Entry | None = None
    is_public: bool = False

    def facts(self, at: dt.datetime) -> dict[str, Any]:
        """Return what `bids.actions.match.declare_match_of` needs to know it, or to register it."""
        if self.known or self.entry is None:
            return {"organisation": self.known}
        return {"company_number": self.entry.key} | seen(self.entry, at) | letters_to(self.entry)


def register_of(kind: str) -> Register | None:
    """Return the register that organisations of a kind are in; None when there is none, or it is not connected."""
    if rules.is_company(kind):
        return companies.register()
    return ods.register() if kind == NHS else None


def search(kind: str, words: str) -> tuple[list[Hit], str]:
    """Return the organisations that fit these words, those known here first, and why their register was not asked."""
    hits = [_known(o) for o in _of_kind(kind).filter(_fits(kind, words)).order_by("name", "pk")[:MOST_HITS]]
    there, why = register_of(kind), ""
    if there:
        try:
            hits += _new(kind, _asked(there, kind, words), {hit.key for hit in hits})
        except RegistryAway as error:
            why = str(error)
    return hits, why


def _asked(there: Register, kind: str, words: str) -> list[Entry]:
    """Return what a register finds by words that may be a number, a code or a name."""
    found = []
    with suppress(BadIdentifier, NotFound):
        found = [look_up(there, kind, _key(kind, words))]
    if rules.is_company(kind):
        return found or companies.search(there, words)
    return found + [entry for entry in ods.search(there, words) if entry.key not in {e.key for e in found}]


def funders(words: str) -> tuple[list[Funder], str]:
    """Return who may be meant as a funder, those known here first, and which register was not asked, and why.

    What others have only typed is found by its whole name: a part of it is not shown to everybody.
    """
    typed = Q(kind=OrganisationKind.FUNDER, company_number="")
    number = re.sub(r"\s", "", words).upper()
    numbers = Q(company_number=number.zfill(8)) | Q(ods_code=number) | Q(charity_number=number)
    known = Organisation.objects.filter(Q(name__icontains=words) & ~typed | typed & Q(name__iexact=words) | numbers)
    hits = [_known_funder(o) for o in known.order_by("name", "pk")[:MOST_FUNDERS]]
    here = {o.known.company_number or o.known.ods_code for o in hits if o.known}
    away = []
    for kind in (OrganisationKind.SME, NHS):
        there = register_of(kind)
        try:
            entries = _asked(there, kind, words) if there else []
        except RegistryAway as error:
            entries = []
            away.append(str(error))
        hits += [_new_funder(kind, e) for e in entries[:MOST_FUNDERS] if e.key not in here]
    return hits, " ".join(away)


def named(kind: str, text: str) -> Named:
    """Return what somebody means who types or chooses a number, a code or a name."""
    try:
        key = _key(kind, text)
    except BadIdentifier as error:
        return Named(text, wrong=str(error))
    if known := _by_key(kind, key):
        return Named(key, known=known)
    there = register_of(kind)
    if there is None and kind == NHS:
        return Named(key, wrong=f"“{key}” is not the ODS code of an NHS organisation in our list. Check the code.")
    if there is None:
        return Named(key, away=NOT_CONNECTED if kind in REGISTERED else "")
    try:
        entry = look_up(there, kind, key)
    except NotFound as error:
        return Named(key, wrong=f"{error} Check “{key}”.")
    except RegistryAway as error:
        return Named(key, away=str(error))
    if not entry.is_open:
        return Named(key, wrong=f"{entry.name} cannot take part. {entry.warning}.")
    return Named(key, entry=entry)


def look_up(there: Register, kind: str, key: str) -> Entry:
    """Return the entry of an organisation.

    Raises:
        NotFound: its register has none.
        RegistryAway: no answer.
    """
    return companies.company(there, key) if rules.is_company(kind) else ods.organisation(there, key)


def seen(entry: Entry, at: dt.datetime) -> dict[str, Any]:
    """Return what is kept of an entry. An address that has no UK postcode keeps what stands there as its last line."""
    return {
        "name": entry.name,
        "registered_address": entry.address,
        "registered_postcode": entry.postcode,
        "register_status": entry.status,
        "is_verified": True,
        "unverified_because": "",
        "checked_at": at,
    }


def letters_to(entry: Entry) -> dict[str, str]:
    """Return the address that letters go to until its people give another: the registered one."""
    try:
        return {"address": entry.address, "postcode": rules.postcode(entry.postcode)}
    except BadIdentifier:
        return {"address": ", ".join(filter(None, (entry.address, entry.postcode)))[:200], "postcode": ""}


def _key(kind: str, text: str) -> str:
    if rules.is_company(kind):
        return rules.company_number(text)
    return rules.ods_code(text) if kind == NHS else " ".join(text.replace("\0", " ").split())


def _of_kind(kind: str) -> QuerySet[Organisation]:
    return Organisation.objects.filter(kind__in=COMPANY_KINDS if rules.is_company(kind) else [kind])


def _by_key(kind: str, key: str) -> Organisation | None:
    if rules.is_company(kind):
        known = Organisation.objects.exclude(kind=OrganisationKind.FUNDER)
        return known.filter(company_number=key).first()
    if kind == NHS:
        return Organisation.objects.filter(ods_code=key).first()
    return _of_kind(kind).filter(name__iexact=key).order_by("pk").first() if key else None


def _fits(kind: str, words: str) -> Q:
    fits = Q(name__icontains=words)
    try:
        key = _key(kind, words)
    except BadIdentifier:
        return fits
    return fits | Q(**{"company_number" if rules.is_company(kind) else "ods_code" if kind == NHS else "name": key})


def _known(organisation: Organisation) -> Hit:
    o = organisation
    key = o.company_number if rules.is_company(o.kind) else o.ods_code if o.kind == NHS else o.name
    return Hit(o.name, key, o.identifier, _place(o.address, o.postcode), "", is_open=True, is_here=True)


def _known_funder(o: Organisation) -> Funder:
    is_public = o.kind in PUBLIC_KINDS
    about = _place("public body" if is_public else "", o.identifier, o.address, o.postcode)
    return Funder(f"known-{o.pk}", o.name, about, known=o, is_public=is_public)


def _new_funder(kind: str, entry: Entry) -> Funder:
    """Return an entry as a funder; an NHS body is public, so that it is never registered for its money."""
    is_public = kind == NHS
    label = "public body, ODS code" if is_public else "Companies House"
    about = _place(f"{label} {entry.key}", entry.address, entry.postcode, entry.warning)
    return Funder(f"{kind}-{entry.key}", entry.name, about, entry=entry, is_public=is_public)


def _new(kind: str, entries: Iterable[Entry], here: set[str]) -> list[Hit]:
    """Return the entries that are not among those known here."""
    label = "Companies House" if rules.is_company(kind) else "ODS code"
    return [
        Hit(e.name, e.key, f"{label} {e.key}", _place(e.address, e.postcode), e.warning, e.is_open, is_here=False)
        for e in entries
        if e.key not in here
    ]


def _place(*parts: str) -> str:
    return ", ".join(filter(None, parts))
