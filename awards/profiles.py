"""Read spend profiles: what stands, what a partner may propose, and what waits for the department."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from accounts.rules import Refused
from awards import spend
from awards.models import Award, AwardPartner, SpendLine
from bids.states import CostCategory
from funds import approvals
from funds.models import Proposal, SentBack
from funds.money import pounds
from funds.years import months_from

KIND = "profile"
Cells = dict[tuple[dt.date, str], int]


@dataclass(frozen=True)
class Table:
    """A partner's grant by month and category, in pence."""

    months: list[dt.date]
    due: dict[str, int]
    cells: Cells

    def row(self, month: dt.date) -> int:
        """Return the sum of a month."""
        return sum(self.cells.get((month, category), 0) for category in self.due)

    def column(self, category: str) -> int:
        """Return the sum of a category."""
        return sum(self.cells.get((month, category), 0) for month in self.months)

    @property
    def total(self) -> int:
        """The sum of everything."""
        return sum(self.cells.values())

    def label(self, category: str) -> str:
        """Return a category as people call it."""
        return CostCategory(category).label


def table(award: Award, part: AwardPartner) -> Table:
    """Return a partner's profile as it stands."""
    lines = SpendLine.objects.filter(award=award, organisation=part.organisation_id)
    cells = {(line.month, line.category): line.pence for line in lines}
    return Table(months(award), spend.by_category(part.grant_pounds * 100, part.costs), cells)


def months(award: Award) -> list[dt.date]:
    """Return the first day of each month of a project."""
    length = (award.ends_on.year - award.starts_on.year) * 12 + award.ends_on.month - award.starts_on.month + 1
    return list(months_from(award.starts_on, length))


def proposed(shape: Table, proposal: Proposal) -> Table:
    """Return the profile that was put forward."""
    cells = {(dt.date.fromisoformat(m), c): pence for m, c, pence in proposal.content["cells"]}
    return Table(shape.months, shape.due, cells)


def must_fit(shape: Table, cells: Mapping[tuple[dt.date, str], int]) -> None:
    """Refuse a profile with other months or categories, below zero, or whose categories differ from the award's.

    Money between categories is a variation of the award; a profile only says when each category is spent.
    """
    known = {(month, category) for month in shape.months for category in shape.due}
    if not set(cells) <= known:
        raise Refused("The profile holds a month or a category that the award does not have. Reload the page.")
    if any(pence < 0 for pence in cells.values()):
        raise Refused("No amount can be below £0.")
    wrong = []
    for category, due in shape.due.items():
        given = sum(pence for (_, name), pence in cells.items() if name == category)
        if given != due:
            apart = pounds(abs(due - given))
            wrong.append(
                f"{shape.label(category)} comes to {pounds(given)}, {apart} {'less' if given < due else 'more'} than"
                f" its {pounds(due)}."
            )
    if wrong:
        raise Refused(" ".join(wrong))


def reference(award: Award, organisation: int) -> str:
    """Return what a proposal of a profile is filed under."""
    return f"{award.reference}/{organisation}"


def waiting(award: Award, organisation: int) -> Proposal | None:
    """Return the profile that waits for the department, if one does."""
    found = approvals.newest(KIND, reference(award, organisation))
    if found is None or found.approvals.exists() or SentBack.objects.filter(proposal=found).exists():
        return None
    return found


def sent_back(award: Award, organisation: int) -> SentBack | None:
    """Return why the newest profile was sent back, if it was."""
    found = approvals.newest(KIND, reference(award, organisation))
    return SentBack.objects.select_related("by").filter(proposal=found).first() if found else None
