"""The officials' pages of the streams."""

import datetime as dt

import pytest
from django.db import IntegrityError
from django.urls import reverse

from accounts.models import Message
from accounts.rules import Refused
from accounts.states import Role
from funds import actions, approvals, ledger, movements, queries
from funds.bars import parts
from funds.models import Envelope, LedgerEntry, Proposal, Stream
from funds.rules_in_database import COUNTERS
from tests.asking import clock, get, post, told
from tests.asking import text as read
from tests.cast import NOW, money_in, person
from tests.funds.test_ledger import commit
from tests.signing_in import signed_in

__all__ = ["clock"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def text(response) -> str:
    return response.content.decode()


def test_officials_see_the_streams_and_nobody_else(
    competition, fund_manager, finance_officer, auditor, applicant, network
):
    people = (fund_manager, finance_officer, auditor, applicant, person(Role.AHSN_LEAD, network))
    answers = [signed_in(user).get(reverse("streams")).status_code for user in people]
    assert answers == [200, 200, 200, 403, 403]


def test_the_list_shows_what_is_allocated(competition, auditor):
    shown = text(signed_in(auditor).get(reverse("streams")))
    assert [part in shown for part in ("Digital Health Technology Catalyst", "£3,000,000", "£500,000")] == [True] * 3


def test_a_stream_shows_its_years_and_competitions(competition, auditor):
    shown = text(signed_in(auditor).get(reverse("stream", args=["sme_match_funded"])))
    assert [part in shown for part in ("2026-27", "2028-29", "Test round", "£1,000,000")] == [True] * 4


def test_a_stream_that_nobody_knows_is_not_there(auditor):
    assert signed_in(auditor).get(reverse("stream", args=["testbed"])).status_code == 404


def test_a_stream_without_money_can_be_given_some(auditor):
    Stream.objects.create(code="testbed", title="Test beds", purpose="Testing.", departments=["DHSC"])
    pages = [get(auditor, "streams"), get(auditor, "stream", "testbed")]
    assert ["Test beds" in read(page) for page in pages] == [True, True]


def test_the_parts_of_a_bar_add_up_to_its_envelope():
    envelope = Envelope(cap_pence=100, allocated_pence=70, committed_pence=50, instructed_pence=20, paid_pence=5)
    assert [part.pence for part in parts(envelope)] == [5, 15, 30, 20, 30]


def test_money_committed_without_a_competition_is_not_drawn_twice():
    envelope = Envelope(cap_pence=100, allocated_pence=0, committed_pence=50, instructed_pence=20, paid_pence=5)
    assert [part.pence for part in parts(envelope)] == [5, 15, 30, 0, 50]


@pytest.mark.parametrize("codes", [["testbed"], ["testbed", "integration", "ahsn_allocation"]])
def test_the_list_asks_the_same_number_of_queries(
    codes, fund_manager, second_manager, auditor, django_assert_num_queries
):
    for code in codes:
        stream = Stream.objects.create(code=code, title=code, purpose="Testing.", departments=["DHSC"])
        money_in(stream, 100, by=fund_manager, approver=second_manager)
    client = signed_in(auditor)
    with django_assert_num_queries(8):
        client.get(reverse("streams"))


def test_a_pot_that_is_empty_is_drawn(stream):
    assert [part.pence for part in parts(ledger.open_envelope(stream=stream, kind="pot"))] == [0, 0, 0, 0, 0]


# Changes of an envelope


def propose(stream, by, pence=-10_000_00, year="2027-28") -> Proposal:
    facts = {"stream": stream, "year": year, "reason": "Spending review", "role": "fund_manager", "at": NOW}
    return actions.propose_appropriation(pence=pence, by=by, **facts)


def approve(stream, by, year="2027-28", **facts) -> None:
    actions.approve_appropriation(stream=stream, year=year, by=by, role="fund_manager", at=NOW, **facts)


def caps(stream) -> list[int]:
    """Return what the stream and its year 2027-28 hold, in pence."""
    found = Envelope.objects.filter(stream=stream, year__in=["", "2027-28"], kind__in=["stream", "year"])
    return list(found.order_by("kind").values_list("cap_pence", flat=True))


def test_money_is_taken_back_by_two_people(stream, fund_manager, second_manager):
    propose(stream, fund_manager)
    assert caps(stream) == [300_000_000, 100_000_000]
    approve(stream, second_manager)
    assert caps(stream) == [299_000_000, 99_000_000]


def test_more_is_given_again_for_the_same_reason(stream, fund_manager, second_manager):
    for _ in range(2):
        propose(stream, fund_manager, 100)
        approve(stream, second_manager)
    assert caps(stream) == [300_000_200, 100_000_200]


def test_the_maker_does_not_approve_a_change(stream, fund_manager):
    propose(stream, fund_manager)
    with pytest.raises(Refused, match="somebody else"):
        approve(stream, fund_manager)


def test_another_content_than_was_read_is_not_approved(stream, fund_manager, second_manager):
    read_first = propose(stream, fund_manager)
    propose(stream, fund_manager, -20_000_00)
    with pytest.raises(Refused, match="Read it again"):
        approve(stream, second_manager, sha256=read_first.content_sha256)
    assert caps(stream) == [300_000_000, 100_000_000]


def test_what_is_allocated_cannot_be_taken_back(competition, fund_manager):
    with pytest.raises(Refused, match="£1,000,000 of 2027-28 is neither allocated"):
        propose(competition.stream, fund_manager, -100_000_001)


def test_what_is_committed_meanwhile_stays(competition, fund_manager, second_manager):
    propose(competition.stream, fund_manager, -100_000_000)
    commit(competition, 1, year="2027-28")
    with pytest.raises(ledger.DoesNotFit, match="does not fit"):
        approve(competition.stream, second_manager)
    assert caps(competition.stream) == [300_000_000, 100_000_000]


@pytest.mark.parametrize(
    ("changed", "why"),
    [({"pence": 0}, "zero"), ({"year": "2027-29"}, "financial year"), ({"year": "２０27-28"}, "financial year")],
)
def test_nonsense_is_not_put_forward(stream, fund_manager, changed, why):
    with pytest.raises(Refused, match=why):
        propose(stream, fund_manager, **changed)


def test_the_database_takes_no_withdrawal_without_approval(stream, fund_manager):
    with pytest.raises(IntegrityError, match="is not what was approved"):
        LedgerEntry.objects.create(
            kind="withdrawal", reference="x", pence=1, stream=stream, year="2027-28", by=fund_manager, at=NOW,
            proposal=propose(stream, fund_manager),
        )  # fmt: skip


def test_a_change_goes_through_the_pages(stream, fund_manager, second_manager):
    typed = {"year": "2027-28", "way": "less", "pounds": "10,000", "reason": "Spending review"}
    assert post(fund_manager, "envelope_change", stream.code, **typed).status_code == 302
    assert list(Message.objects.values_list("to__full_name", flat=True)) == ["Simon Second"]
    waiting = approvals.waiting("appropriation").get()
    assert "£10,000 less" in read(get(second_manager, "streams"))
    shown = get(second_manager, "envelope_proposal", stream.code, waiting.pk)
    assert "£990,000" in read(shown)
    answer = post(second_manager, "envelope_approve", stream.code, waiting.pk, sha256=waiting.content_sha256)
    assert (told(answer), caps(stream)) == (["The envelope is changed."], [299_000_000, 99_000_000])


def test_a_change_is_sent_back_with_a_reason(stream, fund_manager, second_manager):
    waiting = propose(stream, fund_manager)
    post(second_manager, "envelope_send_back", stream.code, waiting.pk, reason="Not agreed")
    assert (list(approvals.waiting("appropriation")), caps(stream)) == ([], [300_000_000, 100_000_000])
    assert "Not agreed" in Message.objects.get(template="sent_back").body


@pytest.mark.parametrize(
    "typed", [{"pounds": "10000000000"}, {"pounds": "NaN"}, {"pounds": "-1"}, {"year": "1"}, {"reason": "\x00"}, {}]
)
def test_hostile_changes_are_refused_beside_the_field(stream, fund_manager, typed):
    sound = {"year": "2027-28", "way": "more", "pounds": "1", "reason": "Why"} if typed else {}
    answer = post(fund_manager, "envelope_change", stream.code, **(sound | typed))
    assert (answer.status_code in (200, 400), Proposal.objects.filter(content__reason="Why").count()) == (True, 0)


def test_a_proposal_of_another_stream_is_not_there(stream, fund_manager, second_manager):
    Stream.objects.create(code="testbed", title="Test beds", purpose="Testing.", departments=["DHSC"])
    waiting = propose(stream, fund_manager)
    assert get(second_manager, "envelope_proposal", "testbed", waiting.pk).status_code == 404


# The entries that make a figure


@pytest.mark.parametrize(
    ("asked", "pence"),
    [
        ({"figure": "cap"}, 300_000_000),
        ({"figure": "cap", "year": "2026-27"}, 100_000_000),
        ({"figure": "cap", "pot": "DHTC-T-1"}, 50_000_000),
        ({"figure": "allocated"}, 50_000_000),
        ({"figure": "committed", "year": "2026-27"}, 1_000),
        ({"figure": "left"}, 299_999_000),
        ({"figure": "paid"}, 0),
    ],
)
def test_the_entries_add_up_to_the_figure(competition, asked, pence):
    commit(competition, 1_000)
    assert movements.total(movements.entries(competition.stream, **asked)) == pence


def test_every_figure_of_a_stream_is_the_sum_of_its_entries(competition):
    commit(competition, 1_000)
    envelope = Envelope.objects.get(stream=competition.stream, kind="stream")
    counted = {
        name: sum(weight * getattr(envelope, f"{counter}_pence") for counter, weight in counters.items())
        for name, counters in movements.FIGURES.items()
    }
    assert {n: movements.total(movements.entries(competition.stream, figure=n)) for n in movements.FIGURES} == counted


def test_the_entries_leave_as_csv(competition, auditor):
    lines = b"".join(get(auditor, "entries_csv", competition.stream.code, figure="allocated").streaming_content)
    assert [line.split(b",")[3] for line in lines.splitlines()] == [b"kind", b"allocated"]


@pytest.mark.parametrize("many", [1, 30])
def test_entries_ask_the_same_number_of_queries(competition, auditor, many, django_assert_num_queries):
    for i in range(many):
        commit(competition, 1_000, f"MFA-{i}")
    client = signed_in(auditor)
    client.get("/")
    with django_assert_num_queries(9):
        client.get(reverse("entries", args=[competition.stream.code]), {"figure": "committed"})


def test_the_burn_down_has_every_month():
    rows = [(dt.date(2027, 1, 1), "appropriation", 100), (dt.date(2027, 3, 1), "committed", 60)]
    rows += [(dt.date(2027, 3, 1), "instructed", 60), (dt.date(2027, 4, 1), "paid", 10)]
    months = [(m.month.month, m.to_commit, m.to_pay) for m in movements.by_month(rows, dt.date(2027, 5, 31))]
    assert months == [(1, 100, 100), (2, 100, 100), (3, 40, 100), (4, 40, 90), (5, 40, 90)]


def test_the_burn_down_ends_where_the_counters_stand(competition):
    commit(competition, 1_000, "MFA-1")
    last = movements.burn_down(competition.stream, NOW.date())[-1]
    stands = queries.envelope_of(competition.stream)
    assert last[1:] == tuple(getattr(stands, f"{counter}_pence") for counter in COUNTERS)


def test_each_figure_of_the_burn_down_opens_the_entries_up_to_its_month(competition, auditor):
    commit(competition, 1_000, "MFA-1")
    figures = {"to_commit": "left"}
    for month in movements.burn_down(competition.stream, NOW.date()):
        for name in (*COUNTERS, "to_allocate", "to_commit", "to_pay"):
            asked = {"figure": figures.get(name, name), "until": month.month}
            assert movements.total(movements.entries(competition.stream, **asked)) == getattr(month, name)
    shown = text(get(auditor, "entries", competition.stream.code, figure="left", until=f"{month.month:%Y-%m}"))
    assert f"Ledger entries up to the end of {month.month:%B %Y}" in shown


def test_a_month_that_cannot_be_understood_shows_all_entries(competition, auditor):
    for month in ("9999-12", "x", "2027-13"):
        assert get(auditor, "entries", competition.stream.code, figure="left", until=month).status_code == 200


def test_no_entries_burn_nothing_down():
    assert list(movements.by_month([], dt.date(2027, 5, 31))) == []
