"""What a partner's part costs and how it is paid for. Grant and match are worked out in one place."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.rules import Refused, is_company
from accounts.states import Role, Size
from audit.record import digest, record
from bids import costs, queries, rules, tasks
from bids.actions.locks import locked_partner, must_be_open_to_changes, must_edit_part
from bids.models import Bid, CostLine, Partner
from bids.seen import FUNDING
from bids.states import CostCategory
from funds.seen import must_be_as_seen

_PERCENT = costs.Field("percent", "percentage", Decimal(0), Decimal(100))
_OTHER = costs.Field("other_public_pounds", "other public funding in whole pounds", Decimal(0), places=0)
_MONEY = ("cost_pounds", "percent", "other_public_pounds", "grant_pounds", "match_pounds")


def pay_for(partner: Partner, **changed: Any) -> dict[str, list[Any]]:
    """Set a partner's cost, per cent or other public funding, work out grant and match, save; return what changed.

    Raises:
        Refused: other public funding is more than the costs.
    """
    before = {field: getattr(partner, field) for field in _MONEY}
    for field, value in changed.items():
        setattr(partner, field, value)
    worked = rules.money(partner.cost_pounds, Decimal(partner.percent), partner.other_public_pounds)
    partner.grant_pounds, partner.match_pounds = worked
    partner.save(update_fields=_MONEY)
    return {field: [old, getattr(partner, field)] for field, old in before.items() if old != getattr(partner, field)}


@transaction.atomic
def set_costs(
    *, partner: Partner, lines: Iterable[Mapping[str, Any]], by: User, at: dt.datetime, working_days: int | None = None
) -> Partner:
    """Replace a partner's lines of costs.

    Args:
        lines: each with `category`, `description` and `inputs` (see `bids.costs`).
        working_days: working days in a year, 1 to 365; left out, it stays.

    Raises:
        bids.costs.BadCosts: lists every field that is wrong; nothing is saved.
        Refused: the bid cannot be changed, or `by` may not change this partner's costs.
    """
    bid, partner = locked_partner(partner)
    must_edit_part(bid, partner, by)
    must_be_open_to_changes(bid, at)
    days = partner.working_days if working_days is None else working_days
    worked = costs.worked_out(lines, days, bid.competition.cost_categories)
    return write_costs(bid, partner, worked, days, by=by, at=at)


def write_costs(
    bid: Bid, partner: Partner, worked: list[costs.Line], days: int, *, by: User | None, at: dt.datetime
) -> Partner:
    """Write lines that have been worked out, in the caller's transaction; `by` is nobody when they are imported."""
    partner.cost_lines.all().delete()
    CostLine.objects.bulk_create(
        CostLine(partner=partner, category=x.category, description=x.description, inputs=x.inputs, amount=x.amount)
        for x in worked
    )
    partner.working_days = days
    partner.save(update_fields=["working_days"])
    changes = pay_for(partner, cost_pounds=costs.partner_cost(worked))
    facts = {
        "organisation": partner.organisation_id,
        "lines": len(worked),
        "sha256": digest([x.inputs for x in worked]),
    }
    record("costs.set", bid, by=by, role=Role.APPLICANT if by else "", at=at, changes=changes | facts)
    if any(x.category == CostCategory.SUBCONTRACTING for x in worked):
        tasks.parties_changed(bid)
    return partner


@transaction.atomic
def set_funding(
    *,
    partner: Partner,
    percent: Decimal | int | str,
    other_public_pounds: int,
    by: User,
    at: dt.datetime,
    seen: str = "",
) -> Partner:
    """Ask for a grant of `percent` of the partner's costs, beside other public funding in whole pounds.

    Args:
        seen: key of the funding as the writer read it (`funds.seen.key_of`); left out, nothing is compared.

    Raises:
        funds.seen.Outdated: somebody else has changed the funding since.
        Refused: the percentage is above the partner's ceiling, other public funding is above the costs, the bid
            cannot be changed, or `by` may not change this partner's money.
    """
    bid, partner = locked_partner(partner)
    must_edit_part(bid, partner, by)
    must_be_open_to_changes(bid, at)
    try:
        asked, other = costs.number(percent, _PERCENT), costs.number(other_public_pounds, _OTHER)
    except costs.BadInput as error:
        raise Refused(str(error)) from error
    if (asked, int(other)) != (partner.percent, partner.other_public_pounds):
        must_be_as_seen(partner, FUNDING, seen)
    rules.must_be_within(asked, queries.ceiling_of(partner, bid.category, bid.competition))
    changes = pay_for(partner, percent=asked, other_public_pounds=int(other))
    if changes:
        record(
            "funding.set", bid, by=by, role=Role.APPLICANT, at=at,
            changes=changes | {"organisation": partner.organisation_id},
        )  # fmt: skip
    return partner


@transaction.atomic
def set_size(*, partner: Partner, size: str, by: User, at: dt.datetime) -> Partner:
    """Set the size under which a partner claims; another ceiling sets its percentage back to 0.

    Raises:
        Refused: the size does not fit the kind of organisation or is not the one that was worked out for it, or the
            bid cannot be changed.
    """
    bid, partner = locked_partner(partner)
    must_edit_part(bid, partner, by)
    must_be_open_to_changes(bid, at)
    if size not in Size.values or (size == Size.NON_BUSINESS) == is_company(partner.organisation.kind):
        raise Refused("Choose a size that fits the organisation.")
    if partner.organisation.size_declarations.exists() and size != partner.organisation.size:
        raise Refused(
            f"The size of {partner.organisation.name} was worked out from its figures:"
            f" {partner.organisation.get_size_display().lower()}. Its own people change it on its page."
        )
    resize(partner, bid, size, by=by, at=at)
    return partner


def resize(partner: Partner, bid: Bid, size: str, *, by: User, at: dt.datetime) -> bool:
    """Let a partner claim under a size, in the caller's transaction; return whether its percentage went back to 0.

    It does so where the ceiling is another one than that under which it was asked.
    """
    before, asked = partner.size, partner.percent
    if size == before:
        return False
    ceiling = queries.ceiling_of(partner, bid.category, bid.competition).percent
    partner.size = size
    partner.save(update_fields=["size"])
    if queries.ceiling_of(partner, bid.category, bid.competition).percent != ceiling:
        reset_percent(partner, bid, by=by, at=at)
    record(
        "partner.size_set", bid, by=by, role=Role.APPLICANT, at=at,
        changes={"organisation": partner.organisation_id, "size": [before, size]},
    )  # fmt: skip
    return partner.percent != asked


def reset_percent(partner: Partner, bid: Bid, *, by: User, at: dt.datetime) -> None:
    """Set a partner's percentage back to 0, as the ceiling it was asked under has changed."""
    if changes := pay_for(partner, percent=Decimal(0)):
        record(
            "funding.reset", bid, by=by, role=Role.APPLICANT, at=at,
            changes=changes | {"organisation": partner.organisation_id},
        )  # fmt: skip
