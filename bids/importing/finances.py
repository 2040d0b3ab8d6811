"""Turn the finances of an imported line into lines of costs and funding, or say why not. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from accounts.states import Size
from bids import costs
from bids.importing.values import Values, amount
from bids.states import CostCategory as C
from funds.money import round_half_up
from infra.importing.tables import shown


class Columns(NamedTuple):
    """A category of the old portal: ours, the column that describes a row, and our input → its column."""

    category: C
    description: str
    inputs: dict[str, str]


CATEGORIES = {
    "labour": Columns(C.LABOUR, "Role", {"gross_pounds": "Annual salary", "days": "Days spent"}),
    "materials": Columns(C.MATERIALS, "Description", {"unit_pounds": "Cost per item", "quantity": "Quantity"}),
    "capital usage": Columns(
        C.CAPITAL_USAGE,
        "Description",
        {
            "value_pounds": "Present value",
            "residual_pounds": "Residual value",
            "utilisation_percent": "Utilisation",
        },
    ),
    "subcontracting": Columns(C.SUBCONTRACTING, "Name", {"country": "Country", "role": "Role", "cost_pounds": "Cost"}),
    "travel and subsistence": Columns(
        C.TRAVEL, "Purpose", {"quantity": "Number of times", "unit_pounds": "Cost for each"}
    ),
    "other costs": Columns(C.OTHER, "Description", {"cost_pounds": "Estimated cost"}),
}
OVERHEADS, OTHER_FUNDING = "overheads", "other funding"
SIZES = {
    "1": Size.SMALL, "2": Size.MEDIUM, "3": Size.LARGE,
    "small": Size.SMALL, "micro": Size.MICRO, "medium": Size.MEDIUM, "large": Size.LARGE,
}  # fmt: skip


@dataclass
class Finances:
    """One organisation's finances as they can be kept. Amounts in pounds."""

    lines: list[costs.Line] = field(default_factory=list)
    working_days: int = 225
    size: str = ""
    percent: Decimal = Decimal(0)
    other_public: int = 0


def finances_of(organisation: str, given: Any, line: Values) -> Finances:
    """Return an organisation's finances; what is wrong, changed or left out is told to `line`."""
    where = f"finances of {shown(organisation)}"
    if not isinstance(given, Mapping):
        line.wrong(f"The {where} must be an object with named values.")
        return Finances()
    fields = Values(given)
    found = Finances()
    if given.get("Working days per year") not in (None, ""):
        found.working_days = fields.whole("Working days per year", 1, 365)
    if given.get("Organisation size") not in (None, ""):
        sized = Values({"Organisation size": str(given["Organisation size"])})
        found.size = sized.choice("Organisation size", SIZES) or ""
        fields.problems += sized.problems
    found.percent = _percent(given.get("Grant claim"), fields)
    categories = fields.mapping("categories")
    found.lines = _lines(categories, found.working_days, fields)
    found.other_public = _other_public(categories, fields)
    cost = costs.partner_cost(found.lines)
    if not fields.problems and found.other_public > cost:
        fields.changes.append(
            f"other public funding of £{found.other_public:,} is more than the costs of £{cost:,}: kept as £{cost:,}"
        )
        found.other_public = cost
    line.problems += [f"In the {where}: {problem}" for problem in fields.problems]
    line.changes += [f"{where}: {change}" for change in fields.changes]
    line.notes += [f"{where}: {note}" for note in fields.notes]
    return found


def _percent(value: Any, fields: Values) -> Decimal:
    if value in (None, ""):
        return Decimal(0)
    percent = amount(value)
    if percent is None or not 0 <= percent <= 100 or percent != round(percent, 2):
        fields.wrong(
            f"“Grant claim” is {shown(value)}; it must be a percentage from 0 to 100, with 2 decimals at most."
        )
        return Decimal(0)
    return percent


def _rows(categories: Mapping[str, Any], name: str, fields: Values) -> list[Mapping[str, Any]]:
    """Return the rows of a category that hold anything."""
    rows = categories.get(name)
    if rows is None:
        return []
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        fields.wrong(f"“{shown(name)}” must be a list of rows.")
        return []
    return [row for row in rows if any(value not in (None, "") for value in row.values())]


def _lines(categories: Mapping[str, Any], working_days: int, fields: Values) -> list[costs.Line]:
    """Return the lines of costs, worked out by our own formulas."""
    typed: list[dict[str, Any]] = []
    left_out: set[str] = set()
    for name in categories:
        key = " ".join(str(name).split()).casefold()
        if key == OTHER_FUNDING:
            continue
        rows = _rows(categories, name, fields)
        if key == OVERHEADS:
            typed += [_overheads(row, fields) for row in rows]
        elif key not in CATEGORIES:
            fields.wrong(f"“{shown(name)}” is not a category of cost that is known.")
        else:
            known = CATEGORIES[key]
            columns = {known.description, *known.inputs.values()}
            typed += [
                {
                    "category": known.category,
                    "description": row.get(known.description),
                    "inputs": {ours: row.get(theirs) for ours, theirs in known.inputs.items()},
                }
                for row in rows
            ]
            left_out |= {str(c) for row in rows for c in row if c not in columns}
    if left_out:
        fields.changes.append(f"columns left out, as no formula needs them: {', '.join(sorted(map(shown, left_out)))}")
    _add_custom_rate(typed, working_days, fields)
    try:
        return costs.worked_out(typed, working_days)
    except costs.BadCosts as error:
        fields.problems += [e.sentence for e in error.errors]
        return []


def _overheads(row: Mapping[str, Any], fields: Values) -> dict[str, Any]:
    """Return overheads as ours; a rate of its own is worked out later, from the labour."""
    kind, rate = str(row.get("Rate type", "")).strip().casefold(), row.get("Rate")
    if kind in ("none", ""):
        inputs = {"kind": "none"}
    elif kind in ("default percentage", "default %"):
        inputs = {"kind": "percent"}
    elif kind in ("total", "custom rate"):
        inputs = {"kind": "stated" if kind == "total" else "rate", "stated_pounds": str(rate)}
    else:
        fields.wrong(f"“Rate type” of overheads is {shown(kind)}, which is not known.")
        inputs = {"kind": "none"}
    return {"category": C.OVERHEADS, "description": "Overheads", "inputs": inputs}


def _add_custom_rate(typed: list[dict[str, Any]], working_days: int, fields: Values) -> None:
    """Turn a rate of the applicant's own into the amount it makes of the labour."""
    for line in typed:
        inputs = line["inputs"]
        if inputs.get("kind") != "rate":
            continue
        rate = amount(inputs["stated_pounds"])
        if rate is None or not 0 <= rate <= 1000:
            fields.wrong(f"“Rate” of overheads is {shown(inputs['stated_pounds'])}; it must be a percentage.")
            rate = Decimal(0)
        try:
            labour = costs.worked_out([x for x in typed if x["category"] == C.LABOUR], working_days)
        except costs.BadCosts:
            labour = []
        pounds = round_half_up(sum((x.amount for x in labour), Decimal(0)) * rate / 100)
        line["inputs"] = {"kind": "stated", "stated_pounds": str(pounds)}
        fields.changes.append(f"overheads of {rate} % of labour kept as £{pounds:,}")


def _other_public(categories: Mapping[str, Any], fields: Values) -> int:
    """Return other public funding in whole pounds, half up."""
    total = Decimal(0)
    for name in categories:
        if " ".join(str(name).split()).casefold() != OTHER_FUNDING:
            continue
        for row in _rows(categories, name, fields):
            value = row.get("Funding amount")
            pounds = Decimal(0) if value in (None, "") else amount(value)
            if pounds is None or not 0 <= pounds <= costs.MOST_POUNDS:
                fields.wrong(f"“Funding amount” is {shown(value)}; it must be pounds from 0 to 1,000,000,000.")
                continue
            total += pounds
    return int(round_half_up(total))
