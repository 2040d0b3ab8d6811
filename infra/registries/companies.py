"""Companies House: find a company by number or name, with its status and registered office, and its directors.

Companies House public data API: `GET /search/companies?q=`, `GET /company/{number}` and `GET
/company/{number}/officers`, HTTP Basic with the key as user name. Documented at https://developer-specs.company-information.service.gov.uk.
"""

from typing import Any

from django.conf import settings

from infra.registries.asking import Entry, NotFound, Register, one_line, rows, text

NAME = "Companies House"
MOST = 20
OPEN = frozenset({"active", "open", "registered"})
# Wound up or gone: nothing can be granted to it.
ENDED = frozenset({"dissolved", "liquidation", "converted-closed", "closed", "removed"})
# Officers who run a company or a limited liability partnership; secretaries do not.
_RUNS = frozenset(
    {"director", "nominee-director", "llp-member", "llp-designated-member", "member-of-a-management-organ"}
)
MOST_OFFICERS = 100
_ADDRESS = ("care_of", "po_box", "premises", "address_line_1", "address_line_2", "locality", "region", "country")


def register() -> Register | None:
    """Return the register, or None when it is not connected."""
    url = settings.COMPANIES_HOUSE_URL
    return Register(NAME, url, settings.COMPANIES_HOUSE_KEY) if url else None


def company(there: Register, number: str) -> Entry:
    """Return the company of a number in its 8 characters (`accounts.rules.company_number`).

    Raises:
        NotFound: there is none.
        RegistryAway: no answer.
    """
    if not (number.isascii() and number.isalnum()):
        raise NotFound(f"{NAME} has no such company.")
    found = there.ask(f"/company/{number}")
    if text(found.get("company_number"), 8) != number:
        raise NotFound(f"{NAME} has no such company.")
    return _entry(found, "company_name", "registered_office_address")


def search(there: Register, words: str) -> list[Entry]:
    """Return the companies that fit these words best, at most 20.

    Raises:
        RegistryAway: no answer.
    """
    try:
        found = there.ask("/search/companies", q=words, items_per_page=MOST)
    except NotFound:
        return []
    entries = [_entry(item, "title", "address") for item in rows(found.get("items"))[:MOST]]
    return [entry for entry in entries if entry.name and entry.key]


def directors(there: Register, number: str) -> list[dict[str, str]]:
    """Return `name`, forenames first, and `born`, such as 1970-05 or nothing, of each person who runs a company now.

    Raises:
        NotFound: there is no such company.
        RegistryAway: no answer.
    """
    if not (number.isascii() and number.isalnum()):
        raise NotFound(f"{NAME} has no such company.")
    found = there.ask(f"/company/{number}/officers", items_per_page=MOST_OFFICERS)
    return [
        {"name": name, "born": _month(item.get("date_of_birth"))}
        for item in rows(found.get("items"))
        if text(item.get("officer_role"), 40) in _RUNS and not item.get("resigned_on")
        if (name := _forenames_first(text(item.get("name"), 120)))
    ]


def _forenames_first(name: str) -> str:
    """Return “Ada Example” for “EXAMPLE, Ada, Dr”."""
    surname, *others = [part.strip() for part in name.split(",")]
    return " ".join(filter(None, [others[0] if others else "", surname]))


def _month(born: Any) -> str:
    year, month = (born.get("year"), born.get("month")) if isinstance(born, dict) else (None, None)
    is_month = isinstance(year, int) and isinstance(month, int) and 1800 < year < 2200 and 1 <= month <= 12
    return f"{year}-{month:02d}" if is_month else ""


def _entry(found: Any, name: str, address: str) -> Entry:
    status = text(found.get("company_status"), 40).lower()
    place = found.get(address)
    return Entry(
        name=text(found.get(name), 200),
        key=text(found.get("company_number"), 8),
        status=status,
        is_open=status not in ENDED,
        warning="" if status in OPEN else f"{NAME}: {status.replace('-', ' ') or 'status not known'}",
        address=one_line(place, _ADDRESS),
        postcode=text(place.get("postal_code"), 20).upper() if isinstance(place, dict) else "",
    )
