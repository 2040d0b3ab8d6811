"""One official puts forward, another reads exactly that and publishes it, or sends it back."""

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Message
from accounts.rules import Refused
from accounts.states import Role
from funds import actions, approvals, queries
from funds.models import Competition, Question
from funds.parts import Part
from tests.cast import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def facts(draft_competition, fund_manager, second_manager) -> dict:
    """What deeds on the draft take; it has its money."""
    facts = {"competition": draft_competition, "role": Role.FUND_MANAGER, "at": NOW}
    actions.propose_allocation(pence=50_000_000, reason="Round 1", by=fund_manager, **facts)
    actions.approve_allocation(by=second_manager, **facts)
    return facts


@pytest.fixture
def proposal(facts, fund_manager):
    """The draft put forward."""
    return actions.propose_publication(by=fund_manager, **facts)


def state(facts) -> str:
    return Competition.objects.get(pk=facts["competition"].pk).state


def test_a_second_person_publishes_what_they_have_read(facts, proposal, second_manager):
    published = actions.publish(by=second_manager, sha256=proposal.content_sha256, **facts)
    assert (published.state, published.published_at) == ("published", NOW)


def test_what_was_not_read_is_not_published(facts, proposal, second_manager):
    with pytest.raises(Refused, match="has changed since you opened it"):
        actions.publish(by=second_manager, sha256="0" * 64, **facts)
    assert state(facts) == "draft"


def test_the_maker_does_not_publish(facts, proposal, fund_manager):
    with pytest.raises(Refused, match="somebody else has to approve"):
        actions.publish(by=fund_manager, **facts)


@pytest.mark.parametrize("part", ["strand", "question", "document", "field"])
def test_any_change_takes_the_proposal_back(part, facts, proposal, fund_manager, second_manager):
    competition = facts["competition"]
    if part == "strand":
        competition.strands.update(cost_max_pounds=80_000)
    elif part == "question":
        competition.questions.filter(slug="question-1").update(guidance="Clearer.")
    elif part == "document":
        row = {"title": "Letter", "guidance": "", "is_required": True}
        actions.save_row(part=Part.DOCUMENTS, key=None, fields=row, by=fund_manager, **facts)
    else:
        Competition.objects.update(not_own_region=True)
    assert Competition.objects.get().content_sha256 == ""
    with pytest.raises(Refused, match="has changed since it was put forward"):
        actions.publish(by=second_manager, sha256=proposal.content_sha256, **facts)


def test_more_money_in_the_pot_takes_the_proposal_back(facts, proposal, fund_manager, second_manager):
    actions.propose_allocation(pence=100, reason="Round 1", by=fund_manager, **facts)
    actions.approve_allocation(by=second_manager, **facts)
    with pytest.raises(Refused, match="has changed since it was put forward"):
        actions.publish(by=second_manager, **facts)


def test_unmarked_parts_stop_it(facts, fund_manager):
    Competition.objects.update(parts_to_do=["dates"])
    with pytest.raises(Refused, match="Mark “Dates” as complete"):
        actions.propose_publication(by=fund_manager, **facts)


def test_it_is_sent_back_with_a_reason_and_its_maker_is_told(facts, proposal, fund_manager, second_manager):
    actions.send_publication_back(by=second_manager, reason="The scope is too narrow.", **facts)
    with pytest.raises(Refused, match="sent back"):
        actions.publish(by=second_manager, **facts)
    told = Message.objects.get(template="sent_back")
    assert (told.to, "The scope is too narrow." in told.body) == (fund_manager, True)


def test_after_it_was_sent_back_the_same_can_be_put_forward_again(facts, proposal, fund_manager, second_manager):
    actions.send_publication_back(by=second_manager, reason="Wait a day.", **facts)
    again = actions.propose_publication(by=fund_manager, **facts)
    assert again.pk != proposal.pk
    assert actions.publish(by=second_manager, sha256=again.content_sha256, **facts).state == "published"


def test_other_managers_are_told_what_waits_and_the_maker_what_was_published(
    facts, proposal, fund_manager, second_manager
):
    assert [m.to for m in Message.objects.filter(key__startswith="competition.proposed")] == [second_manager]
    actions.publish(by=second_manager, **facts)
    assert [m.to for m in Message.objects.filter(template="competition_published")] == [fund_manager]


def test_what_is_published_is_not_published_again(facts, proposal, second_manager):
    actions.publish(by=second_manager, **facts)
    with pytest.raises(Refused, match="published this competition already"):
        actions.publish(by=second_manager, **facts)


@pytest.mark.parametrize("approved", [True, False])
def test_sql_does_not_publish_what_was_not_approved_as_it_stands(approved, facts, proposal, second_manager):
    if approved:
        approvals.approve(proposal=proposal, by=second_manager, role=Role.FUND_MANAGER, at=NOW)
        Question.objects.filter(slug="question-1").update(weight=5)
    refused = pytest.raises(IntegrityError, match="without the approval")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE funds_competition SET state = 'published'")
    assert state(facts) == "draft"


def test_everything_that_bids_are_held_to_is_in_the_content(draft_competition):
    content = queries.content_of(draft_competition)
    names = {f.attname for f in Competition._meta.concrete_fields}
    left_out = {"id", "state", "content_sha256", "published_at", "parts_to_do"}
    assert names - set(content) == left_out
    assert {"strands", "questions", "asked_documents", "pot_pence"} <= set(content)
