"""From the close of bids to the panel's decision."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from accounts.rules import Refused
from accounts.states import Role
from assessments import actions, moderation, queries, rules, sheet
from assessments.models import Decision, FrozenSheet
from assessments.moderation import Mark
from audit.models import Event
from audit.record import digest
from awards.models import Award
from bids.models import Bid
from funds import ledger
from funds.models import Competition
from funds.states import EntryKind
from tests.cast_assessments import CLOSED, STAFF, as_web_role, assessed, submitted_bid
from tests.cast_panel import minuted, opened

pytestmark = pytest.mark.django_db


@pytest.fixture
def panel(assessment, fund_manager) -> Competition:
    """Three bids at the panel: 90 % and 80 % ask £200,000 each, 70 % asks £150,000; the pot has £500,000."""
    for points, grant in ((9, 200_000), (8, 200_000), (7, 150_000)):
        assessed(submitted_bid(assessment, grant=grant), [points, points], fund_manager)
    return actions.go_to_panel(competition=assessment, by=fund_manager, **STAFF)


@pytest.fixture
def propose(panel, fund_manager):
    """Let the panel decide by rank, and put its decision forward."""

    def proposing(*outcomes: str, **overrides: str):
        references = [r.reference for r in queries.ranked(panel)]
        reasons = {references[int(key[-1]) - 1]: reason for key, reason in overrides.items()}
        minuted(panel, dict(zip(references, outcomes, strict=False)), reasons)
        return actions.propose_decision(competition=panel, by=fund_manager, **STAFF)

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
    with pytest.raises(Refused, match="Only a fund manager"):
        deed(competition=competition, by=fund_manager, role=Role.FINANCE_OFFICER, at=CLOSED)


def test_there_is_no_panel_before_assessment(competition, fund_manager):
    with pytest.raises(Refused, match="has not begun"):
        actions.go_to_panel(competition=competition, by=fund_manager, **STAFF)


def test_no_decision_before_the_panel(bid, assessment, fund_manager):
    with pytest.raises(Refused, match="End the assessment first"):
        actions.propose_decision(competition=assessment, by=fund_manager, **STAFF)


def test_no_decision_without_agreed_minutes(panel, fund_manager):
    opened(panel)
    with pytest.raises(Refused, match="its chair to agree the minutes"):
        actions.propose_decision(competition=panel, by=fund_manager, **STAFF)


def test_marks_calibrated_score_and_flags_are_frozen_too(panel):
    reference, line = next(iter(panel.frozen_sheet.lines.items()))
    shown = next(line for line in sheet.of(panel).lines if line.row.reference == reference)
    marks = [Decimal(percent) for _, percent in line["marks"]]
    assert (line["calibrated"], marks) == (str(shown.calibrated), list(shown.marks))
    assert line["flags"] == [flag.name.lower() for flag in shown.flags]


def test_the_advice_follows_from_the_frozen_marks_alone(panel):
    frozen = panel.frozen_sheet.lines
    rows = queries.ranked(panel)
    marks = [Mark(row.bid_id, key, Decimal(given)) for row in rows for key, given in frozen[row.reference]["marks"]]
    anew = moderation.advise(rows, marks, panel.quality_threshold)
    found = {row.reference: moderation.frozen(anew[row.bid_id]) for row in rows}
    assert found == {reference: {name: frozen[reference][name] for name in found[reference]} for reference in found}


def test_a_bid_withdrawn_at_the_panel_changes_nothing_for_the_others(panel):
    before = {line.row.reference: line.calibrated for line in sheet.of(panel).lines}
    Bid.objects.filter(pk=panel.bids.first().pk).update(state="withdrawn")
    after = {line.row.reference: line.calibrated for line in sheet.of(panel).lines}
    assert after == {reference: before[reference] for reference in after}
    assert len(after) == len(before) - 1


def test_the_figures_are_frozen_with_their_digest(panel):
    frozen = FrozenSheet.objects.get(competition=panel)
    lines = sheet.to_freeze(panel)
    event = Event.objects.get(verb="competition.at_panel")
    assert (frozen.lines, frozen.sha256, event.changes["sheet_sha256"]) == (lines, digest(lines), digest(lines))


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE assessments_assessment SET is_counted = FALSE, left_out_reason = 'x'",
        "UPDATE assessments_assessment SET state = 'in_progress'",
        "UPDATE assessments_score SET points = 10",
        "UPDATE assessments_seat SET state = 'withdrawn'",
        "UPDATE assessments_frozensheet SET lines = '{}'",
    ],
)
def test_scores_cannot_be_changed_at_the_panel_by_sql(panel, sql):
    with pytest.raises(DatabaseError, match=r"fixed|cannot be changed|permission denied"), transaction.atomic():
        as_web_role(sql)


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


@pytest.fixture
def after(propose, panel, second_manager):
    """Decide by rank, and return a function that puts a later decision forward."""

    def decide(*outcomes: str, **overrides: str):
        propose(*outcomes, **overrides)
        approve(panel, second_manager)
        return panel_now(panel)

    return decide


def change(competition, by, reason="It was agreed later.", **outcomes: str):
    references = [r.reference for r in queries.ranked(competition)]
    wanted = {references[int(key[-1]) - 1]: outcome for key, outcome in outcomes.items()}
    return actions.change_decision(competition=competition, outcomes=wanted, reason=reason, by=by, **STAFF)


def test_a_reserve_is_promoted_by_a_new_decision_of_two_people(after, fund_manager, second_manager):
    panel = after("successful", "reserve", "unsuccessful", bid_3="It is too late for this call.")
    actions.promote_reserve(competition=panel, by=fund_manager, **STAFF)
    (decision,) = approve(panel, second_manager)
    assert (decision.rank, decision.outcome) == (2, "successful")
    assert "is left in the pot" in decision.change_reason
    assert [d.outcome for d in queries.decisions_of(panel)] == ["successful", "successful", "unsuccessful"]


def test_a_reserve_is_promoted_only_into_money_that_is_left(after, fund_manager):
    panel = after("successful", "successful", "reserve")
    with pytest.raises(Refused, match="£100,000 is left, which funds no bid in reserve"):
        actions.promote_reserve(competition=panel, by=fund_manager, **STAFF)
    with pytest.raises(Refused, match="ask for £150,000 and the pot has £100,000 left"):
        change(panel, fund_manager, bid_3="successful")


def test_a_later_decision_takes_the_place_of_an_earlier_one(after, fund_manager, second_manager):
    panel = after("successful", "successful", "reserve")
    change(panel, fund_manager, bid_2="reserve", bid_3="successful")
    approve(panel, second_manager)
    assert bids(panel) == ["successful", "reserve", "successful"]
    assert Decision.objects.filter(bid__competition=panel).count() == 5


@pytest.mark.parametrize(("outcome", "reason"), [("successful", "Because."), ("reserve", " ")])
def test_a_later_decision_changes_something_and_says_why(after, fund_manager, outcome, reason):
    panel = after("successful", "successful", "reserve")
    with pytest.raises(Refused, match=r"Choose another outcome|Say why"):
        change(panel, fund_manager, reason=reason, bid_1=outcome)


def test_a_bid_with_an_award_is_not_decided_anew(after, fund_manager):
    panel = after("successful", "successful", "reserve")
    first = panel.bids.order_by("pk").first()
    pot = ledger.open_envelope(stream=panel.stream, kind="award")
    Award.objects.create(
        reference="MFA-9", bid=first, envelope=pot, grant_pence=20_000_000, starts_on="2027-06-01",
        ends_on="2028-05-31", responsible_officer=fund_manager, offered_at=CLOSED,
    )  # fmt: skip
    with pytest.raises(Refused, match=f"An award was offered for {first.reference}"):
        change(panel, fund_manager, bid_1="reserve")


def test_no_bid_moves_by_sql_back_to_what_an_earlier_decision_said(after, fund_manager, second_manager):
    panel = after("successful", "successful", "reserve")
    change(panel, fund_manager, bid_2="reserve")
    approve(panel, second_manager)
    with pytest.raises(DatabaseError, match="no approved decision says so"), transaction.atomic():
        as_web_role("UPDATE bids_bid SET state = 'successful' WHERE state = 'reserve'")


def panel_now(competition) -> Competition:
    return Competition.objects.get(pk=competition.pk)


@pytest.mark.parametrize("size", [1, 3])
def test_reading_decisions_takes_one_query(propose, panel, second_manager, size, django_assert_num_queries):
    propose("successful", "successful", "reserve")
    approve(panel, second_manager)
    with django_assert_num_queries(1):
        assert [d.bid.lead.name != "" for d in queries.decisions_of(panel)[:size]] == [True] * size
