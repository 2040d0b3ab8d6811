"""Interests are matched to parties by organisation, company number and plain name."""

import pytest

from assessments.conflicts import Found, Party, find_blocks, match, plain_name
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
    party = Party(1, "the lead", "Breathe Ltd", organisation_id=7, company_number="01234567")
    interest = Party(2, "Shareholding", "BREATHE LIMITED", organisation_id=7, company_number="01234567")
    assert match([party], [interest, interest]) == [
        Found(1, 2, "Shareholding in BREATHE LIMITED: the lead, by the organisation")
    ]


@pytest.mark.parametrize(
    ("interest", "by"),
    [
        (Party(2, "Employer", "Anything", company_number="01234567"), "company number"),
        (Party(2, "Employer", "breathe limited"), "name"),
    ],
)
def test_number_and_name_are_enough(interest, by):
    party = Party(1, "a partner", "Breathe Ltd", organisation_id=7, company_number="01234567")
    assert [f.because for f in match([party], [interest])] == [f"Employer in {interest.name}: a partner, by {by}"]


def test_empty_keys_match_nobody():
    assert match([Party(1, "the lead", "")], [Party(2, "Employer", "")]) == []


@pytest.mark.django_db
def test_the_network_of_an_assessor_is_an_interest(competition, network):
    bid, who = submitted_bid(competition, network), assessor(network)
    assert find_blocks([bid]) == [
        Found(bid.pk, who.pk, "Member of a network in Fictional AHSN: the lead, by the organisation")
    ]


@pytest.mark.django_db
def test_the_roles_that_an_assessor_holds_are_interests(competition, sme, applicant):
    from assessments.actions import register_assessor
    from tests.cast import NOW

    who = register_assessor(user=applicant, network=None, types=["lay"], capacity=1, by=None, at=NOW)
    bid = submitted_bid(competition, sme)
    assert find_blocks([bid]) == [Found(bid.pk, who.pk, "Role in Breathe Example Ltd: the lead, by the organisation")]


@pytest.mark.django_db
@pytest.mark.parametrize("size", [1, 3])
def test_eight_queries_whatever_the_size(competition, size, django_assert_num_queries):
    bids = [submitted_bid(competition) for _ in range(size)]
    everybody = [assessor() for _ in range(size)]
    with django_assert_num_queries(8):
        assert find_blocks(bids, everybody) == []
