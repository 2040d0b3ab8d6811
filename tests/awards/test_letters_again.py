"""A letter after the first records what has changed: two people again, but nobody accepts again."""

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.rules import Refused
from awards import actions, queries
from awards.models import Award, Letter, LetterRequest
from tests.cast import NOW
from tests.cast_awards import issue, write_down

pytestmark = pytest.mark.django_db


@pytest.fixture
def varied_award(accepted_award, people) -> Award:
    """An accepted award whose letter no longer says what holds: another officer answers for it."""
    Award.objects.filter(pk=accepted_award.pk).update(responsible_officer=people.second_manager)
    return Award.objects.get()


def test_nothing_is_put_forward_when_nothing_has_changed(accepted_award, people):
    with pytest.raises(Refused, match="Nothing that the letter of award"):
        actions.propose_letter(award=accepted_award, by=people.fund_manager, role="fund_manager", at=NOW)


def test_two_people_issue_the_next_letter_and_the_award_stays_accepted(varied_award, people):
    award = issue(varied_award, people)
    first, second = LetterRequest.objects.order_by("number")
    assert (award.state, second.number, second.data["letter"]["reference"]) == (
        "accepted", 2, f"{award.reference}/2",
    )  # fmt: skip
    assert second.data["award"]["accepted_on"] == NOW.date().isoformat()
    assert second.data["award"]["accept_by"] == first.data["award"]["accept_by"]


def test_the_first_letter_is_superseded_once_the_second_is_stored(varied_award, people):
    write_down(issue(varied_award, people))
    assert [queries.is_superseded(letter) for letter in Letter.objects.order_by("number")] == [True, False]


def test_the_proposer_cannot_issue_the_next_letter_either(varied_award, people):
    facts = {"award": varied_award, "by": people.fund_manager, "role": "fund_manager", "at": NOW}
    actions.propose_letter(**facts)
    with pytest.raises(Refused):
        actions.issue_letter(**facts)


def test_the_database_refuses_a_letter_that_two_people_have_not_agreed_to(varied_award, people):
    actions.propose_letter(award=varied_award, by=people.fund_manager, role="fund_manager", at=NOW)
    with pytest.raises(IntegrityError, match="letter 2 of this award has not been approved"), transaction.atomic():
        LetterRequest.objects.create(award=varied_award, number=2, data={}, short_code="AAAA-AAAA", requested_at=NOW)


def test_a_letter_that_changed_while_it_was_read_is_not_issued(varied_award, people):
    actions.propose_letter(award=varied_award, by=people.fund_manager, role="fund_manager", at=NOW)
    User.objects.filter(pk=people.second_manager.pk).update(full_name="Simone Second")
    with pytest.raises(Refused, match="has changed since"):
        actions.issue_letter(award=Award.objects.get(), by=people.second_manager, role="fund_manager", at=NOW)
