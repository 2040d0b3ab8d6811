"""An assessor whom a conflict of interest keeps from a bid finds nothing of it: no page, file, talk or interview."""

import pytest
from django.urls import reverse

from assessments import actions
from assessments.models import Block
from tests.asking import get, text
from tests.cast_assessments import CLOSED
from tests.pages.keys import SEAT_PAGES
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db
BY_POST = ("assessment_accept", "assessment_decline", "assessment_save", "interviewing_save", "interviewing_aside")


@pytest.fixture
def kept_away(shown_talk, shown_interview_sheet, asa):
    """Asa's seat, handed in and discussed, on a bid that Asa also interviews; then Asa declares a tie to its lead."""
    facts = {"kind": "shareholding", "organisation": shown_talk.bid.lead, "by": asa.user, "at": CLOSED}
    actions.declare_interest(assessor=asa, **facts)
    assert Block.objects.filter(bid=shown_talk.bid, assessor=asa).exists()
    return shown_talk


def addresses(seat, interview) -> dict[str, str]:
    """Return every address of a bid that an assessor could ask for, by its name."""
    found = {name: reverse(name, args=[seat.pk]) for name in (*SEAT_PAGES, "assessment_discussion")}
    found["assessment_question"] = reverse("assessment_question", args=[seat.pk, "question-1"])
    found["assessment_document"] = reverse("assessment_document", args=[seat.pk, 1])
    for name in ("interviewing_one", "interviewing_save", "interviewing_aside"):
        found[name] = reverse(name, args=[interview.pk])
    return found


def test_every_address_of_the_bid_is_not_there(kept_away, shown_interview_sheet, asa):
    client, interview = signed_in(asa.user), shown_interview_sheet.interview
    answers = {
        name: (client.post if name in BY_POST else client.get)(address).status_code
        for name, address in addresses(kept_away, interview).items()
    }
    assert answers == dict.fromkeys(answers, 404)


def test_no_sheet_is_sent_nor_word_said(kept_away, shown_interview_sheet, asa):
    client, interview = signed_in(asa.user), shown_interview_sheet.interview
    paths = [address for name, address in addresses(kept_away, interview).items() if name not in BY_POST]
    assert {client.post(path, {"text": "Hello", "save": "yes"}).status_code for path in paths} <= {404, 405}


def test_no_list_holds_the_bid(kept_away, asa):
    pages = [text(get(asa.user, name)) for name in ("assessments", "interviewing", "home", "messages")]
    assert [kept_away.bid.title in page for page in pages] == [False] * 4


def test_the_pages_of_officials_stay_shut(kept_away, asa):
    keys = [kept_away.bid.competition.reference, kept_away.bid.reference]
    names = ("competition_bid", "bid_discussion", "interview", "bid_history", "competition_bid_paper")
    assert [get(asa.user, name, *keys).status_code for name in names] == [403] * 5
