"""The example of docs/money.md, from two claims over a return to a recovery, to the penny."""

import datetime as dt
import re
from pathlib import Path

import pytest
from django.conf import settings

from awards import actions, reconciling
from awards.actions import recovering
from awards.models import Award
from funds.models import LedgerEntry
from funds.money import pounds
from tests.cast_awards import QUARTER_OVER, agree, draft_claim, line
from tests.cast_runs import made, now, payer, report, second_finance, verified

__all__ = ["payer", "second_finance"]
pytestmark = pytest.mark.django_db
LATER = QUARTER_OVER + dt.timedelta(days=92)


def claimed(award, people, number, match_pence, *lines):
    draft = draft_claim(award, people, *lines, number=number, match_pence=match_pence)
    sent = actions.submit_claim(claim=draft, by=people.applicant, at=LATER)
    return agree(sent, people, "review", "approve")


def paid(claim, people, second, *outcomes):
    for number, outcome in enumerate(outcomes):
        made(now(claim), people=people, second=second)
        report(f"MF{claim.reference},{outcome},{number},", by=people.finance_officer)
    return now(claim)


def in_the_page(award: Award) -> list[str]:
    """Return the rows of the entries in the page's two tables, with the example's references made this award's."""
    page = Path(settings.BASE_DIR, "docs", "money.md").read_text().partition("### The example's entries")[2]
    rows = re.findall(r"^\| `(\w+)` \| (\S+) \| (\S+) \| (£[\d,.]+) \|", page, re.M)
    return [f"{k} {ref.replace('MFA-000001', award.reference)} {year} {sum_}" for k, ref, year, sum_ in rows]


def test_the_example_of_the_page_happens(live_award, people, second_finance, payer):
    verified(live_award.bid.lead, entered_by=people.applicant, by=people.finance_officer)
    first = paid(claimed(live_award, people, 1, 300_001, line(1_000_001)), people, second_finance, "paid")
    rest = (2_999_999, "labour"), (800_000, "overheads"), (950_100, "materials")
    lines = [line(p, c, incurred_on=dt.date(2027, 7, 30), invoice_number=f"N{p}") for p, c in rest]
    paid(claimed(live_award, people, 2, 1_425_099, *lines), people, second_finance, "returned", "paid")
    facts = {"role": "fund_manager", "at": LATER}
    due = recovering.propose_recovery(
        claim=first, kind="clawback", pence=120_050, reason="Not eligible", by=people.fund_manager, **facts
    )
    recovering.demand_recovery(recovery=due, by=people.second_manager, **facts)
    recovering.receive_recovery(
        recovery=due, bank_reference="IN", by=people.finance_officer, role="finance_officer", at=LATER
    )
    posted = [
        f"{e.kind} {e.reference} {e.year} {pounds(e.pence)}"
        for e in LedgerEntry.objects.filter(award=live_award.envelope_id).order_by("id")
    ]
    shown = [row.replace("MFC-000001", due.reference) for row in in_the_page(live_award)]
    assert posted == [row for row in shown if row != f"paid {first.reference[:-1]}2 2027-28 £33,250"]
    assert [row.difference for row in reconciling.by_stream()] == [0]
