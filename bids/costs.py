"""What a partner's part of a project costs: the formula of each category, from inputs as typed. Pure.

Formulas: Innovate UK's project costs guidance. Labour: gross annual cost ÷ working days a year, to 5 decimals
half-even, × days on the project. Overheads: none, 20 % of labour, or a stated amount. Materials, travel: quantity ×
unit cost. Capital usage: (value − residual value) × utilisation. A category is the sum of its lines, to whole pounds
half up.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.rules import Refused
from bids.states import CostCategory as C
from funds.money import round_half_even, round_half_up
from infra import words

OVERHEAD_PERCENT = Decimal(20)
OVERHEAD_KINDS = ("none", "percent", "stated")
MOST_POUNDS = Decimal(1_000_000_000)
MOST_LINES = 2_000
TEXT_LENGTH = 200
_PENNY = Decimal("0.01")
_NUMBER = re.compile(r"[+-]?([0-9]{1,60}(\.[0-9]{0,60})?|\.[0-9]{1,60})", re.ASCII)


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one input: which line (from 0), which field, and how to mend it."""

    line: int
    field: str
    sentence: str


class BadCosts(Refused):
    """Costs that cannot be kept, with every error found."""

    def __init__(self, errors: Iterable[FieldError]) -> None:
        self.errors = tuple(errors)
        super().__init__(" ".join(e.sentence for e in self.errors))


class BadInput(ValueError):
    """One input that is no number, or is out of its range."""


@dataclass(frozen=True)
class Line:
    """A line of costs ready to keep: inputs as text, amount in pounds to 5 decimals."""

    category: str
    description: str
    inputs: dict[str, str]
    amount: Decimal


@dataclass(frozen=True)
class Field:
    """A number that a category asks for, with its range and decimals."""

    key: str
    name: str
    low: Decimal = _PENNY
    high: Decimal = MOST_POUNDS
    places: int = 2


_QUANTITY = (Field("quantity", "quantity", high=Decimal(1_000_000)), Field("unit_pounds", "cost of one"))
_COST = (Field("cost_pounds", "cost"),)
NUMBERS: dict[str, tuple[Field, ...]] = {
    C.LABOUR: (
        Field("gross_pounds", "gross annual cost"),
        Field("days", "number of days on the project", Decimal(1), Decimal(100_000), 0),
    ),
    C.MATERIALS: _QUANTITY,
    C.TRAVEL: _QUANTITY,
    C.CAPITAL_USAGE: (
        Field("value_pounds", "value when bought"),
        Field("residual_pounds", "residual value", Decimal(0)),
        Field("utilisation_percent", "utilisation in per cent", Decimal(1), Decimal(100), 1),
    ),
    C.SUBCONTRACTING: _COST,
    C.OTHER: _COST,
}
# Words that a category asks for beside its description: field and name.
TEXTS: dict[str, tuple[tuple[str, str], ...]] = {
    C.SUBCONTRACTING: (("country", "subcontractor's country"), ("role", "subcontractor's role")),
}
_STATED = Field("stated_pounds", "amount of overheads", Decimal(0))
Values = Mapping[str, Decimal]
FORMULAS: dict[str, Callable[[Values, int], Decimal]] = {
    C.LABOUR: lambda v, working_days: day_rate(v["gross_pounds"], working_days) * v["days"],
    C.MATERIALS: lambda v, _: v["quantity"] * v["unit_pounds"],
    C.TRAVEL: lambda v, _: v["quantity"] * v["unit_pounds"],
    C.CAPITAL_USAGE: lambda v, _: (v["value_pounds"] - v["residual_pounds"]) * v["utilisation_percent"] / 100,
    C.SUBCONTRACTING: lambda v, _: v["cost_pounds"],
    C.OTHER: lambda v, _: v["cost_pounds"],
}


def is_number(text: str) -> bool:
    """Tell whether a text is a plain number as it stands, without signs of money or commas."""
    return _NUMBER.fullmatch(text) is not None


def number(value: Any, field: Field) -> Decimal:
    """Return a typed number: £ signs, spaces, thousands commas and full-width digits are understood.

    Raises:
        BadInput: it is missing, no number, out of range, or has too many decimals.
    """
    typed = "" if value is None else str(value)
    text = unicodedata.normalize("NFKC", typed).strip().removeprefix("£").replace(",", "").replace(" ", "")
    if not text:
        raise BadInput(f"Enter the {field.name}.")
    if not _NUMBER.fullmatch(text) or any(unicodedata.category(sign) == "No" for sign in typed):  # such as 10²
        raise BadInput(f"The {field.name} must be a number, such as 1250.")
    found = Decimal(text)
    if not field.low <= found <= field.high:
        raise BadInput(f"The {field.name} must be between {field.low:,} and {field.high:,}.")
    if found != round(found, field.places):
        exactness = "a whole number" if field.places == 0 else f"given to {field.places} decimals at most"
        raise BadInput(f"The {field.name} must be {exactness}.")
    return found


def day_rate(gross_pounds: Decimal, working_days: int) -> Decimal:
    """Return what a day of somebody's work costs, in pounds to 5 decimals, halves to even."""
    return round_half_even(gross_pounds / working_days, 5)


def overheads(inputs: Mapping[str, str], labour: Decimal) -> Decimal:
    """Return overheads in pounds: nothing, 20 % of labour to whole pounds half up, or the amount stated.

    Raises:
        BadInput: none of the three is chosen, or the amount is no number.
    """
    match inputs.get("kind"):
        case "none":
            return Decimal(0)
        case "percent":
            return round_half_up(labour * OVERHEAD_PERCENT / 100)
        case "stated":
            return number(inputs.get("stated_pounds"), _STATED)
    raise BadInput("Choose how overheads are worked out: none, 20 % of labour, or an amount with its workings.")


def worked_out(
    lines: Iterable[Mapping[str, Any]], working_days: int, allowed: Iterable[str] = tuple(C.values)
) -> list[Line]:
    """Return the lines with their amounts.

    Args:
        lines: each with `category`, `description` and `inputs` (the keys of `NUMBERS` and `TEXTS`).
        working_days: working days in a year, 1 to 365.
        allowed: categories that the competition takes.

    Raises:
        BadCosts: lists every field that is wrong.
    """
    typed, permitted = list(lines), set(allowed)
    if len(typed) > MOST_LINES:
        raise BadCosts([FieldError(0, "category", f"Give at most {MOST_LINES} lines of costs.")])
    if not 1 <= working_days <= 365:
        raise BadCosts([FieldError(0, "working_days", "Working days in a year must be between 1 and 365.")])
    errors: list[FieldError] = []
    done: dict[int, Line] = {}
    stated = [i for i, line in enumerate(typed) if line.get("category") == C.OVERHEADS]
    for i in [i for i in range(len(typed)) if i not in stated] + stated:  # overheads last: they need the labour
        if i in stated[1:]:
            errors.append(FieldError(i, "category", "Give overheads once only."))
            continue
        labour = sum((x.amount for x in done.values() if x.category == C.LABOUR), Decimal(0))
        line, wrong = _line(i, typed[i], working_days, labour, permitted)
        errors += wrong
        if line:
            done[i] = line
    if errors:
        raise BadCosts(sorted(errors, key=lambda e: e.line))
    return [done[i] for i in sorted(done)]


def _line(
    i: int, typed: Mapping[str, Any], working_days: int, labour: Decimal, permitted: set[str]
) -> tuple[Line | None, list[FieldError]]:
    """Return line `i` worked out, or what is wrong with it."""
    category = typed.get("category")
    if category not in C.values:
        return None, [FieldError(i, "category", f"Line {i + 1}: choose a category of cost.")]
    label = C(category).label
    if category not in permitted:
        return None, [FieldError(i, "category", f"This competition does not pay for {label.lower()}.")]
    errors: list[FieldError] = []

    def wrong(field: str, sentence: str) -> None:
        errors.append(FieldError(i, field, f"{label}, line {i + 1}: {sentence}"))

    given = typed.get("inputs") or {}
    default = label if category == C.OVERHEADS else ""
    texts = {"description": _text(typed.get("description")) or default}
    texts |= {key: _text(given.get(key)) for key, _ in TEXTS.get(category, ())}
    names = {"description": "description", **dict(TEXTS.get(category, ()))}
    for key, text in texts.items():
        if not text:
            wrong(key, f"Enter the {names[key]}.")
        elif len(text) > TEXT_LENGTH or words.why_not_text(text):
            wrong(key, f"The {names[key]} must be plain text of at most {TEXT_LENGTH} characters.")
    keys = ["kind", "stated_pounds"] if category == C.OVERHEADS else [f.key for f in NUMBERS[category]]
    inputs = {key: _text(given.get(key)) for key in keys if given.get(key) is not None}
    values = {}
    for field in NUMBERS.get(category, ()):
        try:
            values[field.key] = number(inputs.get(field.key), field)
        except BadInput as error:
            wrong(field.key, str(error))
    if category == C.CAPITAL_USAGE and not errors and values["residual_pounds"] > values["value_pounds"]:
        wrong("residual_pounds", "The residual value cannot be more than the value when bought.")
    if errors:
        return None, errors
    try:
        amount = overheads(inputs, labour) if category == C.OVERHEADS else FORMULAS[category](values, working_days)
    except BadInput as error:
        wrong("kind", str(error))
        return None, errors
    description = texts.pop("description")
    return Line(category, description, inputs | texts, amount), []


def _text(value: Any) -> str:
    return "" if value is None else " ".join(str(value).split())


def category_totals(lines: Iterable[Any]) -> dict[str, int]:
    """Return whole pounds per category, each sum rounded half up, in the order of letters. Zeros are left out."""
    sums: dict[str, Decimal] = {}
    for line in lines:
        sums[line.category] = sums.get(line.category, Decimal(0)) + line.amount
    return {str(c): int(round_half_up(sums[c])) for c in C.values if sums.get(c)}


def partner_cost(lines: Iterable[Any]) -> int:
    """Return what a partner's part costs, in whole pounds: the sum of its categories as rounded."""
    return sum(category_totals(lines).values())
