"""A bid copied into another competition: what fits is carried, what does not is said, and no money counts twice."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.rules import Refused
from accounts.states import OrganisationKind
from bids import actions
from bids.actions.copying import Copied, copy_bid
from bids.models import Bid
from tests.bids.cast_pages import half_written
from tests.cast import NOW, organisation
from tests.funds.conftest import another  # noqa: F401 - fixture
from tests.object_store import store, store_of_the_session  # noqa: F401 - fixtures
from tests.signing_in import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]


@pytest.fixture
def into(another):  # noqa: F811 - the fixture
    """An open competition with one of the questions, which takes other small companies as partners."""
    return another(2)


@pytest.fixture
def partner(db):
    return organisation(OrganisationKind.NHS_BODY, "St Elsewhere")


@pytest.fixture
def source(competition, sme, applicant, partner) -> Bid:
    bid = half_written(competition, sme, applicant, partner)
    for question in competition.questions.filter(slug="question-2"):
        actions.save_answer(
            bid=bid, question=question, text="An answer.", version=0, by=applicant, at=NOW, is_complete=True
        )
    return bid


def copied(bid: Bid, into, by, at: dt.datetime = NOW) -> Copied:
    facts = {"strand": into.strands.get(), "title": "A copy", "category": "feasibility"}
    return copy_bid(bid=bid, competition=into, by=by, at=at, **facts)


def test_answers_go_to_the_question_of_the_same_name_and_are_not_finished(source, into, applicant):
    made = copied(source, into, applicant).bid
    assert list(made.answers.values_list("question__slug", "text", "is_complete")) == [
        ("question-2", "An answer.", False)
    ]


def test_a_copy_is_a_draft_of_the_same_lead(source, into, applicant):
    made = copied(source, into, applicant).bid
    assert (made.state, made.lead, made.competition, made.title) == ("draft", source.lead, into, "A copy")


def test_partners_costs_and_percent_are_carried(source, into, applicant, partner):
    made = copied(source, into, applicant).bid
    own, other = made.partners.all()
    assert (own.cost_pounds, own.percent) == (source.partners.get(is_lead=True).cost_pounds, 50)
    assert other.organisation == partner


def test_no_match_funding_and_no_document_is_carried(source, into, applicant):
    made = copied(source, into, applicant).bid
    assert [p.match_sources.count() for p in made.partners.all()] == [0, 0]
    assert made.documents.count() == 0


def test_what_is_left_out_is_said(source, into, applicant, sme):
    assert copied(source, into, applicant).left_out == [
        "The answer to “Project summary”: the competition does not ask this.",
        f"Other public funding of {sme.name}, £1,000: enter what this project has.",
        f"Match funding of {sme.name}: the same money counts once. Declare what this project has.",
        "Documents: upload those that this competition asks for.",
    ]


def test_a_partner_of_a_kind_that_is_not_taken_is_left_out(source, another, applicant):  # noqa: F811 - the fixture
    made = copied(source, another(3, partner_kinds=["sme"]), applicant)
    assert made.bid.partners.count() == 1
    assert "St Elsewhere: the competition does not take partners of this kind." in made.left_out


def test_a_percentage_above_the_ceiling_there_is_left_out(source, another, applicant, sme):  # noqa: F811
    made = copied(source, another(3, max_percent=40), applicant)
    assert made.bid.partners.get(is_lead=True).percent == 0
    assert any(s.startswith(f"The 50 % that {sme.name} asked for: 50 % is too much.") for s in made.left_out)


def test_costs_that_are_not_paid_there_are_left_out(source, another, applicant, sme):  # noqa: F811 - the fixture
    made = copied(source, another(3, cost_categories=["labour", "overheads"]), applicant)
    assert f"Materials of {sme.name}: the competition does not pay for this." in made.left_out
    assert set(made.bid.partners.get(is_lead=True).cost_lines.values_list("category", flat=True)) == {
        "labour", "overheads",
    }  # fmt: skip


def test_a_start_that_has_passed_is_left_out(source, into, applicant):
    actions.save_basics(bid=source, start_on=dt.date(2027, 3, 1), by=applicant, at=NOW)
    later = dt.datetime(2027, 2, 20, tzinfo=dt.UTC)
    fresh = Bid.objects.get(pk=source.pk)
    assert copied(fresh, into, applicant, later).bid.start_on == dt.date(2027, 3, 1)


def test_the_bid_itself_stays_as_it_is(source, into, applicant):
    before = list(Bid.objects.filter(pk=source.pk).values()), source.answers.count(), source.documents.count()
    copied(source, into, applicant)
    assert before == (
        list(Bid.objects.filter(pk=source.pk).values()), source.answers.count(), source.documents.count(),
    )  # fmt: skip


def test_a_withdrawn_bid_can_be_copied(source, into, applicant):
    actions.withdraw(bid=source, by=applicant, at=NOW)
    assert copied(Bid.objects.get(pk=source.pk), into, applicant).bid.state == "draft"


def test_only_who_may_change_the_bid_copies_it(source, into, stranger):
    with pytest.raises(Refused):
        copied(source, into, stranger)


def test_a_bid_is_not_copied_into_its_own_competition(source, competition, applicant):
    with pytest.raises(Refused, match="another competition"):
        copied(source, competition, applicant)


def test_a_closed_competition_takes_no_copy(source, into, applicant):
    with pytest.raises(Refused, match="has closed"):
        copied(source, into, applicant, into.closes_at + dt.timedelta(seconds=1))
    assert Bid.objects.count() == 1


@pytest.mark.usefixtures("noon")
def test_the_page_says_what_is_carried_before_anything_is_made(source, into, applicant):
    page = signed_in(applicant).get(reverse("bid_copy_into", args=[source.reference, into.reference])).content.decode()
    assert "1 answer, none of them marked as finished" in page
    assert "St Elsewhere, with 0 lines of costs" in page
    assert Bid.objects.count() == 1


@pytest.mark.usefixtures("noon")
def test_a_press_on_the_page_makes_the_copy_and_says_what_is_left_out(source, into, applicant):
    path = reverse("bid_copy_into", args=[source.reference, into.reference])
    page = signed_in(applicant).post(path, {"title": "Again"}, follow=True).content.decode()
    assert Bid.objects.latest("pk").title == "Again"
    assert "Not as before: The answer to “Project summary”" in page


@pytest.mark.usefixtures("noon")
def test_a_competition_that_is_not_open_is_not_found(source, applicant):
    path = reverse("bid_copy_into", args=[source.reference, "NO-SUCH"])
    assert signed_in(applicant).get(path).status_code == 404
