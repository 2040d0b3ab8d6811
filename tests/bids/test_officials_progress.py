"""How an open competition goes, and what no page or file of the officials may tell of an unsubmitted bid."""

import datetime as dt

import pytest

from accounts.rules import Refused
from bids import actions
from bids.call_progress import Day, Share, progress_of
from bids.models import Bid, Standing
from tests.asking import clock, get, queries_of, text
from tests.cast import NOW, organisation
from tests.cast_assessments import submitted_bid
from tests.cast_bids import draft, lead_partner, submitted

__all__ = ["clock"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_bids_are_counted_by_state_and_divided(competition, sme, applicant):
    draft(competition, sme, applicant)
    submitted_bid(competition, organisation(region="London"), grant=42_000, clinical_area="Diabetes")
    submitted_bid(competition, organisation(size="micro"), grant=35_000)
    found = progress_of(competition)
    assert (found.started, found.standing, found.grant_pounds) == (3, 2, 77_000)
    assert found.shares["Region of the lead"] == [Share("Not given", 1, 35_000), Share("London", 1, 42_000)]
    assert found.shares["Size of the lead"] == [Share("Micro", 1, 35_000), Share("Small", 1, 42_000)]
    assert found.days == [Day(dt.date(2027, 2, 2), 3, 2)]


def test_a_bid_out_of_the_competition_asks_for_nothing(competition, fund_manager):
    bid = submitted_bid(competition)
    actions.find_ineligible(bid=bid, reason="Out.", by=fund_manager, role="fund_manager", at=NOW)
    found = progress_of(competition)
    assert (found.started, found.standing, found.grant_pounds) == (1, 0, 0)


def test_a_day_is_one_of_the_united_kingdom(competition):
    Standing.objects.filter(bid=submitted_bid(competition)).update(
        submitted_at=dt.datetime(2027, 7, 1, 23, 30, tzinfo=dt.UTC)
    )
    days = progress_of(competition).days
    assert (days[0], days[-1]) == (Day(dt.date(2027, 2, 2), 1, 0), Day(dt.date(2027, 7, 2), 0, 1))


def test_days_without_a_bid_are_shown_between(competition):
    Standing.objects.filter(bid=submitted_bid(competition)).update(submitted_at=NOW + dt.timedelta(days=2))
    assert [(day.started, day.submitted) for day in progress_of(competition).days] == [(1, 0), (0, 0), (0, 1)]


@pytest.mark.parametrize("bids", [0, 1])
def test_the_page_stands_with_and_without_bids(competition, auditor, bids):
    for _ in range(bids):
        submitted_bid(competition)
    assert "Grant asked for against the pot" in text(get(auditor, "competition_progress", competition.reference))


def test_the_page_asks_the_same_number_of_queries(competition, auditor):
    submitted_bid(competition)
    few = queries_of(auditor, "competition_progress", competition.reference)
    for region in ("London", "Wessex", ""):
        submitted_bid(competition, organisation(region=region))
    assert queries_of(auditor, "competition_progress", competition.reference) == few


PAGES = ("competition_progress", "competition_bids", "competition_manage", "bids_xlsx", "competition_ranking")


def everywhere(user, competition) -> str:
    """Return what all officials' pages of a competition say."""
    answers = [get(user, name, competition.reference) for name in PAGES]
    answers += [get(user, "bids"), *(get(user, "bids_csv", competition.reference, t) for t in ("bids", "costs"))]
    bodies = [b"".join(a.streaming_content) if a.streaming else a.content for a in answers]
    return " ".join(body.decode("utf-8", "replace") for body in bodies)


@pytest.mark.parametrize("role", ["fund_manager", "finance_officer", "auditor"])
def test_no_page_tells_of_a_draft(competition, sme, applicant, request, role):
    bid = draft(competition, sme, applicant, "Secret title")
    question = competition.questions.first()
    actions.save_answer(bid=bid, question=question, text="Secret words", version=0, by=applicant, at=NOW)
    user = request.getfixturevalue(role)
    said = everywhere(user, competition)
    assert ("Secret" in said, bid.reference in said, sme.name in said) == (False, False, False)
    assert get(user, "competition_bid", competition.reference, bid.reference).status_code == 404


def test_a_reopened_bid_shows_what_stands(competition, sme, applicant, auditor):
    bid = submitted(competition, sme, applicant, "As sent")
    actions.reopen(bid=bid, by=applicant, at=NOW)
    Bid.objects.filter(pk=bid.pk).update(title="Secret title", clinical_area="Secret area")
    actions.set_costs(partner=lead_partner(bid), lines=[], by=applicant, at=NOW)
    said = everywhere(auditor, competition) + text(
        get(auditor, "competition_bid", competition.reference, bid.reference)
    )
    assert ("Secret" in said, "As sent" in said, "£42,000" in said) == (False, True, True)


# Telling the applicant


def heard(applicant) -> list[str]:
    """Return what the applicant was told, besides that the bid is in."""
    found = applicant.messages.exclude(template="bid_submitted").order_by("pk")
    return list(found.values_list("template", flat=True))


def out(bid, by) -> Bid:
    return actions.find_ineligible(bid=bid, reason="Out of scope.", by=by, role="fund_manager", at=NOW)


def test_the_applicant_hears_of_ineligibility_when_told(competition, sme, applicant, fund_manager):
    bid = out(submitted(competition, sme, applicant), fund_manager)
    assert ("Out of scope." in text(get(applicant, "bid", bid.reference)), heard(applicant)) == (False, [])
    for _ in range(2):
        told = actions.inform(bid=bid, by=fund_manager, role="fund_manager", at=NOW)
    assert (told.informed_at, heard(applicant)) == (NOW, ["bid_ineligible"])
    assert "Out of scope." in applicant.messages.get(template="bid_ineligible").body


def test_who_was_told_is_told_of_the_way_back(competition, sme, applicant, fund_manager):
    bid = out(submitted(competition, sme, applicant), fund_manager)
    actions.inform(bid=bid, by=fund_manager, role="fund_manager", at=NOW)
    actions.reinstate(bid=bid, by=fund_manager, role="fund_manager", at=NOW)
    assert heard(applicant) == ["bid_ineligible", "bid_reinstated"]


def test_who_was_not_told_is_not_told_of_the_way_back(competition, sme, applicant, fund_manager):
    bid = out(submitted(competition, sme, applicant), fund_manager)
    actions.reinstate(bid=bid, by=fund_manager, role="fund_manager", at=NOW)
    assert heard(applicant) == []


def test_a_bid_in_the_competition_has_nothing_to_tell(competition, sme, applicant, fund_manager):
    with pytest.raises(Refused, match="nothing to tell"):
        actions.inform(bid=submitted(competition, sme, applicant), by=fund_manager, role="fund_manager", at=NOW)
