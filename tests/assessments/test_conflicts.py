"""Interests are matched to parties by organisation, company number and plain name."""

import pytest

from accounts.actions import grant_role
from accounts.models import EuroRate, SizeDeclaration
from accounts.states import Role
from assessments.conflicts import Found, Party, find_blocks, match
from assessments.models import Interest
from assessments.names import looks, person_key, plain_name
from bids.models import MatchSource
from tests.cast import NOW, organisation, person
from tests.cast_assessments import assessor, submitted_bid


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Breathe Example Ltd", "BREATHE EXAMPLE LIMITED"),
        ("Breathe Example Ltd.", "Breathe  Example"),
        ("Smith & Sons PLC", "Smith and Sons public limited company"),
        ("The Breathe-Easy Company (UK) Ltd", "Breathe Easy Co"),
        ("St. Mary’s NHS Foundation Trust", "Saint Marys NHS Trust"),
        ("Société Générale", "Societe Generale"),
        ("Bright L.L.P.", "Bright LLP"),
    ],
)
def test_the_same_name_in_other_clothes(one, other):
    assert plain_name(one) == plain_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Breathe Example", "Breathe Examples"),
        ("Alpha Ltd", "Beta Ltd"),
        ("Limited", "PLC"),
        ("North Bristol", "South Bristol"),
    ],
)
def test_other_names_stay_apart(one, other):
    assert plain_name(one) != plain_name(other)


def test_a_name_of_nothing_else_stays_whole():
    assert plain_name("The Limited") == "the limited"


def test_a_pair_is_found_once_by_its_surest_key():
    party = Party(1, "lead", "Breathe Ltd", organisation_id=7, company_number="01234567")
    interest = Party(2, "shareholding", "BREATHE LIMITED", organisation_id=7, company_number="01234567")
    assert match([party], [interest, interest]) == [
        Found(
            1,
            2,
            "Shareholding in BREATHE LIMITED: the lead, by the organisation",
            kind="shareholding",
            part="lead",
            matched_by="organisation",
        )
    ]


@pytest.mark.parametrize(
    ("interest", "by"),
    [
        (Party(2, "employer", "Anything", company_number="01234567"), "company number"),
        (Party(2, "employer", "breathe limited"), "name"),
    ],
)
def test_number_and_name_are_enough(interest, by):
    party = Party(1, "partner", "Breathe Ltd", organisation_id=7, company_number="01234567")
    assert [f.because for f in match([party], [interest])] == [f"Employer in {interest.name}: a partner, by {by}"]


def test_empty_keys_match_nobody():
    assert match([Party(1, "lead", "")], [Party(2, "employer", "")]) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("University of Leeds", "Leeds University"),
        ("Breathe Easy Ltd", "BreatheEasy"),
        ("Breathe Example Holdings", "Breathe Example Group Ltd"),
        ("Breathe Example", "Breathe Exampel"),
        ("Meditech", "Medtech"),
        ("Wellcome Trust", "Welcome Trust"),
    ],
)
def test_names_much_alike(one, other):
    assert set(looks(plain_name(one))) & set(looks(plain_name(other)))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("North Bristol NHS Trust", "South Bristol NHS Trust"),
        ("Alpha 2 Ltd", "Alpha 3 Ltd"),
        ("Breathe Example", "Breathe Sample"),
        ("Imperial College London", "King’s College London"),
        ("Acme", "Acne"),
        ("Fictional sme 10000001", "Fictional sme 10000002"),
    ],
)
def test_names_that_are_not(one, other):
    assert not set(looks(plain_name(one))) & set(looks(plain_name(other)))


@pytest.mark.parametrize("text", ["Breathe Example Ltd: sensors", "Software by BREATHE-EXAMPLE", "the Breathe Example"])
def test_a_name_is_found_within_what_was_typed(text):
    party = Party(1, "subcontractor", text, is_typed=True)
    assert [f.part for f in match([party], [Party(2, "money", "Breathe Example Limited")])] == ["subcontractor"]


@pytest.mark.parametrize("text", ["We breathe for example here", "Example Breathe sensors for wards"])
def test_other_words_are_no_name(text):
    assert match([Party(1, "subcontractor", text, is_typed=True)], [Party(2, "money", "Breathe Example")]) == []


def test_a_short_word_is_not_looked_for_in_a_text():
    party = Party(1, "match_funder", "A loan of the bank", is_typed=True)
    assert match([party], [Party(2, "money", "Bank")]) == []


def test_a_shared_director_keeps_two_apart():
    party = Party(1, "partner", "Alpha", directors=(("ada example", "1970-05"),))
    interest = Party(2, "employer", "Beta", directors=(("ada example", "1970-05"), ("eve other", "1980-01")))
    assert [f.because for f in match([party], [interest])] == ["Employer in Beta: a partner, by a director"]


def test_a_director_of_another_age_is_somebody_else():
    party = Party(1, "partner", "Alpha", directors=(("ada example", "1970-05"),))
    assert match([party], [Party(2, "employer", "Beta", directors=(("ada example", "1971-05"),))]) == []


def test_an_assessor_who_is_a_director_of_a_party_is_found_without_being_named():
    party = Party(1, "lead", "Alpha", directors=((person_key("Ada Mary EXAMPLE"), "1970-05"),))
    (found,) = match([party], [Party(2, "person", "", person=person_key("Dr Ada Example"))])
    assert (found.kind, found.because) == ("person", "The assessor in person: the lead, by a director")


@pytest.mark.django_db
@pytest.mark.parametrize("of", ["the parent", "a sister"])
def test_a_group_is_found_by_its_linked_enterprises(competition, sme, applicant, of):
    bid, who, sister = submitted_bid(competition, sme), assessor(), organisation(name="Sister Ltd")
    linked(sme, "Parent plc", "12345678")
    linked(sister, "PARENT", "12345678")
    facts = (
        {"organisation_name": "Parent plc"}
        if of == "the parent"
        else {"organisation": sister, "organisation_name": "S"}
    )
    Interest.objects.create(assessor=who, kind="shareholding", declared_at=NOW, **facts)
    assert [f.matched_by for f in find_blocks([bid])] == ["group"]


def linked(company, name, number) -> None:
    """Let a company declare a size for which another enterprise is added whole."""
    related = {"name": name, "identifier": number, "kind": "linked", "share": "80"}
    SizeDeclaration.objects.create(
        organisation=company, year_end=NOW.date(), staff=1, turnover_pounds=1, balance_pounds=1, related=[related],
        rate=EuroRate.objects.get_or_create(on=NOW.date(), pounds_per_euro=1, source="Test")[0], size=company.size,
        working=[], declared_by=person(Role.APPLICANT, company), declared_at=NOW,
    )  # fmt: skip


@pytest.mark.django_db
def test_to_assess_for_the_department_is_no_interest_in_it(competition, department):
    bid, who = submitted_bid(competition), assessor()
    grant_role(user=who.user, organisation=department, role=Role.ASSESSOR, by=None, at=NOW)
    MatchSource.objects.create(
        partner=bid.partners.get(),
        kind="charity",
        funder=department.name,
        amount_pounds=1,
        secured_on=NOW,
        available_on=NOW,
    )
    assert find_blocks([bid]) == []


@pytest.mark.django_db
def test_the_network_of_an_assessor_is_an_interest(competition, network):
    bid = submitted_bid(competition, network)
    assessor(network)
    assert [f.because for f in find_blocks([bid])] == [
        "Member of a network in Fictional AHSN: the lead, by the organisation"
    ]


@pytest.mark.django_db
def test_the_roles_that_an_assessor_holds_are_interests(competition, sme, applicant):
    from assessments.actions import register_assessor

    who = register_assessor(user=applicant, network=None, types=["lay"], capacity=1, by=None, at=NOW)
    bid = submitted_bid(competition, sme)
    (found,) = find_blocks([bid])
    assert (found.assessor_id, found.kind, found.because) == (
        who.pk, "role", "Role in Breathe Example Ltd: the lead, by the organisation",
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("size", [1, 3])
def test_ten_queries_whatever_the_size(competition, size, django_assert_num_queries):
    bids = [submitted_bid(competition) for _ in range(size)]
    everybody = [assessor() for _ in range(size)]
    with django_assert_num_queries(10):
        assert find_blocks(bids, everybody) == []
