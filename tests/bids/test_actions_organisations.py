"""Who may say that they bid for an organisation."""

import pytest

from accounts.models import Membership, Organisation, User
from accounts.rules import Refused
from accounts.states import OrganisationKind, Role
from audit.models import Event
from bids.actions.organisations import act_for, bring_in
from bids.models import Partner
from tests.cast import NOW, organisation

pytestmark = pytest.mark.django_db
COMPANY = {"kind": "sme", "name": "New Example Ltd", "company_number": "1234567", "size": "small"}


@pytest.fixture
def newcomer(db) -> User:
    """Somebody who has just signed up."""
    return User.objects.create_user("new@example.org", full_name="Nia New")


def roles(user: User) -> list[tuple[str, str]]:
    return list(Membership.objects.filter(user=user).values_list("organisation__name", "role"))


def test_the_first_person_of_a_new_company_bids_for_it(newcomer):
    made = act_for(by=newcomer, at=NOW, **COMPANY)
    assert made.company_number == "01234567"
    assert roles(newcomer) == [("New Example Ltd", "applicant")]


def test_saying_it_again_changes_nothing(newcomer):
    act_for(by=newcomer, at=NOW, **COMPANY)
    act_for(by=newcomer, at=NOW, **COMPANY)
    assert roles(newcomer) == [("New Example Ltd", "applicant")]


def test_nobody_joins_a_company_by_typing_its_number(newcomer, sme, applicant):
    with pytest.raises(Refused, match="Breathe Example Ltd is known here already"):
        act_for(by=newcomer, at=NOW, **COMPANY | {"company_number": sme.company_number})
    assert roles(newcomer) == []


def test_nobody_joins_an_organisation_that_is_in_a_bid(newcomer, bid, applicant, trust):
    bring_in(bid=bid, by=applicant, at=NOW, kind="nhs_body", ods_code=trust.ods_code)
    with pytest.raises(Refused, match="St Elsewhere is known here already"):
        act_for(by=newcomer, at=NOW, kind="nhs_body", ods_code=trust.ods_code)


def test_an_nhs_body_is_found_in_the_list_and_never_typed(newcomer):
    with pytest.raises(Refused, match="is not the ODS code"):
        act_for(by=newcomer, at=NOW, kind="nhs_body", ods_code="ZZ9")
    assert Organisation.objects.filter(kind=OrganisationKind.NHS_BODY).count() == 0


def test_an_official_of_the_fund_does_not_bid(fund_manager):
    with pytest.raises(Refused, match="Officials of the fund cannot bid"):
        act_for(by=fund_manager, at=NOW, **COMPANY)


def test_a_university_is_typed_once(bid, applicant):
    there = organisation(OrganisationKind.UNIVERSITY, "University of Sample")
    partner = bring_in(bid=bid, by=applicant, at=NOW, kind="university", name="university of sample")
    assert partner.organisation == there


def test_a_partner_that_is_refused_is_not_registered_either(bid, stranger):
    with pytest.raises(Refused, match="Only people of the lead"):
        bring_in(bid=bid, by=stranger, at=NOW, **COMPANY)
    assert not Organisation.objects.filter(name="New Example Ltd").exists()
    assert Partner.objects.filter(bid=bid).count() == 1


def test_a_role_is_on_the_record(newcomer):
    act_for(by=newcomer, at=NOW, **COMPANY)
    verbs = Event.objects.filter(actor_id=newcomer.pk).values_list("verb", flat=True)
    assert set(verbs) == {"organisation.registered", "role.granted"}
    assert Role.APPLICANT in User.objects.get(pk=newcomer.pk).roles
