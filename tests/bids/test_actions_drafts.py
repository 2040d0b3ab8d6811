"""Begin a bid and write it."""

import datetime as dt

import pytest

from accounts.rules import Refused
from accounts.states import OrganisationKind
from audit.models import Event
from bids import actions
from bids.importing.competitions import competition_of
from bids.models import Answer, Bid, Partner
from tests.cast import NOW, organisation
from tests.cast_bids import LABOUR, draft, evidence, lead_partner, pledge

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]


def saved(bid: Bid, by, text: str, version: int = 0, **changed) -> Answer:
    question = bid.competition.questions.first()
    facts = {"bid": bid, "question": question, "text": text, "version": version, "by": by, "at": NOW}
    return actions.save_answer(**(facts | changed))


def test_a_bid_begins_as_a_draft_with_its_lead_as_partner(bid, sme):
    assert (bid.state, bid.reference, bid.lead) == ("draft", f"B{bid.pk:06d}", sme)
    partner = lead_partner(bid)
    assert (partner.organisation, partner.size, partner.cost_pounds) == (sme, "small", 0)


def test_a_new_bid_is_on_the_record(bid, applicant):
    event = Event.objects.get(subject=f"bid:{bid.reference}")
    assert (event.verb, event.actor_id, event.role) == ("bid.started", applicant.pk, "applicant")


@pytest.mark.parametrize("title", ["", "  \n", "\u2800", "x" * 201, "nul \x00", "\u202eturned", "\x1b[31m"])
def test_a_bid_has_a_title(competition, sme, applicant, title):
    with pytest.raises(Refused):
        draft(competition, sme, applicant, title)
    assert Bid.objects.count() == 0


def test_only_applicants_of_the_lead_begin_its_bid(competition, sme, stranger):
    with pytest.raises(Refused, match="Only applicants"):
        draft(competition, sme, stranger)


def test_no_bid_begins_before_the_opening_or_after_the_deadline(competition, sme, applicant):
    strand = competition.strands.get()
    facts = {"competition": competition, "strand": strand, "lead": sme, "title": "Late", "by": applicant}
    for at in (competition.opens_at - dt.timedelta(seconds=1), competition.closes_at + dt.timedelta(seconds=1)):
        with pytest.raises(Refused):
            actions.start_bid(category="feasibility", at=at, **facts)


def test_a_kind_that_may_not_lead_is_refused(competition, trust, trust_person):
    with pytest.raises(Refused, match="not of a kind that may lead"):
        draft(competition, trust, trust_person)


def test_basics_that_are_given_are_saved_and_the_others_stay(bid, applicant):
    actions.save_basics(bid=bid, start_on=dt.date(2027, 6, 1), months=9, by=applicant, at=NOW)
    actions.save_basics(bid=bid, title="Better", by=applicant, at=NOW)
    bid = Bid.objects.get(pk=bid.pk)
    assert (bid.title, bid.start_on, bid.months, bid.category) == ("Better", dt.date(2027, 6, 1), 9, "feasibility")


@pytest.mark.parametrize(
    "wrong", [{"start_on": dt.date(2027, 6, 2)}, {"months": 0}, {"months": 13}, {"category": "industrial"}]
)
def test_basics_that_cannot_be_are_refused(bid, applicant, wrong):
    with pytest.raises(Refused):
        actions.save_basics(bid=bid, by=applicant, at=NOW, **wrong)


def test_an_answer_is_saved_with_rising_versions(bid, applicant):
    first = saved(bid, applicant, "Breath")
    second = saved(bid, applicant, "Breath tests", version=first.version)
    assert (first.version, second.version, second.text) == (1, 2, "Breath tests")


def test_a_stale_save_is_a_conflict_that_holds_both_texts(bid, applicant):
    saved(bid, applicant, "Theirs")
    with pytest.raises(actions.Conflict) as conflict:
        saved(bid, applicant, "Yours")
    assert (conflict.value.yours, conflict.value.theirs, conflict.value.version) == ("Yours", "Theirs", 1)
    assert Answer.objects.get(bid=bid).text == "Theirs"


def test_the_same_save_again_changes_nothing(bid, applicant):
    saved(bid, applicant, "Once")
    assert saved(bid, applicant, "Once").version == 1
    assert Event.objects.filter(verb="answer.saved").count() == 1


def test_too_many_words_are_kept_but_not_complete(bid, applicant):
    assert saved(bid, applicant, "word " * 401).is_complete is False
    with pytest.raises(Refused, match="401 words are more than the 400"):
        saved(bid, applicant, "word " * 401, version=1, is_complete=True)


@pytest.mark.parametrize("text", ["nul \x00", "half \ud800"])
def test_a_text_that_cannot_be_kept_is_refused(bid, applicant, text):
    with pytest.raises(Refused, match="cannot be kept"):
        saved(bid, applicant, text)


def test_a_question_of_another_competition_is_refused(bid, applicant):
    other, _ = competition_of("OTHER-1", NOW)
    with pytest.raises(Refused, match="does not belong"):
        saved(bid, applicant, "Text", question=other.questions.first())


def test_strangers_and_partners_do_not_write_answers(bid, applicant, stranger, trust, trust_person):
    actions.add_partner(bid=bid, organisation=trust, by=applicant, at=NOW)
    for person in (stranger, trust_person):
        with pytest.raises(Refused, match="lead organisation"):
            saved(bid, person, "Mine")


def test_a_submitted_bid_takes_no_changes(submitted_bid, applicant, trust):
    for deed in (
        lambda: saved(submitted_bid, applicant, "More", version=1),
        lambda: actions.save_basics(bid=submitted_bid, title="New", by=applicant, at=NOW),
        lambda: actions.add_partner(bid=submitted_bid, organisation=trust, by=applicant, at=NOW),
        lambda: actions.set_costs(partner=lead_partner(submitted_bid), lines=[LABOUR], by=applicant, at=NOW),
    ):
        with pytest.raises(Refused, match="submitted, so it cannot be changed"):
            deed()


def test_a_partner_joins_once(bid, applicant, trust):
    first = actions.add_partner(bid=bid, organisation=trust, by=applicant, at=NOW)
    assert actions.add_partner(bid=bid, organisation=trust, by=applicant, at=NOW) == first
    assert (first.size, first.is_lead) == ("non_business", False)


def test_a_kind_that_may_not_be_a_partner_is_refused(bid, applicant):
    with pytest.raises(Refused, match="not of a kind"):
        actions.add_partner(bid=bid, organisation=organisation(OrganisationKind.DEPARTMENT), by=applicant, at=NOW)


def test_a_partner_leaves_with_its_costs(bid, applicant, trust):
    partner = actions.add_partner(bid=bid, organisation=trust, by=applicant, at=NOW)
    actions.set_costs(partner=partner, lines=[LABOUR], by=applicant, at=NOW)
    actions.remove_partner(partner=partner, by=applicant, at=NOW)
    assert list(Partner.objects.filter(bid=bid)) == [lead_partner(bid)]


def test_the_lead_never_leaves_its_own_bid(bid, applicant):
    with pytest.raises(Refused, match="lead cannot be removed"):
        actions.remove_partner(partner=lead_partner(bid), by=applicant, at=NOW)


def test_a_partner_whose_evidence_is_on_the_record_stays(bid, applicant, trust):
    partner = actions.add_partner(bid=bid, organisation=trust, by=applicant, at=NOW)
    evidence(pledge(partner, applicant, 5_000, kind="charity", funder="Fictional Friends"), applicant)
    with pytest.raises(Refused, match="Evidence"):
        actions.remove_partner(partner=partner, by=applicant, at=NOW)
