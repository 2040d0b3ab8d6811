"""Change one line of costs, so that two people who work on one partner's costs lose nothing of each other's."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.rules import Refused
from bids import costs
from bids.actions.finance import set_costs
from bids.actions.locks import locked_partner
from bids.models import CostLine, Partner
from bids.overview import line_key, lines_digest


class LineGone(Refused):
    """The line is no longer as the writer saw it."""

    def __init__(self) -> None:
        super().__init__("Somebody has changed or removed this line meanwhile. Save again to keep yours as a new line.")


def _as_typed(line: CostLine) -> dict[str, Any]:
    return {"category": line.category, "description": line.description, "inputs": line.inputs}


@transaction.atomic
def put_line(*, partner: Partner, line: Mapping[str, Any], was: str = "", by: User, at: dt.datetime) -> Partner:
    """Put a line in the place of the one known as `was`, or behind the others.

    Raises:
        LineGone: there is no line known as `was`.
        bids.costs.BadCosts: a field is wrong; its line is the last one when `was` is empty, else that of `was`.
        Refused: the bid cannot be changed, or `by` may not change this partner's costs.
    """
    _, partner = locked_partner(partner)
    there = list(partner.cost_lines.all())
    lines: list[Mapping[str, Any]] = [_as_typed(x) for x in there]
    if was:
        lines[_place(there, was)] = line
    else:
        lines.append(line)
    return set_costs(partner=partner, lines=lines, by=by, at=at)


@transaction.atomic
def take_line(*, partner: Partner, was: str, by: User, at: dt.datetime) -> Partner:
    """Take out the line known as `was`.

    Raises:
        LineGone: there is no such line.
        Refused: the bid cannot be changed, or `by` may not change this partner's costs.
    """
    _, partner = locked_partner(partner)
    there = list(partner.cost_lines.all())
    place = _place(there, was)
    return set_costs(partner=partner, lines=[_as_typed(x) for i, x in enumerate(there) if i != place], by=by, at=at)


@transaction.atomic
def set_working_days(*, partner: Partner, working_days: int, by: User, at: dt.datetime) -> Partner:
    """Set a partner's working days in a year, 1 to 365, and work out its labour anew.

    Raises:
        Refused: the number is out of range, the bid cannot be changed, or `by` may not change this partner's costs.
    """
    _, partner = locked_partner(partner)
    lines = [_as_typed(x) for x in partner.cost_lines.all()]
    return set_costs(partner=partner, lines=lines, working_days=working_days, by=by, at=at)


@transaction.atomic
def import_lines(
    *, partner: Partner, lines: Sequence[Mapping[str, Any]], adds: bool, was: str, by: User, at: dt.datetime
) -> Partner:
    """Put the lines of a sheet in the place of a partner's costs, or behind them. The same press again changes nothing.

    Args:
        was: digest of the costs that the writer saw when they read the sheet through (`overview.lines_digest`).

    Raises:
        Refused: the costs have changed since, the bid cannot be changed, or `by` may not change this partner's costs.
        bids.costs.BadCosts: a field is wrong; nothing is saved.
    """
    bid, partner = locked_partner(partner)
    there = list(partner.cost_lines.all())
    wanted = [*(_as_typed(x) for x in there), *lines] if adds else lines
    if lines_digest(there) == was:
        return set_costs(partner=partner, lines=wanted, by=by, at=at)
    read = costs.worked_out(lines, partner.working_days, bid.competition.cost_categories)
    is_done = {line_key(x) for x in read} <= {line_key(x) for x in there}
    if is_done and (adds or len(read) == len(there)):
        return partner
    raise Refused("Somebody has changed the costs since you uploaded the sheet. Upload it again.")


def _place(lines: list[CostLine], was: str) -> int:
    """Return where the line known as `was` stands."""
    for place, line in enumerate(lines):
        if line_key(line) == was:
            return place
    raise LineGone
