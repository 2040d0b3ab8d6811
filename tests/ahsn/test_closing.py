"""The last months of the last year are reported on by a closing return, which completes the year."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Message
from accounts.rules import Refused
from ahsn import actions, queries
from ahsn.models import Instalment, Release
from ahsn.reminders import remind_of_returns
from ahsn.states import CLOSING, Standing
from audit.models import Event
from tests.cast import NOW
from tests.cast_networks import FM, FO, YEAR, accepted, paid, proposed, saved, signed
from tests.signing_in import signed_in

APRIL = dt.datetime(2027, 4, 20, 12, tzinfo=dt.UTC)
TODAY = APRIL.date()
NOTHING = {"staff_pence": 0, "programmes_pence": 0, "partners_pence": 0, "why_more": ""}


@pytest.fixture
def closing(shared_out) -> Instalment:
    """The closing return of the first network's year."""
    return Instalment.objects.get(reference=f"N0-{YEAR}-closing")


@pytest.fixture
def year_accepted(shared_out, lead, fund_manager) -> list[Instalment]:
    """The first network's four instalments, each with its return accepted, on which nothing was spent."""
    for due in shared_out[:4]:
        accepted(due, lead, fund_manager, **NOTHING)
    return shared_out[:4]


@pytest.fixture
def year_paid(year_accepted, account, payer, finance_officer, second_finance) -> int:
    """The first network's year, paid whole; its pence."""
    facts = {"role": FO, "at": NOW}
    releases = actions.propose_releases(instalments=year_accepted, by=second_finance, **facts)
    actions.make_releases(releases=releases, by=finance_officer, **facts)
    for release in releases:
        paid(release, finance_officer)
    return sum(due.pence for due in year_accepted)


def stands(due: Instalment, today: dt.date = TODAY) -> str:
    return queries.instalments(today).get(pk=due.pk).stands


def next_year(stream, fund_manager, second_manager) -> None:
    facts = {"stream": stream, "year": "2027-28", "role": FM, "at": NOW}
    actions.propose_allocations(pence=100_000, by=fund_manager, **facts)
    actions.approve_allocations(by=second_manager, **facts)


def test_each_year_ends_with_a_return_of_nothing(closing):
    figures = (closing.number, closing.starts_on, closing.due_on, closing.pence)
    assert figures == (CLOSING, dt.date(2027, 4, 1), dt.date(2027, 5, 1), 0)
    days = (dt.date(2027, 3, 31), dt.date(2027, 4, 1), dt.date(2027, 5, 2))
    assert [stands(closing, day) for day in days] == [Standing.LATER, Standing.DUE, Standing.OVERDUE]


def test_the_whole_allocation_is_reported_on_and_the_year_is_complete(year_paid, closing, lead, fund_manager):
    accepted(closing, lead, fund_manager, APRIL, **NOTHING | {"staff_pence": year_paid})
    event = Event.objects.get(verb="allocation.completed")
    assert (event.subject, event.changes) == ("network:N0", {"year": YEAR, "pence": year_paid})
    assert stands(closing) == Standing.COMPLETE
    assert "the year is complete" in Message.objects.filter(to=lead, template="return_accepted").latest("pk").body


def test_a_year_that_is_not_paid_is_not_complete(year_accepted, closing, lead, fund_manager):
    found = signed(closing, lead, APRIL, **NOTHING)
    with pytest.raises(Refused, match="N0-2026-27-1 is not paid yet"):
        actions.accept_return(network_return=found, by=fund_manager, role=FM, at=APRIL)
    assert stands(closing) == Standing.SUBMITTED
    text = signed_in(fund_manager).get(f"/networks/returns/{closing.reference}/").content.decode()
    assert ["Not paid yet: N0-2026-27-1, N0" in text, "Accept the return" in text] == [True, False]


def test_it_waits_for_the_end_of_the_year_and_for_the_returns_before_it(due, closing, lead):
    with pytest.raises(Refused, match="1 April 2027"):
        signed(closing, lead)
    with pytest.raises(Refused, match="N0-2026-27-1 comes first"):
        signed(closing, lead, APRIL)


def test_it_asks_what_becomes_of_money_that_is_not_spent(year_accepted, closing, lead):
    with pytest.raises(Refused, match="what becomes of money that is not spent"):
        signed(closing, lead, APRIL, plan="")


def test_it_releases_nothing(year_paid, closing, lead, fund_manager, finance_officer):
    found = accepted(closing, lead, fund_manager, APRIL, **NOTHING)
    with pytest.raises(Refused, match="releases nothing"):
        proposed(closing, finance_officer)
    facts = {"reference": "MFN-X", "instalment": closing, "attempt": 1, "content_sha256": found.content_sha256,
             "bank_details": Release.objects.first().bank_details, "proposed_by": finance_officer}  # fmt: skip
    for pence in (0, 1):
        with pytest.raises(IntegrityError), transaction.atomic():
            Release.objects.create(pence=pence, proposed_at=APRIL, **facts)


def test_the_next_years_first_return_takes_its_place(closing, lead, exchanges, fund_manager, second_manager):
    next_year(exchanges, fund_manager, second_manager)
    with pytest.raises(Refused, match="takes the place"):
        saved(closing, lead)
    assert signed_in(lead).get(f"/networks/returns/{closing.reference}/").status_code == 404


def test_one_that_was_begun_stays_and_counts_before_the_next_year(
    year_paid, closing, lead, exchanges, fund_manager, second_manager
):
    saved(closing, lead)
    next_year(exchanges, fund_manager, second_manager)
    accepted(closing, lead, fund_manager, APRIL, **NOTHING | {"staff_pence": year_paid})
    first = Instalment.objects.get(reference="N0-2027-28-1")
    assert [queries.account(one).spent for one in (closing, first)] == [0, year_paid]


def test_it_is_asked_for_as_other_returns_are(closing, lead, exchanges, fund_manager, second_manager):
    def asked(day: int) -> int:
        remind_of_returns(at=dt.datetime(2027, 4, day, 12, tzinfo=dt.UTC))
        return Message.objects.filter(to=lead, template="return_due", subject__contains="closing").count()

    assert [asked(1), asked(2), asked(24)] == [1, 1, 2]
    next_year(exchanges, fund_manager, second_manager)
    assert remind_of_returns(at=dt.datetime(2027, 5, 2, 12, tzinfo=dt.UTC)) == 1  # the next year's first return


def test_nothing_more_than_was_paid_is_spent_without_a_reason(due, lead):
    with pytest.raises(Refused, match=r"£12,500\.50 is spent, and £0 was paid to you"):
        signed(due, lead, why_more=" ")
    assert signed(due, lead, **NOTHING).state == "submitted"


def test_what_was_paid_out_is_spent_without_a_reason_and_not_a_penny_more(year_paid, closing, lead):
    with pytest.raises(Refused, match="Say why more was spent"):
        signed(closing, lead, APRIL, **NOTHING | {"staff_pence": year_paid + 1})
    assert signed(closing, lead, APRIL, **NOTHING | {"staff_pence": year_paid}).state == "submitted"


def test_the_reason_is_asked_for_beside_its_field_and_read_by_who_accepts(due, lead, fund_manager, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    client, path = signed_in(lead), f"/networks/returns/{due.reference}/"
    typed = {"staff_pence": "1", "programmes_pence": "0", "partners_pence": "0", "why_more": ""}
    answer = client.post(path, typed | {"sign": "1"})
    assert 'href="#id_why_more">By all your returns £1 is spent' in answer.content.decode()
    assert client.post(path, typed).status_code == 302  # a draft may wait
    signed(due, lead, why_more="Zyzzyva")
    assert "Zyzzyva" in signed_in(fund_manager).get(path).content.decode()


def test_the_pages_say_what_it_is(year_paid, closing, lead, fund_manager, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: APRIL)
    text = signed_in(lead).get(f"/networks/returns/{closing.reference}/").content.decode()
    assert ["It closes 2026-27" in text, "To be spent in the months ahead" in text] == [True, False]
    assert "It closes the year, and releases nothing." in signed_in(lead).get("/networks/mine/").content.decode()
    found = signed(closing, lead, APRIL, **NOTHING)
    client = signed_in(fund_manager)
    assert "completes the year" in client.get(f"/networks/returns/{closing.reference}/").content.decode()
    client.post(f"/networks/returns/{closing.reference}/accept", {"sha256": found.content_sha256})
    assert "Year complete" in client.get("/networks/").content.decode()
    assert "Closing return" in client.get(f"/networks/instalments?number={CLOSING}").content.decode()
