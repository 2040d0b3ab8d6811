"""Duplicates are found for all sources at once, as they are found for one."""

from html import unescape

import pytest

from awards import match_desk
from bids.models import MatchSource
from bids.queries import same_money
from tests.cast_awards import prove, won_bid
from tests.cast_bids import evidence
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db


def source_of(bid) -> MatchSource:
    return MatchSource.objects.get(partner__bid=bid)


def found_for(source: MatchSource) -> list[MatchSource]:
    return match_desk.sources(MatchSource.objects.filter(pk=source.pk))[0].same


def test_the_same_pledge_is_found(competition, sme, people):
    one, other = (won_bid(competition, sme, people.applicant) for _ in range(2))
    assert found_for(source_of(one)) == [source_of(other)] == list(same_money(source_of(one)))


def test_the_same_file_is_found(competition, sme, people, bid, consortium):
    one, other = source_of(bid), MatchSource.objects.filter(partner__bid=consortium).first()
    assert found_for(one) == []
    for source in (one, other):
        evidence(source, people.applicant, "one statement for both")
    assert found_for(one) == [other] == list(same_money(one))


def test_a_spelling_in_other_letters_is_the_same_pledge(competition, sme, people):
    one, other = (won_bid(competition, sme, people.applicant) for _ in range(2))
    MatchSource.objects.filter(pk=source_of(other).pk).update(funder="BREATHE EXAMPLE LTD")
    assert found_for(source_of(one)) == [source_of(other)] == list(same_money(source_of(one)))


def page(user, award) -> str:
    answer = signed_in(user).get(f"/awards/{award.reference}/match")
    return " ".join(unescape(answer.content.decode()).split())


def test_its_applicant_reads_no_name_and_no_note_of_finance_and_finds_where_to_declare_more(award, people):
    source = prove(MatchSource.objects.get(), people, pounds=17_000)
    MatchSource.objects.update(reason="The same account as in B000099.")
    told, add = page(people.applicant, award), f"/partners/{source.partner_id}/match/add"
    assert ("The department, " in told, add in told) == (True, True)
    assert [word for word in (str(people.finance_officer), "B000099") if word in told] == []
    assert "The same account as in B000099." in page(people.fund_manager, award)


def test_many_sources_cost_as_much_as_one(competition, sme, people, bid, django_assert_num_queries):
    evidence(source_of(bid), people.applicant)
    with django_assert_num_queries(4):
        assert len(match_desk.sources(MatchSource.objects.all())) == 1
    for _ in range(2):
        evidence(source_of(won_bid(competition, sme, people.applicant)), people.applicant)
    with django_assert_num_queries(4):
        assert len(match_desk.sources(MatchSource.objects.all())) == 3
