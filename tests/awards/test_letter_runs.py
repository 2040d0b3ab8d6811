"""Many letters in one go: a worker does each as the deed of the person who asked, and can be killed at any time."""

import pytest
from django.db import IntegrityError, transaction

from accounts.rules import Refused
from awards import actions
from awards.models import Award, LetterRequest, LetterRun
from awards.states import LetterDeed
from funds.models import Proposal
from tests.cast import NOW
from tests.cast_awards import LINES, People, settle, won_bid

pytestmark = pytest.mark.django_db


def run(deed: str, awards: list[tuple[str, str]], by) -> LetterRun:
    """Ask for a run and let a worker do it."""
    begun = actions.begin_letter_run(step=deed, awards=awards, by=by, role="fund_manager", at=NOW)
    actions.carry_out_letter_run(begun.pk)
    return LetterRun.objects.get(pk=begun.pk)


def put_forward(people: People) -> list[tuple[str, str]]:
    """Put every letter forward in a run; return what is read by whoever issues them."""
    run(LetterDeed.PROPOSE, [(reference, "") for reference in references()], people.fund_manager)
    return list(Proposal.objects.filter(kind="letter").values_list("reference", "content_sha256"))


def references() -> list[str]:
    return list(Award.objects.order_by("id").values_list("reference", flat=True))


@pytest.fixture
def two_awards(settled_award, competition, people, sme) -> list[Award]:
    """Two awards whose conditions are met."""
    dearer = ({"category": "materials", "description": "Sensors", "inputs": {"quantity": "3", "unit_pounds": "4000"}},)
    bid = won_bid(competition, sme, people.applicant, lines=LINES[:2] + dearer)
    offered = actions.offer(bid=bid, by=people.fund_manager, role="fund_manager", at=NOW)
    return [settled_award, settle(offered, people)]


def test_a_run_puts_every_letter_forward(two_awards, people):
    assert len(put_forward(people)) == 2


def test_a_second_person_issues_them_all(two_awards, people):
    done = run(LetterDeed.ISSUE, put_forward(people), people.second_manager)
    assert (done.is_done, done.refused, LetterRequest.objects.count()) == (True, [], 2)


def test_what_is_refused_is_said_and_the_others_go_on(two_awards, people):
    read = put_forward(people)
    done = run(LetterDeed.ISSUE, [("MFA-000000", ""), (read[0][0], "0" * 64), read[1]], people.second_manager)
    assert [reference for reference, _ in done.refused] == ["MFA-000000", read[0][0]]
    assert "has changed since" in done.refused[1][1]
    assert LetterRequest.objects.count() == 1


def test_the_person_who_put_them_forward_issues_none(two_awards, people):
    done = run(LetterDeed.ISSUE, put_forward(people), people.fund_manager)
    assert (len(done.refused), LetterRequest.objects.count()) == (2, 0)


def test_a_run_goes_on_where_a_worker_was_killed(two_awards, people):
    begun = actions.begin_letter_run(
        step=LetterDeed.PROPOSE, awards=[(r, "") for r in references()], by=people.fund_manager, role="fund_manager",
        at=NOW,
    )  # fmt: skip
    LetterRun.objects.update(tried=1)
    actions.carry_out_letter_run(begun.pk)
    actions.carry_out_letter_run(begun.pk)
    assert list(Proposal.objects.filter(kind="letter").values_list("reference", flat=True)) == references()[1:]


def test_nothing_chosen_is_refused(people):
    with pytest.raises(Refused, match="at least one"):
        actions.begin_letter_run(step=LetterDeed.ISSUE, awards=[], by=people.fund_manager, role="fund_manager", at=NOW)


def test_only_a_fund_manager_begins_a_run(settled_award, people):
    with pytest.raises(Refused):
        actions.begin_letter_run(
            step=LetterDeed.ISSUE, awards=[(settled_award.reference, "")], by=people.finance_officer,
            role="fund_manager", at=NOW,
        )  # fmt: skip


def test_what_a_run_is_to_do_is_fixed(settled_award, people):
    run(LetterDeed.PROPOSE, [(settled_award.reference, "")], people.fund_manager)
    with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
        LetterRun.objects.update(by=people.second_manager)
