"""Rows read in plain SQL are the models that a query set gives."""

import datetime as dt

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from bids.models import Answer, CostLine, Partner
from funds.models import Question
from infra.rows import bring, rows
from infra.sessions import SessionStore
from tests.cast_bids import LABOUR, draft, lead_partner, ready

pytestmark = pytest.mark.django_db


def fields(row) -> dict:
    return {name: value for name, value in vars(row).items() if not name.startswith("_")}


@pytest.fixture
def bid(competition, sme, applicant):
    return ready(competition, sme, applicant)


def test_they_hold_what_a_query_set_reads(bid):
    found = [line for (line,) in rows("SELECT {x} FROM bids_costline x", {}, x=CostLine)]
    assert [fields(line) for line in found] == [fields(line) for line in CostLine.objects.all()]
    assert found[0].inputs == LABOUR["inputs"]


def test_a_join_that_finds_nothing_gives_none(competition, sme, applicant):
    bid = draft(competition, sme, applicant)
    joined = "SELECT {q}, {a} FROM funds_question q LEFT JOIN bids_answer a ON a.bid_id = %(bid)s ORDER BY q.position"
    found = rows(joined, {"bid": bid.pk}, q=Question, a=Answer)
    assert found == [(question, None) for question in competition.questions.order_by("position")]


def test_further_columns_follow(bid):
    part = lead_partner(bid)
    assert rows("SELECT {p}, 2 + 3 FROM bids_partner p", {}, p=Partner) == [(part, 5)]


def test_a_row_can_be_saved(bid):
    [(part,)] = rows("SELECT {p} FROM bids_partner p", {}, p=Partner)
    part.size = "micro"
    part.save(update_fields=["size"])
    assert Partner.objects.get().size == "micro"


def test_what_is_brought_along_takes_no_query(bid, django_assert_num_queries):
    parts, lines = list(Partner.objects.all()), list(CostLine.objects.all())
    bring(parts, "cost_lines", lines)
    with django_assert_num_queries(0):
        assert [list(p.cost_lines.all()) for p in parts] == [lines]
        assert lines[0].partner is parts[0]


def test_nobody_has_a_session_that_is_over(db):
    store = SessionStore()
    store["name"] = "value"
    store.save()
    assert SessionStore(store.session_key).load() == {"name": "value"}
    Session.objects.update(expire_date=timezone.now() - dt.timedelta(seconds=1))
    assert SessionStore(store.session_key).load() == {}
