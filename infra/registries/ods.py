"""NHS Organisation Data Service: find an NHS organisation by ODS code or name, with its address and NHS region.

ODS ORD API 2-0-0: `GET /organisations?Name=` and `GET /organisations/{code}`; no key is needed. Documented at
https://digital.nhs.uk/developer/api-catalogue/organisation-data-service-ord.
"""

import re
from typing import Any

from django.conf import settings

from infra.registries.asking import Entry, NotFound, Register, one_line, rows, text

NAME = "The NHS Organisation Data Service"
MOST = 20
CODE = re.compile(r"[A-Z0-9]{3,6}", re.ASCII)
# Primary roles of statutory NHS bodies: the service lists pharmacies, care homes and opticians too.
NHS_ROLES = frozenset(
    {
        "RO98",  # clinical commissioning group, or its successor's location
        "RO107",  # care trust
        "RO142",  # local health board
        "RO144",  # Welsh local health board
        "RO154",  # Northern Ireland health and social care trust
        "RO189",  # special health authority
        "RO197",  # NHS trust
        "RO209",  # NHS England region
        "RO261",  # integrated care board
    }
)
WITHIN = "RE5"  # is located in the geography of
REGIONS = {
    "Y56": "London",
    "Y58": "South West",
    "Y59": "South East",
    "Y60": "Midlands",
    "Y61": "East of England",
    "Y62": "North West",
    "Y63": "North East and Yorkshire",
}
_ADDRESS = ("AddrLn1", "AddrLn2", "AddrLn3", "Town", "County")


def register() -> Register | None:
    """Return the register, or None when it is not connected."""
    return Register(NAME, settings.ODS_URL) if settings.ODS_URL else None


def organisation(there: Register, code: str) -> Entry:
    """Return the NHS organisation of a code.

    Raises:
        NotFound: there is none, or it is no NHS body.
        RegistryAway: no answer.
    """
    found = _record(there, code)
    roles = {role.get("id") for role in rows(_at(found, "Roles", "Role")) if role.get("primaryRole") is True}
    if not roles & NHS_ROLES:
        raise NotFound(f"{code} is not the code of an NHS body.")
    status = text(found.get("Status"), 40).lower()
    place = _at(found, "GeoLoc", "Location")
    return Entry(
        name=text(found.get("Name"), 200),
        key=code,
        status=status,
        is_open=status == "active",
        warning="" if status == "active" else f"{NAME}: {status or 'status not known'}",
        address=one_line(place, _ADDRESS),
        postcode=text(place.get("PostCode"), 20).upper() if isinstance(place, dict) else "",
        region=_region(there, code, found),
    )


def search(there: Register, words: str) -> list[Entry]:
    """Return NHS organisations that are open and hold these words in their names, at most 20.

    Raises:
        RegistryAway: no answer.
    """
    try:
        found = there.ask("/organisations", Name=words, Status="Active", Limit=200, _format="json")
    except NotFound:
        return []
    nhs = [o for o in rows(found.get("Organisations")) if o.get("PrimaryRoleId") in NHS_ROLES]
    return [
        Entry(
            name=text(o.get("Name"), 200),
            key=text(o.get("OrgId"), 6),
            status="active",
            is_open=True,
            postcode=text(o.get("PostCode"), 20).upper(),
        )
        for o in nhs[:MOST]
        if o.get("Name") and CODE.fullmatch(text(o.get("OrgId"), 6))
    ]


def _record(there: Register, code: str) -> dict[str, Any]:
    if not CODE.fullmatch(code):
        raise NotFound(f"{code} is no ODS code.")
    found = there.ask(f"/organisations/{code}", _format="json").get("Organisation")
    if not isinstance(found, dict):
        raise NotFound(f"{NAME} has no such organisation.")
    return found


def _region(there: Register, code: str, found: dict[str, Any]) -> str:
    """Return the NHS region, up to two steps above: a trust lies in a care board's area, and that in a region."""
    for _ in range(3):
        if code in REGIONS:
            return REGIONS[code]
        above = [
            text(_at(rel, "Target", "OrgId", "extension"), 6)
            for rel in rows(_at(found, "Rels", "Rel"))
            if rel.get("id") == WITHIN and rel.get("Status") == "Active"
        ]
        code = next((c for c in above if c in REGIONS), above[0] if above else "")
        if code in REGIONS or not code:
            return REGIONS.get(code, "")
        try:
            found = _record(there, code)
        except NotFound:
            return ""
    return ""


def _at(value: Any, *names: str) -> Any:
    """Return what stands at a path of names inside objects, or None."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value
