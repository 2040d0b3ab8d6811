"""Let one network report: its first instalment is paid, and its second return waits for a decision."""

import datetime as dt
from typing import Any

from django.db import transaction

from accounts.states import Role
from ahsn import actions
from ahsn.models import Instalment, NetworkReturn, Release
from ahsn.states import ReleaseState
from awards.actions.banking import check_bank_details, enter_bank_details
from awards.states import BankOutcome
from infra.demo.dates import Calendar
from infra.demo.people import People

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
FO = Role.FINANCE_OFFICER
BEGIN = {
    "done": "The year's programmes were agreed with the region's trusts and companies.",
    "risks": "Two posts are hard to fill. A neighbouring network lends us an adviser until they are.",
    "plan": "Open the exchange, publish its first call for needs, and advise the first companies.",
}
LATER = {
    "done": "The exchange is open. Fourteen companies were advised, and two tools went into use in three trusts.",
    "risks": "Pharmacies join later than planned; the money for them is spent in the next quarter.",
    "plan": "Help the two tools into the other trusts, and begin the work with pharmacies.",
}


@transaction.atomic
def pay_first(people: People, calendar: Calendar) -> int:
    """Take a network's first two returns as far as they go; return how many instalments are paid."""
    network, at = people.networks[0], calendar.claimed
    first, second = Instalment.objects.filter(
        allocation__network__organisation=network, allocation__year=calendar.years[0]
    ).order_by("number")[:2]
    if not NetworkReturn.objects.filter(instalment=first).exists():
        _give_account(people, at)
        report = _sign(first, people, BEGIN, at + HOUR)
        actions.accept_return(network_return=report, by=people.managers[0], role=Role.FUND_MANAGER, at=at + DAY)
        (release,) = actions.propose_releases(instalments=[first], by=people.second_finance, role=FO, at=at + 2 * DAY)
        actions.make_releases(releases=[release], by=people.finance, role=FO, at=at + 2 * DAY + HOUR)
        reference = f"BACS-{release.reference}"
        actions.pay_release(release=release, bank_reference=reference, by=people.finance, role=FO, at=at + 4 * DAY)
        _sign(second, people, LATER, at + 5 * DAY, spent=second.pence)
    return Release.objects.filter(state=ReleaseState.PAID).count()


def _give_account(people: People, at: dt.datetime) -> None:
    """Give the network an account of no bank, which finance has checked."""
    network = people.networks[0]
    details = enter_bank_details(
        organisation=network, sort_code="99-00-01", number=f"{network.pk:08d}", holder="Fictional Network Account",
        by=people.ahsn_lead, at=at,
    )  # fmt: skip
    note = "Called back on the number that the network prints on its own pages."
    check_bank_details(details=details, outcome=BankOutcome.VERIFIED, note=note, by=people.finance, role=FO, at=at)


def _sign(due: Instalment, people: People, texts: dict[str, str], at: dt.datetime, spent: int = 0) -> NetworkReturn:
    """Let the lead write and sign a return on which `spent` pence were spent."""
    staff, programmes = spent * 45 // 100, spent * 30 // 100
    figures = {
        "staff_pence": staff, "programmes_pence": programmes, "partners_pence": spent * 15 // 100,
        "planned_pence": due.pence, "supported": 14 if spent else 0, "adopted": 2 if spent else 0,
    }  # fmt: skip
    who: dict[str, Any] = {"instalment": due, "by": people.ahsn_lead, "role": Role.AHSN_LEAD}
    actions.save_return(figures=figures, texts=texts, at=at, **who)
    return actions.submit_return(at=at + HOUR, **who)
