"""The page from which officials run a competition, and the panel's decision."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.states import Role
from assessments import actions
from bids.models import Bid
from funds import approvals
from funds.models import Competition
from tests.cast import person
from tests.cast_assessments import CLOSED, STAFF, assessed, submitted_bid
from tests.cast_panel import minuted
from tests.many import many_assessed
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db
PAGES = ("competition_manage", "competition_bids", "competition_ranking")
DEEDS = (
    "competition_begin",
    "competition_to_panel",
    "competition_decide",
    "competition_approve",
)


@pytest.fixture(autouse=True)
def after_the_deadline(monkeypatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: CLOSED)


@pytest.fixture
def scored(assessment, fund_manager) -> Competition:
    """In assessment, with three bids: 90 % and 80 % ask £200,000 each, 70 % asks £150,000; the pot has £500,000."""
    for points, grant in ((9, 200_000), (8, 200_000), (7, 150_000)):
        assessed(submitted_bid(assessment, grant=grant, title=f"Bid of {points}"), [points, points], fund_manager)
    return assessment


@pytest.fixture
def panel(scored, fund_manager) -> Competition:
    return actions.go_to_panel(competition=scored, by=fund_manager, **STAFF)


def address(name: str, competition: Competition) -> str:
    return reverse(name, args=[competition.reference])


def text(response) -> str:
    return response.content.decode()


def proposed(panel: Competition, by, *outcomes: str) -> str:
    """Let the panel decide on the bids by rank and put it forward; return the digest of what was put forward."""
    references = panel.bids.order_by("pk").values_list("reference", flat=True)
    minuted(panel, dict(zip(references, outcomes, strict=True)))
    signed_in(by).post(address("competition_decide", panel))
    return approvals.newest("decision", panel.reference).content_sha256


def states() -> list[str]:
    return list(Bid.objects.order_by("pk").values_list("state", flat=True))


@pytest.mark.parametrize("name", PAGES)
def test_officials_may_read_and_nobody_else(name, panel, applicant, fund_manager, finance_officer, auditor, network):
    people = (fund_manager, finance_officer, auditor, applicant, person(Role.AHSN_LEAD, network))
    answers = [signed_in(user).get(address(name, panel)).status_code for user in people]
    assert answers == [200, 200, 200, 403, 403]


@pytest.mark.parametrize("name", DEEDS)
def test_only_a_fund_manager_may_act(name, panel, finance_officer, auditor, applicant):
    answers = [signed_in(user).post(address(name, panel)).status_code for user in (finance_officer, auditor, applicant)]
    assert answers == [403, 403, 403]


def test_an_auditor_sees_no_button(panel, auditor):
    shown = text(signed_in(auditor).get(address("competition_manage", panel)))
    assert ("Ranked sheet" in shown, "Next step" in shown) == (True, False)


def test_the_list_shows_each_competition_with_its_money(scored, auditor):
    shown = text(signed_in(auditor).get(reverse("competitions")))
    assert [part in shown for part in ("Test round", "In assessment", "£500,000")] == [True, True, True]


def test_assessment_begins_by_a_button(competition, fund_manager):
    shown = text(signed_in(fund_manager).post(address("competition_begin", competition), follow=True))
    assert "The assessment has begun." in shown
    assert Competition.objects.get().state == "in_assessment"


def test_a_refusal_is_said_and_changes_nothing(competition, fund_manager, monkeypatch, now):
    monkeypatch.setattr(timezone, "now", lambda: now)
    shown = text(signed_in(fund_manager).post(address("competition_begin", competition), follow=True))
    assert "Bids may still come in." in shown
    assert Competition.objects.get().state == "published"


def test_the_scores_are_fixed_by_a_button(scored, fund_manager):
    signed_in(fund_manager).post(address("competition_to_panel", scored))
    assert Competition.objects.get().state == "at_panel"


def test_the_sheet_as_csv(panel, auditor):
    answer = signed_in(auditor).get(address("competition_ranking", panel))
    lines = answer.getvalue().decode().splitlines()
    assert answer.headers["Content-Disposition"] == 'attachment; filename="ranking-DHTC-T-1.csv"'
    assert [line.split(",")[0] for line in lines] == ["rank", "1", "2", "3"]
    assert lines[1].endswith(
        ",submitted,1,90.0,90.0,0.0,90.0,90.0,,1,1,200000,200000,successful,suggested,,,,yes,85715,0,0,0,,"
    )


def test_cells_of_the_csv_are_harmless(assessment, auditor):
    submitted_bid(assessment, title="=HYPERLINK(1)")
    answer = signed_in(auditor).get(address("competition_ranking", assessment))
    assert ",'=HYPERLINK(1)," in answer.getvalue().decode()


def test_a_title_is_escaped(assessment, auditor):
    submitted_bid(assessment, title="<script>alert(1)</script>")
    assert "<script>alert" not in text(signed_in(auditor).get(address("competition_ranked", assessment)))


def test_there_is_nothing_to_decide_before_the_panel(scored, fund_manager):
    shown = text(signed_in(fund_manager).post(address("competition_decide", scored), follow=True))
    assert "End the assessment first" in shown


def test_nothing_is_put_forward_without_agreed_minutes(panel, fund_manager):
    shown = text(signed_in(fund_manager).post(address("competition_decide", panel), follow=True))
    assert "The panel has to meet first" in shown


def test_what_is_put_forward_is_what_the_minutes_say(panel, fund_manager):
    references = list(panel.bids.order_by("pk").values_list("reference", flat=True))
    minuted(panel, dict(zip(references, ("successful", "reserve", "reserve"), strict=True)))
    shown = text(signed_in(fund_manager).get(address("competition_decide", panel)))
    assert [shown.count(f">{outcome}</strong>") for outcome in ("Successful", "Reserve")] == [1, 2]


def test_two_people_decide(panel, fund_manager, second_manager):
    sha256 = proposed(panel, fund_manager, "successful", "successful", "reserve")
    assert states() == ["submitted"] * 3
    signed_in(second_manager).post(address("competition_approve", panel), {"sha256": sha256})
    assert states() == ["successful", "successful", "reserve"]


def test_the_maker_cannot_approve(panel, fund_manager):
    sha256 = proposed(panel, fund_manager, "successful", "successful", "reserve")
    client = signed_in(fund_manager)
    shown = text(client.post(address("competition_approve", panel), {"sha256": sha256}, follow=True))
    assert "somebody else has to approve it" in shown
    assert states() == ["submitted"] * 3


def test_what_was_not_read_cannot_be_approved(panel, fund_manager, second_manager):
    proposed(panel, fund_manager, "successful", "successful", "reserve")
    answer = signed_in(second_manager).post(address("competition_approve", panel), {"sha256": "0" * 64}, follow=True)
    assert "has changed since you opened it" in text(answer)
    assert states() == ["submitted"] * 3


def test_a_decision_can_be_sent_back(panel, fund_manager, second_manager):
    sha256 = proposed(panel, fund_manager, "successful", "successful", "reserve")
    signed_in(second_manager).post(address("competition_decision_back", panel), {"reason": "Check the second bid."})
    signed_in(second_manager).post(address("competition_approve", panel), {"sha256": sha256})
    assert states() == ["submitted"] * 3


def test_an_unknown_competition_is_not_there(auditor):
    answers = [signed_in(auditor).get(reverse(name, args=["NONE-1"])).status_code for name in PAGES]
    assert answers == [404, 404, 404]


@pytest.mark.parametrize("many", [3, pytest.param(300, marks=pytest.mark.slow)])
def test_the_page_asks_the_same_number_of_queries(many, assessment, fund_manager, django_assert_num_queries):
    first = assessed(submitted_bid(assessment), [5, 5], fund_manager)
    many_assessed(assessment, many, like=first)
    client = signed_in(fund_manager)
    with django_assert_num_queries(12):
        client.get(address("competition_manage", assessment))
