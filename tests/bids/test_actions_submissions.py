"""Submit, reopen, give up changes, withdraw."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.rules import Refused
from accounts.states import OrganisationKind, Role
from audit.models import Event
from audit.record import digest
from bids import actions, queries
from bids.models import Answer, Bid, BidVersion, Document
from bids.readiness import NotReady
from bids.states import BID_EDGES, BidState
from funds.models import Strand
from tests.cast import NOW, organisation, person
from tests.cast_bids import LABOUR, answer_all, evidence, lead_partner, pdf, pledge, ready, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]
SECOND = dt.timedelta(seconds=1)


def press(bid: Bid, by, key: str = "press-1", contact: dt.datetime = NOW) -> BidVersion:
    return actions.submit(bid=bid, by=by, at=contact, first_contact=contact, key=key)


def state(bid: Bid) -> str:
    return Bid.objects.get(pk=bid.pk).state


def test_the_states_of_a_bid_are_these():
    S = BidState
    assert set(BID_EDGES) == {
        (S.DRAFT, S.SUBMITTED), (S.DRAFT, S.WITHDRAWN), (S.SUBMITTED, S.REOPENED), (S.SUBMITTED, S.INELIGIBLE),
        (S.SUBMITTED, S.SUCCESSFUL), (S.SUBMITTED, S.RESERVE), (S.SUBMITTED, S.UNSUCCESSFUL),
        (S.SUBMITTED, S.WITHDRAWN), (S.REOPENED, S.SUBMITTED), (S.REOPENED, S.WITHDRAWN),
        (S.INELIGIBLE, S.SUBMITTED), (S.RESERVE, S.SUCCESSFUL), (S.RESERVE, S.UNSUCCESSFUL),
        (S.RESERVE, S.WITHDRAWN), (S.SUCCESSFUL, S.WITHDRAWN),
        (S.SUCCESSFUL, S.RESERVE), (S.SUCCESSFUL, S.UNSUCCESSFUL),  # by a later decision
        (S.UNSUCCESSFUL, S.SUCCESSFUL), (S.UNSUCCESSFUL, S.RESERVE),
    }  # fmt: skip


def test_the_receipt_has_the_time_and_the_hash_of_the_content(ready_bid, applicant):
    version = press(ready_bid, applicant)
    assert (version.number, version.at, version.within_grace) == (1, NOW, False)
    assert version.sha256 == digest(version.content) == digest(queries.content_of(ready_bid))


def test_the_content_holds_answers_costs_and_money(ready_bid, applicant):
    content = press(ready_bid, applicant).content
    assert [a["slug"] for a in content["answers"]] == ["summary", "question-1", "question-2"]
    (partner,) = content["partners"]
    assert (partner["grant_pounds"], partner["match_pounds"], partner["categories"]) == (
        42_000,
        18_000,
        {"labour": 60_000},
    )


def test_the_same_press_gives_the_same_receipt(ready_bid, applicant):
    assert press(ready_bid, applicant) == press(ready_bid, applicant, contact=NOW + SECOND)
    assert Event.objects.filter(verb="bid.submitted").count() == 1


def test_another_press_finds_the_bid_submitted(ready_bid, applicant):
    press(ready_bid, applicant)
    with pytest.raises(Refused, match="submitted, so it cannot be changed"):
        press(ready_bid, applicant, "press-2")


@pytest.mark.parametrize("key", ["", "k" * 65])
def test_a_press_has_a_key(ready_bid, applicant, key):
    with pytest.raises(Refused, match="press submit once more"):
        press(ready_bid, applicant, key)


@pytest.mark.parametrize(("late", "within_grace"), [(0, False), (1, True), (120, True)])
def test_the_grace_is_flagged(ready_bid, applicant, late, within_grace):
    closes_at = ready_bid.competition.closes_at
    assert press(ready_bid, applicant, contact=closes_at + late * SECOND).within_grace is within_grace


def test_after_the_grace_the_bid_stays_a_draft(ready_bid, applicant):
    with pytest.raises(Refused, match="has closed"):
        press(ready_bid, applicant, contact=ready_bid.competition.closes_at + 121 * SECOND)
    assert state(ready_bid) == "draft"


def test_everything_missing_is_told_at_once(bid, applicant):
    with pytest.raises(NotReady) as refused:
        press(bid, applicant)
    assert [p.section for p in refused.value.problems] == [
        "details", "questions", "questions", "questions", "costs", "costs", "funding",
    ]  # fmt: skip


def test_only_the_lead_submits(ready_bid, applicant, stranger):
    with pytest.raises(Refused, match="lead organisation"):
        press(ready_bid, stranger)


@pytest.mark.parametrize("call_terms", [{"leads_per_business": 1}])
def test_a_business_leads_as_many_bids_as_allowed(competition, sme, applicant):
    submitted(competition, sme, applicant)
    another = ready(competition, sme, applicant, "A second test")
    with pytest.raises(NotReady, match="would lead 2 bids of this competition; 1 is the most"):
        press(another, applicant)


def with_partner(bid: Bid, partner, by) -> Bid:
    """Return a bid that is ready but for its partner, which has as much of the costs as the lead and claims none."""
    part = actions.add_partner(bid=bid, organisation=partner, by=by, at=NOW)
    actions.set_costs(partner=part, lines=[LABOUR], by=by, at=NOW)
    return Bid.objects.get(pk=bid.pk)


@pytest.mark.parametrize("call_terms", [{"bids_per_business": 1}])
def test_a_business_is_in_as_many_bids_as_allowed(competition, sme, applicant):
    submitted(competition, sme, applicant)
    lead = organisation(name="Another Ltd")
    other = person(Role.APPLICANT, lead)
    bid = with_partner(ready(competition, lead, other), sme, other)
    with pytest.raises(NotReady, match=f"{sme.name} would be in 2 bids of this competition; 1 is the most"):
        press(bid, other)


def test_a_partner_that_is_no_business_may_not_carry_more_than_its_share(competition, sme, applicant):
    trust = organisation(OrganisationKind.NHS_BODY)
    with pytest.raises(NotReady, match="at most 30 % of the costs; they have £60,000 of £120,000"):
        press(with_partner(ready(competition, sme, applicant), trust, applicant), applicant)


@pytest.fixture
def asks_for_two(draft_competition) -> None:
    """Let the strand ask for two partners that claim grant."""
    Strand.objects.update(claiming_partners_min=2)


def test_a_strand_has_as_many_claiming_partners_as_it_asks(asks_for_two, competition, sme, applicant):
    with pytest.raises(NotReady, match="needs 2 or more partners besides the lead that claim grant; it has 0"):
        press(with_partner(ready(competition, sme, applicant), organisation(), applicant), applicant)


def test_a_version_is_never_changed(submitted_bid):
    for statement in ("UPDATE bids_bidversion SET number = 2", "DELETE FROM bids_bidversion"):
        with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.parametrize("target", ["successful", "reopened", "ineligible"])
def test_the_database_keeps_a_draft_from_jumping(bid, target):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE bids_bid SET state = %s, version = 1 WHERE id = %s", [target, bid.pk])


def test_the_last_version_stands_while_a_bid_is_reopened(submitted_bid, applicant, fund_manager):
    reopened = actions.reopen(bid=submitted_bid, by=applicant, at=NOW)
    question = reopened.competition.questions.first()
    actions.save_answer(bid=reopened, question=question, text="Secret", version=1, by=applicant, at=NOW)
    assert queries.answers_for(fund_manager, reopened)[question.slug] == "Because it helps patients."
    assert queries.answers_for(applicant, reopened)[question.slug] == "Secret"


def test_a_reopened_bid_is_submitted_again_as_the_next_version(submitted_bid, applicant):
    reopened = actions.reopen(bid=submitted_bid, by=applicant, at=NOW)
    actions.save_basics(bid=reopened, title="Better", by=applicant, at=NOW)
    version = press(reopened, applicant, "again")
    assert (version.number, version.content["title"], state(reopened)) == (2, "Better", "submitted")


def test_a_closed_competition_lets_nobody_reopen(submitted_bid, applicant):
    with pytest.raises(Refused, match="stands as it was submitted"):
        actions.reopen(bid=submitted_bid, by=applicant, at=submitted_bid.competition.closes_at + SECOND)


def changed_everywhere(bid: Bid, by, trust) -> Bid:
    """Reopen a bid and change each part of it."""
    bid = actions.reopen(bid=bid, by=by, at=NOW)
    actions.save_basics(bid=bid, title="Other", months=6, start_on=dt.date(2027, 9, 1), by=by, at=NOW)
    for answer in Answer.objects.filter(bid=bid):
        actions.save_answer(bid=bid, question=answer.question, text="Other", version=1, by=by, at=NOW)
    partner = actions.set_costs(partner=lead_partner(bid), lines=[LABOUR, LABOUR], by=by, at=NOW)
    actions.set_funding(partner=partner, percent=10, other_public_pounds=5, by=by, at=NOW)
    actions.drop_match(source=partner.match_sources.get(), by=by, at=NOW)
    actions.add_partner(bid=bid, organisation=trust, by=by, at=NOW)
    actions.attach_document(bid=bid, file=pdf(), filename="w.pdf", kind="other", by=by, at=NOW)
    return bid


def test_giving_up_changes_brings_back_what_was_submitted(submitted_bid, applicant, trust):
    changed = changed_everywhere(submitted_bid, applicant, trust)
    actions.give_up_changes(bid=changed, by=applicant, at=NOW)
    restored = Bid.objects.get(pk=changed.pk)
    assert restored.state == "submitted"
    assert digest(queries.content_of(restored)) == BidVersion.objects.get(bid=restored).sha256


def test_a_partner_with_evidence_stays_without_costs_when_changes_are_given_up(submitted_bid, applicant, trust):
    reopened = actions.reopen(bid=submitted_bid, by=applicant, at=NOW)
    partner = actions.add_partner(bid=reopened, organisation=trust, by=applicant, at=NOW)
    actions.set_costs(partner=partner, lines=[LABOUR], by=applicant, at=NOW)
    evidence(pledge(partner, applicant, 10, kind="charity", funder="Fictional Friends"), applicant)
    actions.give_up_changes(bid=reopened, by=applicant, at=NOW)
    assert [p.cost_pounds for p in reopened.partners.all()] == [60_000, 0]


def test_documents_put_aside_come_back_with_the_version(ready_bid, applicant):
    document = actions.attach_document(bid=ready_bid, file=pdf(), filename="w.pdf", kind="other", by=applicant, at=NOW)
    press(ready_bid, applicant)
    reopened = actions.reopen(bid=ready_bid, by=applicant, at=NOW)
    actions.delete_document(document=document, by=applicant, at=NOW)
    actions.give_up_changes(bid=reopened, by=applicant, at=NOW)
    assert Document.objects.get().deleted_at is None


def test_all_reopened_bids_of_a_closed_competition_stand(competition, submitted_bid, applicant):
    actions.reopen(bid=submitted_bid, by=applicant, at=NOW)
    assert actions.stand_all(competition=competition, at=NOW) == 1
    assert state(submitted_bid) == "submitted"
    assert Event.objects.get(verb="bid.stood").role == "system"


def test_a_bid_is_withdrawn_once(submitted_bid, applicant):
    actions.withdraw(bid=submitted_bid, by=applicant, at=NOW)
    assert actions.withdraw(bid=submitted_bid, by=applicant, at=NOW).state == "withdrawn"
    assert Event.objects.filter(verb="bid.withdrawn").count() == 1


def test_only_the_lead_withdraws(submitted_bid, stranger):
    with pytest.raises(Refused, match="lead organisation"):
        actions.withdraw(bid=submitted_bid, by=stranger, at=NOW)


def test_an_official_finds_a_bid_ineligible_and_reinstates_it(submitted_bid, fund_manager):
    facts = {"bid": submitted_bid, "by": fund_manager, "role": Role.FUND_MANAGER, "at": NOW}
    assert actions.find_ineligible(reason="The lead is a large company.", **facts).state == "ineligible"
    assert actions.reinstate(**facts).state == "submitted"


@pytest.mark.parametrize("reason", ["", "  ", "word " * 401])
def test_a_reason_of_ineligibility_has_1_to_400_words(submitted_bid, fund_manager, reason):
    with pytest.raises(Refused):
        actions.find_ineligible(bid=submitted_bid, reason=reason, by=fund_manager, role=Role.FUND_MANAGER, at=NOW)


def test_only_fund_managers_decide_on_eligibility(submitted_bid, finance_officer):
    facts = {"bid": submitted_bid, "by": finance_officer, "role": Role.FINANCE_OFFICER, "at": NOW}
    for deed in (lambda: actions.find_ineligible(reason="No.", **facts), lambda: actions.reinstate(**facts)):
        with pytest.raises(Refused, match="fund manager"):
            deed()


def test_a_draft_cannot_be_found_ineligible(bid, fund_manager):
    with pytest.raises(Refused, match="only a submitted bid"):
        actions.find_ineligible(bid=bid, reason="No.", by=fund_manager, role=Role.FUND_MANAGER, at=NOW)


def test_two_partners_submit_as_one(competition, sme, applicant):
    bid = ready(competition, sme, applicant)
    other = organisation()
    partner = actions.add_partner(bid=bid, organisation=other, by=applicant, at=NOW)
    cost = {"category": "other", "description": "Tests", "inputs": {"cost_pounds": "15000"}}
    by = person(Role.APPLICANT, other)
    actions.set_costs(partner=partner, lines=[cost], by=by, at=NOW)
    pledge(actions.set_funding(partner=partner, percent=50, other_public_pounds=0, by=by, at=NOW), by, 7_500)
    assert [p["grant_pounds"] for p in press(bid, applicant).content["partners"]] == [42_000, 7_500]


def test_answers_are_needed_by_number_of_questions(bid, applicant):
    answer_all(bid, applicant)
    with pytest.raises(NotReady) as refused:
        press(bid, applicant)
    assert "questions" not in {p.section for p in refused.value.problems}
