"""Two people issue a letter; the lead's director accepts it in time; the project starts on its day."""

import datetime as dt

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import Organisation
from accounts.rules import Refused
from accounts.states import OrganisationKind, Role
from audit.models import Event
from awards import actions, letter_content, profiles, tasks
from awards.actions.banking import check_bank_details, enter_bank_details
from awards.actions.profiling import propose_profile
from awards.letters import contents
from awards.letters.example import example
from awards.models import Award, LetterRequest
from funds.models import Approval, LedgerEntry, Proposal
from tests.cast import NOW, organisation, person
from tests.cast_awards import STARTED, issue, settle

pytestmark = pytest.mark.django_db
OFFICIAL = {"role": Role.FUND_MANAGER, "at": NOW}


def propose(award, by) -> Proposal:
    return actions.propose_letter(award=award, by=by, **OFFICIAL)


def sign_off(award, by) -> LetterRequest:
    return actions.issue_letter(award=award, by=by, **OFFICIAL)


def test_two_people_issue_a_letter(settled_award, people):
    propose(settled_award, people.fund_manager)
    request = sign_off(settled_award, people.second_manager)
    award = Award.objects.get(pk=settled_award.pk)
    assert (award.state, award.issued_at, award.accept_by) == ("letter_issued", NOW, dt.date(2027, 3, 4))
    assert (request.state, request.number, request.requested_at) == ("waiting", 1, NOW)


def test_the_letter_says_what_was_awarded(issued_award):
    data = LetterRequest.objects.get().data
    assert data["letter"]["reference"] == f"{issued_award.reference}/1"
    assert data["award"]["accept_by"] == "2027-03-04"
    assert data["bid"]["public_description"] == "Because it helps patients."
    assert data["totals"] == {"cost": 57_501, "grant": 40_250, "other_public": 0, "match": 17_251}
    assert data["recipient"]["address"] == ["1 Fictional Way", "Sampletown", "ZZ99 9ZZ"]


def fields(value, path: str = "") -> set[str]:
    """Return the fields of a letter's data, rows of a list all alike."""
    if isinstance(value, dict):
        return {found for name, inner in value.items() for found in fields(inner, f"{path}.{name}")}
    if isinstance(value, list):
        return {found for inner in value for found in fields(inner, f"{path}[]")}
    return {path}


def test_every_field_of_a_letter_is_in_the_example_that_markup_is_tried_on(issued_award):
    assert fields(LetterRequest.objects.get().data) <= fields(example())


def test_the_letter_shows_verified_match_by_source(issued_award, sme):
    sources = LetterRequest.objects.get().data["partners"][0]["match_sources"]
    assert sources == [{"kind": "own_reserves", "funder": sme.name, "amount": 17_251}]


def test_the_short_code_has_eight_clear_letters_and_leads_to_the_check(issued_award):
    request = LetterRequest.objects.get()
    assert len(request.short_code) == 9
    assert set(request.short_code) <= set("23456789ABCDEFGHJKMNPQRSTVWXYZ-")
    assert request.data["letter"]["check_url"].endswith(f"/letters/{request.short_code}")


def test_the_work_is_queued_with_the_issue(issued_award):
    job = ProcrastinateJob.objects.get(task_name="awards.make_letter")
    assert job.args == {"request_id": LetterRequest.objects.get().pk}


def waits(award, people) -> str:
    """Return why the letter of an award cannot be put forward."""
    with pytest.raises(Refused) as refused:
        propose(award, people.fund_manager)
    return str(refused.value)


def test_a_letter_waits_for_a_profile_that_was_put_forward(settled_award, people, sme):
    shape = profiles.table(settled_award, settled_award.partners.get())
    propose_profile(award=settled_award, organisation=sme.pk, cells=shape.cells, by=people.applicant, at=NOW)
    assert waits(settled_award, people) == (
        f"The letter waits. {sme}: a spend profile is put forward. Approve it or send it back."
    )


def test_a_letter_waits_for_new_bank_details_until_somebody_has_looked_at_them(settled_award, people, sme):
    facts = {"organisation": sme, "sort_code": "20-00-00", "number": "55779911", "holder": "New Account"}
    details = enter_bank_details(by=people.applicant, at=NOW, **facts)
    assert waits(settled_award, people) == (
        f"The letter waits. {sme} has entered new bank details, which nobody has checked yet."
    )
    found = {"outcome": "refused", "note": "Nobody there knew of it.", "role": Role.FINANCE_OFFICER, "at": NOW}
    check_bank_details(details=details, by=people.finance_officer, **found)
    assert propose(settled_award, people.fund_manager).kind == "letter"


def test_a_letter_is_not_put_forward_on_evidence_that_is_out_of_date(settled_award, people, sme):
    late = NOW + dt.timedelta(days=91)
    with pytest.raises(Refused, match=f"{sme}: the evidence from {sme} is out of date by now"):
        actions.propose_letter(award=settled_award, by=people.fund_manager, role=Role.FUND_MANAGER, at=late)


def test_the_proposer_cannot_issue(settled_award, people):
    propose(settled_award, people.fund_manager)
    with pytest.raises(Refused, match="somebody else has to approve"):
        sign_off(settled_award, people.fund_manager)


def test_nothing_is_issued_that_nobody_put_forward(settled_award, people):
    with pytest.raises(Refused, match="Nobody has put this letter forward"):
        sign_off(settled_award, people.second_manager)


def test_a_letter_that_changed_since_is_put_forward_again(settled_award, people, sme):
    propose(settled_award, people.fund_manager)
    Organisation.objects.filter(pk=sme.pk).update(address="2 Another Road")
    with pytest.raises(Refused, match="has changed since it was put forward"):
        sign_off(settled_award, people.second_manager)
    assert (Approval.objects.filter(proposal__kind="letter").count(), LetterRequest.objects.count()) == (0, 0)


def test_an_open_condition_keeps_the_letter_back(award, people):
    with pytest.raises(Refused, match="settle its conditions first"):
        propose(award, people.fund_manager)


def test_a_letter_with_an_empty_field_is_refused(settled_award, people, sme):
    Organisation.objects.filter(pk=sme.pk).update(address="", postcode="")
    with pytest.raises(Refused, match=r"recipient\.address is empty"):
        propose(settled_award, people.fund_manager)


def test_a_partner_without_a_number_is_named_by_its_kind(settled_award, sme):
    university = organisation(OrganisationKind.UNIVERSITY, "Invented University")
    settled_award.bid.lead = university
    assert letter_content.content(settled_award)["recipient"]["identifier"] == "University or research organisation"


def test_a_consortium_s_letter_adds_up(consortium, people):
    award = settle(actions.offer(bid=consortium, by=people.fund_manager, **OFFICIAL), people)
    issue(award, people)
    assert contents.check(LetterRequest.objects.get().data) is None


def accept(award, by, at=NOW, name="Ada Applicant") -> Award:
    return actions.accept(award=award, name=name, by=by, at=at)


def test_the_lead_s_director_accepts(accepted_award, people):
    award = Award.objects.get(pk=accepted_award.pk)
    assert (award.state, award.accepted_by, award.accepted_name, award.accepted_at) == (
        "accepted", people.applicant, "Ada Applicant", NOW,
    )  # fmt: skip


def test_the_name_is_not_in_the_record(accepted_award):
    assert "Ada" not in str(Event.objects.get(verb="award.accepted").changes)


def test_nobody_accepts_what_is_not_made_yet(issued_award, people):
    with pytest.raises(Refused, match="still being made"):
        accept(issued_award, people.applicant)


def test_a_name_must_be_typed(issued_award, people):
    with pytest.raises(Refused, match="Type the full name"):
        accept(issued_award, people.applicant, name=" ")


def test_a_stranger_cannot_accept(issued_award):
    stranger = person(Role.APPLICANT, organisation())
    with pytest.raises(Refused, match="Only somebody who acts for this organisation"):
        accept(issued_award, stranger)


def test_the_last_minute_of_the_last_day_is_in_time(issued_award, people):
    tasks.make_letters(at=NOW)
    last = dt.datetime(2027, 3, 4, 23, 59, 59, tzinfo=dt.UTC)
    assert accept(issued_award, people.applicant, at=last).state == "accepted"


def test_the_day_after_it_lapses_and_the_money_returns(issued_award, people):
    tasks.make_letters(at=NOW)
    with pytest.raises(Refused, match=r"could be accepted until 4 March 2027\. It has lapsed"):
        accept(issued_award, people.applicant, at=dt.datetime(2027, 3, 5, tzinfo=dt.UTC))
    assert Award.objects.get(pk=issued_award.pk).state == "lapsed"
    assert LedgerEntry.objects.filter(kind="released").count() == 2


def test_a_project_starts_on_its_day(accepted_award):
    assert actions.go_live(award=accepted_award, at=STARTED).state == "live"


def test_not_the_day_before(accepted_award):
    with pytest.raises(Refused, match="begins on 1 March 2027, not before"):
        actions.go_live(award=accepted_award, at=STARTED - dt.timedelta(days=1))


def test_the_sweep_starts_what_is_due(accepted_award):
    assert (actions.start_due(at=NOW), actions.start_due(at=STARTED), actions.start_due(at=STARTED)) == (0, 1, 0)
