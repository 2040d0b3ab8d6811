"""What the public sees of competitions."""

import datetime as dt

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from lxml import html

from accounts.states import Role
from funds import actions, ledger
from funds.models import Competition, Question, Strand
from funds.states import EnvelopeKind
from tests.cast import NOW
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db


def values(model: type[Model], pk: int) -> dict:
    """Return what a row holds, for one more like it."""
    return {k: v for k, v in model.objects.values().get(pk=pk).items() if k not in ("id", "state", "content_sha256")}


@pytest.fixture
def another(competition, fund_manager, second_manager):
    """Return a function that publishes one more competition like the first."""

    def make(number: int, opens_at: dt.datetime = NOW - dt.timedelta(days=1)) -> Competition:
        pot = ledger.open_envelope(stream=competition.stream, kind=EnvelopeKind.POT)
        own = {"reference": f"DHTC-T-{number}", "title": f"Round {number}", "pot_id": pot.pk, "opens_at": opens_at}
        made = Competition.objects.create(**values(Competition, pk=competition.pk) | own)
        for part in (Strand, Question):
            one = part.objects.filter(competition=competition).last()
            part.objects.create(**values(part, pk=one.pk) | {"competition_id": made.pk})
        facts = {"competition": made, "role": Role.FUND_MANAGER, "at": NOW - dt.timedelta(days=2)}
        actions.propose_allocation(pence=100_00, reason="More", by=fund_manager, **facts)
        actions.approve_allocation(by=second_manager, **facts)
        actions.propose_publication(by=fund_manager, **facts)
        return actions.publish(by=second_manager, **facts)

    return make


def page(name: str, client: Client | None = None, **key: str) -> html.HtmlElement:
    return html.fromstring((client or Client()).get(reverse(name, kwargs=key)).content)


def cards() -> list[str]:
    return [c.text_content() for c in page("home").xpath("//*[@class='app-cards']//h3")]


def test_an_open_competition_is_shown_with_its_deadline(competition):
    facts = page("home").xpath("//*[@class='app-cards']//dd/text()")
    assert facts == ["28 February 2027, 12:00 GMT", "£500,000", "Digital Health Technology Catalyst"]


def test_a_draft_is_not_shown_to_the_public(draft_competition):
    assert (cards(), Client().get(reverse("competition", args=["DHTC-T-1"])).status_code) == ([], 404)


def test_a_draft_is_shown_to_officials(draft_competition, fund_manager):
    assert signed_in(fund_manager).get(reverse("competition", args=["DHTC-T-1"])).status_code == 200


def test_a_competition_that_opens_later_stands_below(competition, another):
    another(2, opens_at=NOW + dt.timedelta(days=1))
    row = page("home").xpath("//table//tr[td]")[0]
    assert (cards(), row.text_content().split()[-2:]) == (["Test round"], ["Opens", "soon"])


def test_a_page_shows_the_grant_ceilings_of_what_can_be_bid_for(competition):
    table = page("competition", reference="DHTC-T-1").xpath("//table")[1]
    assert [c.text_content() for c in table.xpath(".//tbody//*[self::th or self::td]")] == [
        "Feasibility study", "70%", "70%", "60%", "50%", "100%",
    ]  # fmt: skip


@pytest.mark.parametrize("count", [1, 3])
def test_the_home_page_asks_the_database_once_however_many_there_are(count, another, django_assert_num_queries):
    for number in range(2, count + 1):
        another(number)
    with django_assert_num_queries(1):
        assert len(cards()) == count
