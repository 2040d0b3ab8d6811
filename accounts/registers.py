"""What the public registers say of an organisation, and what of it we keep. Asked outside transactions."""

import datetime as dt
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from accounts import rules
from accounts.models import Organisation
from accounts.rules import BadIdentifier
from accounts.states import COMPANY_KINDS, OrganisationKind
from infra.registries import companies, ods
from infra.registries.asking import Entry, NotFound, Register, RegistryAway

NHS = OrganisationKind.NHS_BODY
REGISTERED = (*COMPANY_KINDS, NHS)
MOST_HITS = 20
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
        return Organisation.objects.filter(company_number=key).first()
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
