"""The page of an organisation: its people change it, officials read it, nobody else knows it."""

import datetime as dt
from html import unescape

import pytest

from accounts.actions import ask_to_join
from accounts.models import EuroRate, JoinRequest, Message, Organisation, SizeDeclaration, User
from accounts.states import JoinAnswer, OrganisationKind, Role, Size
from bids import actions
from bids.models import Partner
from bids.queries import facts_of
from bids.readiness import problems
from tests.asking import queries_of
from tests.cast import NOW, organisation, person
from tests.cast_bids import draft, lead_partner, ready
from tests.registers import registers
from tests.signing_in import signed_in

__all__ = ["registers"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
ADDRESS = {"street": "1 Fictional Way", "further": "", "town": "Sampletown", "postcode": "zz999zz"}
FIGURES = {
    "year_end_day": "31", "year_end_month": "12", "year_end_year": "2026", "staff": "38", "turnover": "£4,000,000",
    "balance": "1000000",
}  # fmt: skip
HOLDINGS = {
    "e-0-name": "Fictional Holdings", "e-0-identifier": "01234567", "e-0-share": "60", "e-0-staff": "40",
    "e-0-turnover": "0", "e-0-balance": "0",
}  # fmt: skip


@pytest.fixture
def home(sme, applicant) -> str:
    """The address of the company's page."""
    return f"/organisations/{sme.pk}/"


@pytest.fixture
def rate(db) -> EuroRate:
    """A price of the euro that a test can be sure of."""
    source = {"pounds_per_euro": "0.85000", "source": "A test"}
    return EuroRate.objects.get_or_create(on=dt.date(2026, 12, 31), defaults=source)[0]


@pytest.fixture
def newcomer(db) -> User:
    """Somebody who has just signed up."""
    return User.objects.create_user("new@example.org", full_name="Nia New")


def get(user: User, path: str) -> str:
    return unescape(signed_in(user).get(path).content.decode())


def post(user: User, path: str, **typed) -> str:
    return unescape(signed_in(user).post(path, typed, follow=True).content.decode())


def test_what_is_missing_is_a_task_for_its_people(home, applicant):
    page = get(applicant, home)
    assert "Enter the address for letters" in page
    assert "Work out the size" in page


def test_the_address_is_kept_as_letters_print_it(home, sme, applicant):
    assert "The address is saved." in post(applicant, f"{home}address", **ADDRESS | {"further": "Floor 2, Unit 3"})
    sme = Organisation.objects.get(pk=sme.pk)
    assert (sme.address, sme.postcode) == ("1 Fictional Way, Floor 2, Unit 3, Sampletown", "ZZ99 9ZZ")
    assert 'value="Floor 2, Unit 3"' in get(applicant, f"{home}address")


@pytest.mark.parametrize(
    "postcode", ["", "12345", "SW1A 2A", "SW1A 2AAA", "ＳＷ１Ａ ２ＡＡ", "a\x00b", "<b>", "SW1A\u202e2AA", "x" * 500]
)
def test_a_postcode_that_cannot_be_right_is_refused_beside_it_and_the_rest_is_kept(home, sme, applicant, postcode):
    page = post(applicant, f"{home}address", **ADDRESS | {"postcode": postcode})
    assert 'href="#id_postcode"' in page
    assert 'value="1 Fictional Way"' in page
    assert Organisation.objects.get(pk=sme.pk).address == ""


@pytest.mark.parametrize("street", ["\u200b", "\u202eevil", "a\x00b", "x" * 81, ",,,"])
def test_a_line_that_cannot_be_printed_is_refused(home, sme, applicant, street):
    post(applicant, f"{home}address", **ADDRESS | {"street": street})
    assert Organisation.objects.get(pk=sme.pk).address in ("", "Sampletown")


def test_officials_read_it_with_its_history(home, applicant, auditor):
    post(applicant, f"{home}address", **ADDRESS)
    page = get(auditor, home)
    assert "Organisation address changed" in page
    assert "address: nothing → 1 Fictional Way, Sampletown" in page
    assert f"{home}address" not in page


def test_nobody_else_knows_it(home, stranger, newcomer):
    for user in (stranger, newcomer):
        for path in (home, f"{home}address", f"{home}size"):
            assert signed_in(user).get(path).status_code == 404
        assert signed_in(user).post(f"{home}check").status_code == 404


def test_a_person_of_another_role_reads_it_and_changes_nothing(sme, home):
    mentor = person(Role.MENTOR, sme, "Mel Mentor")
    assert "Enter the address for letters" not in get(mentor, home)
    assert signed_in(mentor).post(f"{home}address", ADDRESS).status_code == 403


def test_the_size_is_shown_with_its_working_before_anything_is_kept(home, applicant, rate):
    page = post(applicant, f"{home}size", **FIGURES | HOLDINGS)
    assert "38 staff + 40 of linked Fictional Holdings = 78." in page
    assert "Breathe Example Ltd is medium" in page
    assert "A euro cost £0.85000 on 31 December 2026 (A test)." in page
    assert SizeDeclaration.objects.count() == 0


def test_a_declared_size_is_the_companys(home, sme, applicant, rate):
    assert "is declared as medium" in post(applicant, f"{home}size", **FIGURES | HOLDINGS, declare="yes")
    kept = SizeDeclaration.objects.get()
    assert (kept.organisation, kept.size, kept.staff, kept.rate) == (sme, "medium", 38, rate)
    assert kept.related[0]["name"] == "Fictional Holdings"
    assert Organisation.objects.get(pk=sme.pk).size == Size.MEDIUM
    assert "worked out from its figures" in get(applicant, home)


def test_what_was_declared_stands_in_the_boxes_next_time(home, applicant, rate):
    post(applicant, f"{home}size", **FIGURES | HOLDINGS, declare="yes")
    page = get(applicant, f"{home}size")
    for text in ('value="38"', 'value="4000000"', 'value="Fictional Holdings"', "Enterprise 3"):
        assert text in page


def test_a_company_that_has_grown_large_is_a_large_company_and_back_again(home, sme, applicant, rate):
    post(applicant, f"{home}size", **FIGURES | {"staff": "250"}, declare="yes")
    assert Organisation.objects.get(pk=sme.pk).kind == OrganisationKind.LARGE_COMPANY
    post(applicant, f"{home}size", **FIGURES, declare="yes")
    assert Organisation.objects.get(pk=sme.pk).kind == OrganisationKind.SME


@pytest.mark.parametrize(
    ("field", "value"),
    [(f, v) for f in ("staff", "turnover", "balance", "e-0-share", "e-0-staff", "e-0-turnover")
     for v in ("", "-1", "1e15", "1000000000000000", "NaN", "Infinity", "1.123456789012", "x", "a\x00b", "²")]
    + [("year_end_year", v) for v in ("", "2027", "2020", "99999", "x", "0")]
    + [("e-0-name", v) for v in ("", "a\x00b", "\u202eevil", "x" * 161)],
)  # fmt: skip
def test_a_figure_that_cannot_be_right_is_refused_and_the_rest_is_kept(home, applicant, rate, field, value):
    page = post(applicant, f"{home}size", **FIGURES | HOLDINGS | {field: value}, declare="yes")
    assert "There is a problem" in page
    assert 'value="01234567"' in page
    assert SizeDeclaration.objects.count() == 0


def test_rows_left_blank_are_no_enterprises_whatever_the_page_claims(home, applicant, rate):
    claims = {"e-TOTAL_FORMS": "99999999", "e-INITIAL_FORMS": "x", "e-49-name": ""}
    post(applicant, f"{home}size", **FIGURES | claims, declare="yes")
    assert SizeDeclaration.objects.get().related == []


def test_another_ceiling_sets_the_percentage_of_open_bids_back_and_says_so(home, competition, sme, applicant, rate):
    bid = ready(competition, sme, applicant)
    page = post(applicant, f"{home}size", **FIGURES | HOLDINGS, declare="yes")
    assert f"{bid.reference}: the percentage asked is back to 0" in page
    part = lead_partner(bid)
    assert (part.size, part.percent, part.grant_pounds) == (Size.MEDIUM, 0, 0)


def test_the_same_ceiling_leaves_the_percentage_alone(home, competition, sme, applicant, rate):
    bid = ready(competition, sme, applicant)
    page = post(applicant, f"{home}size", **FIGURES | {"staff": "3", "turnover": "1"}, declare="yes")
    assert "back to 0" not in page
    assert (lead_partner(bid).size, lead_partner(bid).percent) == (Size.MICRO, 70)


def test_a_submitted_bid_keeps_the_size_it_was_submitted_with(home, submitted_bid, applicant, rate):
    post(applicant, f"{home}size", **FIGURES | HOLDINGS, declare="yes")
    assert (lead_partner(submitted_bid).size, lead_partner(submitted_bid).percent) == (Size.SMALL, 70)


def test_the_lead_is_told_when_a_partners_size_changes(competition, sme, applicant, stranger, rate):
    other = stranger.held[0].organisation
    bid = draft(competition, sme, applicant)
    part = actions.add_partner(bid=bid, organisation=other, by=applicant, at=NOW)
    part = actions.set_costs(partner=part, lines=[], by=applicant, at=NOW)
    actions.set_funding(partner=part, percent=50, other_public_pounds=0, by=applicant, at=NOW)
    post(stranger, f"/organisations/{other.pk}/size", **FIGURES | HOLDINGS, declare="yes")
    told = Message.objects.get(template="size_changed")
    assert (told.to, Partner.objects.get(pk=part.pk).percent) == (applicant, 0)
    assert other.name in told.subject


def test_a_worked_out_size_is_not_stated_otherwise_in_a_bid(home, competition, sme, applicant, rate):
    bid = draft(competition, sme, applicant)
    post(applicant, f"{home}size", **FIGURES | HOLDINGS, declare="yes")
    page = post(applicant, f"/bids/{bid.reference}/partners/{lead_partner(bid).pk}/size", size="micro")
    assert "was worked out from its figures: medium" in page
    assert lead_partner(bid).size == Size.MEDIUM


def test_a_part_begun_while_the_size_was_declared_is_not_submitted_under_the_old_one(
    home, competition, sme, applicant, rate
):
    bid = ready(competition, sme, applicant)
    post(applicant, f"{home}size", **FIGURES | HOLDINGS, declare="yes")
    Partner.objects.filter(bid=bid).update(size=Size.SMALL)
    missing = [problem.sentence for problem in problems(facts_of(bid), NOW.date())]
    assert "The size of Breathe Example Ltd was worked out since. Save it under its size." in missing
    post(applicant, f"/bids/{bid.reference}/partners/{lead_partner(bid).pk}/size", size="medium")
    assert lead_partner(bid).size == Size.MEDIUM


def test_a_body_that_is_no_business_has_no_size(trust, trust_person):
    assert "is not a business" in post(trust_person, f"/organisations/{trust.pk}/size", **FIGURES, declare="yes")


def test_a_register_confirms_what_was_typed(registers, newcomer):
    typed = organisation(name="Nu Exampel", company_number="98000002", unverified_because="It was away.")
    manager = person(Role.APPLICANT, typed)
    assert "It was away." in get(manager, f"/organisations/{typed.pk}/")
    assert "Its register has answered." in post(manager, f"/organisations/{typed.pk}/check")
    found = Organisation.objects.get(pk=typed.pk)
    assert (found.name, found.is_verified, found.unverified_because) == ("NEW EXAMPLE LTD", True, "")
    assert (found.address, found.postcode, found.checked_at) == ("2 Example Lane, Sampletown", "EX2 2CC", NOW)


def test_a_register_that_does_not_have_it_says_so(registers, home, sme, applicant):
    post(applicant, f"{home}check")
    assert "Its register does not have it." in get(applicant, home)


def test_a_register_that_is_away_changes_nothing(registers, home, sme, applicant):
    registers.tell("always 500")
    assert "Try again in a few minutes." in post(applicant, f"{home}check")
    assert Organisation.objects.get(pk=sme.pk).checked_at is None


def test_an_address_of_its_own_outlasts_the_register(registers, rate):
    typed = organisation(name="New", company_number="98000002")
    manager = person(Role.APPLICANT, typed)
    post(manager, f"/organisations/{typed.pk}/address", **ADDRESS)
    post(manager, f"/organisations/{typed.pk}/check")
    assert Organisation.objects.get(pk=typed.pk).address == "1 Fictional Way, Sampletown"


def test_its_people_let_somebody_in(home, sme, applicant, newcomer):
    asked = ask_to_join(organisation=sme, by=newcomer, at=NOW)
    assert "Let Nia New in" in get(applicant, home)
    assert "Nia New can bid for Breathe Example Ltd now." in post(
        applicant, f"{home}requests/{asked.pk}", answer="accept"
    )
    assert newcomer.memberships.get().organisation == sme
    assert Message.objects.get(template="join_answered").to == newcomer


def test_its_people_decline(home, sme, applicant, newcomer):
    asked = ask_to_join(organisation=sme, by=newcomer, at=NOW)
    post(applicant, f"{home}requests/{asked.pk}", answer="decline")
    assert "answered already" in post(applicant, f"{home}requests/{asked.pk}", answer="accept")
    assert (JoinRequest.objects.get().answer, newcomer.memberships.count()) == (JoinAnswer.DECLINED, 0)


def test_nobody_lets_themselves_or_others_into_what_is_not_theirs(home, sme, applicant, newcomer, stranger):
    asked = ask_to_join(organisation=sme, by=newcomer, at=NOW)
    theirs = stranger.held[0].organisation
    for user, path in ((newcomer, home), (stranger, home), (stranger, f"/organisations/{theirs.pk}/")):
        assert signed_in(user).post(f"{path}requests/{asked.pk}", {"answer": "accept"}).status_code == 404
    assert JoinRequest.objects.get().answer == JoinAnswer.WAITING


def test_officials_find_what_no_register_has_confirmed(auditor, sme):
    organisation(name="Seen Example Ltd", is_verified=True)
    page = get(auditor, "/organisations/?typed=on")
    assert "Breathe Example Ltd" in page
    assert "Seen Example Ltd" not in page
    assert "Seen Example Ltd" in get(auditor, "/organisations/?q=seen+ex")


def test_people_see_their_own_only(applicant, stranger):
    assert stranger.held[0].organisation.name not in get(applicant, "/organisations/")


def test_lists_ask_the_same_however_long(auditor, applicant, home):
    ours = applicant.held[0].organisation
    counts = [(queries_of(auditor, "organisations"), queries_of(auditor, "organisation", ours.pk))]
    for _ in range(2):
        organisation()
        person(Role.APPLICANT, ours)
    counts.append((queries_of(auditor, "organisations"), queries_of(auditor, "organisation", ours.pk)))
    assert counts[0] == counts[1]
