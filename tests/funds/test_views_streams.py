"""The officials' pages of the streams."""

import pytest
from django.urls import reverse

from accounts.states import Role
from funds import ledger
from funds.bars import parts
from funds.models import Envelope, Stream
from tests.cast import money_in, person
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db


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


def test_a_stream_without_money_is_not_there(auditor):
    assert signed_in(auditor).get(reverse("stream", args=["testbed"])).status_code == 404


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
    with django_assert_num_queries(5):
        client.get(reverse("streams"))


def test_a_pot_that_is_empty_is_drawn(stream):
    assert [part.pence for part in parts(ledger.open_envelope(stream=stream, kind="pot"))] == [0, 0, 0, 0, 0]
