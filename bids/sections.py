"""Sections of a bid, each named by its address below the bid's, such as questions/summary or partners/7/costs. Pure."""

import re

DETAILS = "details"
PARTNERS = "partners"
DOCUMENTS = "documents"
AID = "aid"  # of each partner that has to declare it
MONEY = {"costs": "Costs", "funding": "Funding", AID: "Earlier aid", "match": "Match funding"}  # of each partner
_SECTION = re.compile(
    r"(details|documents|questions/[-\w]{1,50}|partners/[0-9]{1,18}/(?:costs|funding|aid|match)|partners)(?=/|$)"
)


def of_question(slug: str) -> str:
    """Return the section of one question."""
    return f"questions/{slug}"


def of_money(partner_id: int, part: str) -> str:
    """Return the section of the costs, the funding, the earlier aid or the match of one partner."""
    return f"partners/{partner_id}/{part}"


def partner_of(section: str) -> int | None:
    """Return the key of the partner whose money a section is; None when it is another section."""
    kind, _, rest = section.partition("/")
    key = rest.partition("/")[0]
    return int(key) if kind == "partners" and key.isascii() and key.isdecimal() else None


def within(path: str, reference: str) -> str:
    """Return the section that a page of the bid belongs to; nothing when it belongs to none."""
    found = _SECTION.match(path.removeprefix(f"/bids/{reference}/"))
    return found[1] if found else ""
