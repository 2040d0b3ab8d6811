"""From the close of bids to the panel's decision."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts.rules import Refused
from accounts.states import Role
from assessments import actions, queries, rules
from assessments.models import Assessment, Decision
from audit.models import Event
from bids.models import Bid
from funds import ledger
from funds.models import Competition
from funds.states import EntryKind
from tests.cast_assessments import CLOSED, STAFF, assessed, submitted_bid

pytestmark = pytest.mark.django_db


@pytest.fixture
def panel(assessment, fund_manager) -> Competition:
    """Three bids at the panel: 90 % and 80 % ask £200,000 each, 70 % asks £150,000; the pot has £500,000."""
    for points, grant in ((9, 200_000), (8, 200_000), (7, 150_000)):
        assessed(submitted_bid(assessment, grant=grant), [points, points], fund_manager)
    return actions.go_to_panel(competition=assessment, by=fund_manager, **STAFF)


@pytest.fixture
def propose(panel, fund_manager):
    """Put outcomes forward, by rank."""

    def proposing(*outcomes: str, **overrides: str):
        references = [r.reference for r in queries.ranked(panel)]
        reasons = {references[int(key[-1]) - 1]: reason for key, reason in overrides.items()}
        return actions.propose_decision(
            competition=panel, outcomes=dict(zip(references, outcomes, strict=False)), overrides=reasons,
            by=fund_manager, **STAFF,
        )  # fmt: skip

    return proposing


def approve(competition, by):
    return actions.approve_decision(competition=competition, by=by, **STAFF)


def bids(competition) -> list[str]:
    return list(competition.bids.order_by("reference").values_list("state", flat=True))


def test_assessment_begins_after_the_deadline_and_its_grace(competition, fund_manager):
    ends = competition.closes_at + dt.timedelta(seconds=120)
    facts = {"competition": competition, "by": fund_manager, "role": Role.FUND_MANAGER}
    with pytest.raises(Refused, match="deadline and its grace"):
        actions.begin_assessment(at=ends, **facts)
    assert actions.begin_assessment(at=ends + dt.timedelta(seconds=1), **facts).state == "in_assessment"


def test_assessment_begins_once(assessment, fund_manager):
    with pytest.raises(Refused, match="is in assessment, so assessment cannot begin"):
        actions.begin_assessment(competition=assessment, by=fund_manager, **STAFF)


def test_a_reopened_bid_stands_as_last_submitted(competition, fund_manager):
    bid = submitted_bid(competition, title="As submitted")
    bid.reopen()
    bid.save()
    Bid.objects.filter(pk=bid.pk).update(title="As changed since")
    actions.begin_assessment(competition=competition, by=fund_manager, **STAFF)
    stands = Bid.objects.get()
    assert (stands.state, stands.version, stands.title) == ("submitted", 1, "As submitted")


@pytest.mark.parametrize(
    "deed", [actions.begin_assessment, actions.go_to_panel, actions.propose_decision, actions.approve_decision]
)
def test_only_fund_managers_run_a_competition(competition, fund_manager, deed):
    extra = {"outcomes": {}} if deed is actions.propose_decision else {}
    with pytest.raises(Refused, match="Only a fund manager"):
        deed(competition=competition, by=fund_manager, role=Role.FINANCE_OFFICER, at=CLOSED, **extra)


def test_there_is_no_panel_before_assessment(competition, fund_manager):
    with pytest.raises(Refused, match="has not begun"):
        actions.go_to_panel(competition=competition, by=fund_manager, **STAFF)


def test_no_decision_before_the_panel(bid, assessment, fund_manager):
    with pytest.raises(Refused, match="End the assessment first"):
        actions.propose_decision(competition=assessment, outcomes={bid.reference: "reserve"}, by=fund_manager, **STAFF)


def test_the_suggestion_of_the_sheet(panel):
    sheet = queries.ranked(panel)
    outcomes = rules.suggest(sheet, left_pence=queries.left_pence(panel, sheet), threshold=panel.quality_threshold)
    assert list(outcomes.values()) == ["successful", "successful", "reserve"]


def test_a_proposal_carries_the_frozen_figures_of_each_bid(propose, panel):
    proposal = propose("successful", "successful", "reserve")
    first = queries.ranked(panel)[0].reference
    assert (proposal.kind, proposal.reference, proposal.content["left_pence"]) == ("decision", "DHTC-T-1", 50_000_000)
    assert proposal.content["bids"][first] == {
        "rank": 1, "score": "90.0", "spread": "0.0", "counted": 1, "in_scope": 1, "fundable": 1,
        "grant_pounds": 200_000, "outcome": "successful", "override_reason": "",
    }  # fmt: skip


def test_two_people_decide_and_the_bids_move(propose, panel, second_manager):
    propose("successful", "successful", "reserve")
    decisions = approve(panel, second_manager)
    assert [(d.rank, d.outcome, d.score, d.counted) for d in decisions] == [
        (1, "successful", Decimal("90.0"), 1),
        (2, "successful", Decimal("80.0"), 1),
        (3, "reserve", Decimal("70.0"), 1),
    ]
    assert bids(panel) == ["successful", "successful", "reserve"]
    assert Competition.objects.get(pk=panel.pk).state == "decided"


def test_the_decision_is_on_the_record(propose, panel, second_manager):
    propose("successful", "successful", "reserve", bid_3="It waits.")
    approve(panel, second_manager)
    events = Event.objects.filter(verb="bid.decided").order_by("id")
    assert [e.changes["state"] for e in events] == [["submitted", o] for o in ("successful", "successful", "reserve")]
    assert [e.changes["override_sha256"] is None for e in events] == [True, True, False]
    assert Event.objects.filter(verb="competition.decided").count() == 1


def test_the_maker_cannot_approve(propose, panel, fund_manager):
    propose("successful", "successful", "reserve")
    with pytest.raises(Refused, match="somebody else has to approve"):
        approve(panel, fund_manager)
    assert (bids(panel), Decision.objects.count()) == (["submitted"] * 3, 0)


def test_approving_again_changes_nothing(propose, panel, second_manager):
    propose("successful", "successful", "reserve")
    assert approve(panel, second_manager) == approve(panel, second_manager)
    assert Event.objects.filter(verb="bid.decided").count() == 3


def test_nothing_is_approved_that_nobody_put_forward(panel, second_manager):
    with pytest.raises(Refused, match="Nobody has put a decision forward"):
        approve(panel, second_manager)


def test_more_than_the_pot_is_refused(propose):
    with pytest.raises(Refused, match="ask for £550,000 and the pot has £500,000 left: £50,000 too much"):
        propose("successful", "successful", "successful")


def test_what_is_committed_is_no_longer_in_the_pot(propose, panel):
    award = ledger.open_envelope(stream=panel.stream, kind="award")
    ledger.post(
        kind=EntryKind.COMMITTED, reference="MFA-1/2026-27", pence=20_000_000, stream=panel.stream, year="2026-27",
        pot=panel.pot, award=award, by=None, at=CLOSED,
    )  # fmt: skip
    with pytest.raises(Refused, match="the pot has £300,000 left: £100,000 too much"):
        propose("successful", "successful", "reserve")


def test_departing_from_rank_needs_a_reason_that_the_decision_keeps(propose, panel, second_manager):
    with pytest.raises(Refused, match="out of rank order"):
        propose("successful", "reserve", "successful")
    propose("successful", "reserve", "successful", bid_2="Its trial site closed.")
    assert [d.override_reason for d in approve(panel, second_manager)] == ["", "Its trial site closed.", ""]


def test_every_bid_needs_an_outcome(propose, panel):
    last = queries.ranked(panel)[2].reference
    with pytest.raises(Refused, match=f"{last} has no outcome"):
        propose("successful", "successful")


def test_a_bid_withdrawn_meanwhile_voids_the_proposal(propose, panel, second_manager):
    propose("successful", "successful", "reserve")
    bid = panel.bids.first()
    bid.withdraw()
    bid.save()
    with pytest.raises(Refused, match="has changed since the decision was put forward"):
        approve(panel, second_manager)


def test_a_score_changed_behind_our_back_voids_the_proposal(propose, panel, second_manager):
    propose("successful", "successful", "reserve")
    Assessment.objects.filter(seat__bid=panel.bids.first()).update(is_counted=False, left_out_reason="x")
    with pytest.raises(Refused, match="has changed since the decision was put forward"):
        approve(panel, second_manager)


def test_a_reserve_is_promoted_by_a_new_decision_of_two_people(propose, panel, fund_manager, second_manager):
    propose("successful", "reserve", "unsuccessful")
    approve(panel, second_manager)
    second = queries.ranked(panel)[1].reference
    actions.propose_decision(competition=panel_now(panel), outcomes={second: "successful"}, by=fund_manager, **STAFF)
    (decision,) = approve(panel, second_manager)
    assert (decision.rank, decision.outcome, decision.bid.reference) == (2, "successful", second)
    assert [d.outcome for d in queries.decisions_of(panel)] == ["successful", "successful", "unsuccessful"]


def test_a_reserve_is_promoted_only_into_money_that_is_left(propose, panel, fund_manager, second_manager):
    propose("successful", "successful", "reserve")
    approve(panel, second_manager)
    third = queries.ranked(panel)[2].reference
    with pytest.raises(Refused, match="ask for £150,000 and the pot has £100,000 left"):
        actions.propose_decision(competition=panel, outcomes={third: "successful"}, by=fund_manager, **STAFF)


def panel_now(competition) -> Competition:
    return Competition.objects.get(pk=competition.pk)


@pytest.mark.parametrize("size", [1, 3])
def test_reading_decisions_takes_one_query(propose, panel, second_manager, size, django_assert_num_queries):
    propose("successful", "successful", "reserve")
    approve(panel, second_manager)
    with django_assert_num_queries(1):
        assert [d.bid.lead.name != "" for d in queries.decisions_of(panel)[:size]] == [True] * size
