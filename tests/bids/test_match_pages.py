"""Pages of match funding: coverage, reasons, the calendar of money, and the same money cited twice."""

import datetime as dt
from html import unescape

import pytest
from django.urls import reverse

from accounts.states import Role
from bids import actions, overview, pledges, queries
from bids.models import Bid, Document, MatchSource
from bids.overview import Coverage
from tests.cast import NOW, organisation, person
from tests.cast_bids import draft, evidence, lead_partner, pdf, pledge, ready, submitted
from tests.object_store import store, store_of_the_session  # noqa: F401 - fixtures
from tests.signing_in import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store", "noon")]


@pytest.fixture
def part(competition, sme, applicant):
    """The lead's part of a draft that needs £18,000 of match funding and has pledged it."""
    return lead_partner(ready(competition, sme, applicant))


def page(user, part) -> str:
    answer = signed_in(user).get(reverse("bid_match", args=[part.bid.reference, part.pk]))
    return " ".join(unescape(answer.content.decode()).split())


def infected(source, by) -> Document:
    facts = {"file": pdf("bad"), "filename": "bad.pdf", "kind": "match_evidence", "dated_on": NOW.date()}
    document = actions.attach_document(bid=source.partner.bid, source=source, by=by, at=NOW, **facts)
    actions.give_evidence(source=source, document=document, by=by, at=NOW)
    return actions.record_scan(document=document, clean=False, at=NOW)


@pytest.mark.parametrize(
    ("coverage", "parts"),
    [
        (Coverage(100, 0, 0, 0), [0, 0, 0, 100]),
        (Coverage(100, 80, 50, 20), [20, 30, 30, 20]),
        (Coverage(100, 500, 300, 200), [100, 0, 0, 0]),
        (Coverage(0, 10, 10, 10), [0, 0, 0, 0]),
    ],
)
def test_the_bar_adds_up_to_what_is_required(coverage, parts):
    assert [pence for _, pence, _ in coverage.parts] == [100 * pounds for pounds in parts]


def test_what_one_partner_has_too_much_of_does_not_help_another():
    assert Coverage(100, 150, 150, 0) + Coverage(100, 20, 0, 0) == Coverage(200, 120, 100, 0)


def test_of_a_source_verified_in_part_the_rest_is_missing(part):
    source = MatchSource(pk=part.match_sources.get().pk, state="verified", amount_pounds=18_000, verified_pounds=17_000)
    assert overview.coverage(part, [source]) == Coverage(18_000, 17_000, 17_000, 17_000)


def test_evidence_with_a_virus_is_not_counted(part, applicant):
    infected(part.match_sources.get(), applicant)
    assert overview.coverage(part, overview.sources_of(part)) == Coverage(18_000, 18_000, 0, 0)


def test_infected_evidence_is_removed_on_the_page(part, applicant):
    document = infected(part.match_sources.get(), applicant)
    path = reverse("bid_document_remove", args=[part.bid.reference, document.pk])
    answer = signed_in(applicant).post(path, follow=True)
    assert "bad.pdf is removed." in unescape(answer.content.decode())
    assert part.match_sources.get().state == "declared"


@pytest.mark.parametrize(
    ("deed", "words"),
    [
        (actions.query_match, "Finance asks for more evidence: The name is cut off."),
        (actions.reject_match, "It does not count as match funding: The name is cut off."),
    ],
)
def test_a_state_comes_with_its_reason(part, applicant, finance_officer, deed, words):
    source = part.match_sources.get()
    evidence(source, applicant)
    actions.submit(bid=part.bid, by=applicant, at=NOW, first_contact=NOW, key="k")
    deed(source=source, reason="The name is cut off.", by=finance_officer, role=Role.FINANCE_OFFICER, at=NOW)
    assert words in page(applicant, part)


def test_the_calendar_shows_where_money_is_missing(part, applicant):
    actions.drop_match(source=part.match_sources.get(), by=applicant, at=NOW)
    pledge(part, applicant, 18_000, kind="loan", funder="Kite", available_on=dt.date(2027, 7, 1))
    assert 'June 2027</th> <td class="num">£1,500</td> <td class="num">£0</td> <td class="num">£1,500' in page(
        applicant, part
    )


def test_without_a_start_the_page_asks_for_it(competition, sme, applicant):
    part = lead_partner(draft(competition, sme, applicant))
    assert "Add a source" in page(applicant, part)


def test_the_same_pledge_in_two_own_bids_is_flagged(part, competition, sme, applicant):
    other = lead_partner(ready(competition, sme, applicant, "Another test"))
    assert (
        f"The same pledge or the same file is also given for Own reserves from {sme.name} in {other.bid.reference}"
        in (page(applicant, part))
    )


def test_the_bids_of_others_are_never_told_of(part, competition, applicant):
    rival = organisation("sme", "Rival Example Ltd")
    other = lead_partner(draft(competition, rival, person(Role.APPLICANT, rival)))
    facts = {"kind": "equity", "funder": "Kite Ventures"}
    mine = pledge(part, applicant, 500, **facts)
    pledge(other, other.bid.created_by, 500, **facts)
    assert [s.partner.bid_id for s in pledges.cited_twice([mine])[mine.pk]] == [other.bid_id]
    assert pledges.cited_in_own_bids([mine], applicant) == {mine.pk: []}
    assert "also given for" not in page(applicant, part)


@pytest.mark.parametrize("count", [1, 3])
def test_flags_cost_the_same_for_one_source_and_three(part, applicant, count, django_assert_num_queries):
    for i in range(count):
        evidence(pledge(part, applicant, 100 + i, kind="equity", funder=f"Kite {i}"), applicant)
    sources = overview.sources_of(part)
    with django_assert_num_queries(2):
        pledges.cited_twice(sources)


@pytest.mark.parametrize("partners", [0, 2])
def test_the_page_of_the_project_costs_the_same_for_one_and_three(part, applicant, partners, django_assert_num_queries):
    for _ in range(partners):
        actions.add_partner(bid=part.bid, organisation=organisation("nhs_body"), by=applicant, at=NOW)
    bid = Bid.objects.select_related("competition").get(pk=part.bid_id)
    with django_assert_num_queries(3):
        assert len(pledges.of_project(bid)) == partners + 1


def test_the_project_shows_every_partner(part, applicant):
    actions.add_partner(bid=part.bid, organisation=organisation("nhs_body", "St Elsewhere"), by=applicant, at=NOW)
    text = unescape(signed_in(applicant).get(reverse("bid_match_project", args=[part.bid.reference])).content.decode())
    assert "Evidence given £0" in text
    assert "Declared £18,000" in text
    assert "St Elsewhere" in text


def test_a_kind_that_the_competition_does_not_take_is_not_offered(part, applicant):
    answer = signed_in(applicant).get(reverse("bid_match_add", args=[part.bid.reference, part.pk]))
    assert 'value="in_kind"' not in answer.content.decode()


def test_bank_statements_of_the_lead_are_not_opened_by_a_partner(part, applicant, trust, trust_person):
    document = evidence(part.match_sources.get(), applicant)
    actions.add_partner(bid=part.bid, organisation=trust, by=applicant, at=NOW)
    path = reverse("bid_document", args=[part.bid.reference, document.pk])
    assert [signed_in(user).get(path).status_code for user in (applicant, trust_person)] == [302, 404]


def test_a_bank_statement_that_has_grown_old_stops_a_bid(part, applicant):
    evidence(part.match_sources.get(), applicant)
    old = NOW + dt.timedelta(days=80)
    assert [p.section for p in queries.problems(part.bid, old.date())] == ["match"]


def test_officials_see_where_the_same_money_is_cited(part, competition, sme, applicant):
    actions.submit(bid=part.bid, by=applicant, at=NOW, first_contact=NOW, key="k")
    other = submitted(competition, sme, applicant, "Another test")
    drafted = lead_partner(ready(competition, sme, applicant, "A third test"))
    content = queries.standing_content(part.bid)
    assert [(f.source.partner_id, f.places) for f in pledges.flags(part.bid, content)] == [
        (part.pk, [f"{other.reference} ({sme.name}, declared)", "a bid that is not submitted"])
    ]
    assert drafted.match_sources.count() == 1


def test_officials_are_not_told_of_pledges_made_after_submission(part, applicant):
    actions.submit(bid=part.bid, by=applicant, at=NOW, first_contact=NOW, key="k")
    content = queries.standing_content(part.bid)
    for _ in range(2):
        pledge(part, applicant, 7, kind="loan", funder="Kite")
    assert pledges.flags(part.bid, content) == []
