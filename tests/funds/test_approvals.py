"""Two people, the exact content, and nothing approved twice."""

import pytest
from django.db import IntegrityError, transaction

from accounts.rules import Refused
from funds import actions, approvals
from funds.models import Approval
from tests.cast import NOW


def propose(by, content="a"):
    return approvals.propose(kind="thing", reference="T-1", content=content, by=by, role="fund_manager", at=NOW)


def approve(proposal, by, step="approve"):
    return approvals.approve(proposal=proposal, by=by, role="fund_manager", at=NOW, step=step)


def test_the_maker_cannot_approve(fund_manager):
    with pytest.raises(Refused, match="somebody else has to approve"):
        approve(propose(fund_manager), fund_manager)


def test_the_database_refuses_the_maker_too(fund_manager):
    with pytest.raises(IntegrityError, match="cannot approve it"), transaction.atomic():
        Approval.objects.create(proposal=propose(fund_manager), by=fund_manager, role="fund_manager", at=NOW)


def test_one_person_approves_one_step(fund_manager, second_manager):
    proposal = propose(fund_manager)
    approve(proposal, second_manager, "review")
    with pytest.raises(Refused, match="different person"):
        approve(proposal, second_manager, "approve")


def test_changed_content_voids_the_approval(fund_manager, second_manager):
    first = propose(fund_manager)
    approve(first, second_manager)
    propose(fund_manager, "b")
    assert approvals.is_approved("thing", "T-1", first.content_sha256) is False


def test_an_old_proposal_cannot_be_approved(fund_manager, second_manager):
    first = propose(fund_manager)
    propose(fund_manager, "b")
    with pytest.raises(Refused, match="has changed since"):
        approve(first, second_manager)


def test_a_competition_changed_after_the_proposal_is_not_published(draft_competition, fund_manager, second_manager):
    facts = {"competition": draft_competition, "role": "fund_manager", "at": NOW}
    actions.propose_allocation(pence=50_000_000, reason="Round 1", by=fund_manager, **facts)
    actions.approve_allocation(by=second_manager, **facts)
    actions.propose_publication(by=fund_manager, **facts)
    type(draft_competition).objects.filter(pk=draft_competition.pk).update(title="Another title")
    with pytest.raises(Refused, match="has changed since"):
        actions.publish(by=second_manager, **facts)


def test_an_unfinished_competition_lists_what_is_missing(draft_competition, fund_manager):
    draft_competition.strands.all().delete()
    with pytest.raises(Refused, match=r"at least one strand.*No money"):
        actions.propose_publication(competition=draft_competition, by=fund_manager, role="fund_manager", at=NOW)


def send_back(proposal, by, reason="Too much"):
    return approvals.send_back(proposal=proposal, reason=reason, by=by, role="fund_manager", at=NOW)


def test_what_was_sent_back_cannot_be_approved(fund_manager, second_manager):
    proposal = propose(fund_manager)
    send_back(proposal, second_manager)
    with pytest.raises(Refused, match="was sent back"):
        approve(proposal, second_manager)


def test_what_is_approved_cannot_be_sent_back(fund_manager, second_manager):
    proposal = propose(fund_manager)
    approve(proposal, second_manager)
    with pytest.raises(Refused, match="was approved"):
        send_back(proposal, second_manager)


def test_the_same_content_can_be_put_forward_again_after_it_was_sent_back(fund_manager, second_manager):
    proposal = propose(fund_manager)
    send_back(proposal, second_manager)
    assert propose(fund_manager).pk > proposal.pk


def test_sending_back_needs_a_reason_and_happens_once(fund_manager, second_manager):
    proposal = propose(fund_manager)
    with pytest.raises(Refused, match="Say why"):
        send_back(proposal, second_manager, " ")
    send_back(proposal, fund_manager)
    with pytest.raises(Refused, match="already"):
        send_back(proposal, second_manager)


def test_what_waits_is_neither_approved_nor_sent_back_nor_replaced(fund_manager, second_manager):
    replaced, newest = propose(fund_manager), propose(fund_manager, "b")
    assert [p.pk for p in approvals.waiting("thing")] == [newest.pk]
    with pytest.raises(Refused, match="newer"):
        send_back(replaced, second_manager)
    send_back(newest, second_manager)
    assert list(approvals.waiting("thing")) == []
