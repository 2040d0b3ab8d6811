"""The timeline is read newest first, page by page."""

import pytest

from audit.queries import timeline
from audit.record import record
from tests.audit.conftest import NOW, deed

pytestmark = pytest.mark.django_db


def test_newest_comes_first():
    ids = [deed().pk for _ in range(3)]
    assert [event.pk for event in timeline()] == ids[::-1]


def test_pages_follow_by_key():
    ids = [deed().pk for _ in range(5)]
    page = timeline(limit=2)
    assert [event.pk for event in timeline(before_id=page[-1].pk, limit=2)] == [ids[2], ids[1]]


def test_filters_narrow():
    deed("bid:B-1")
    wanted = record("bid.opened", "bid:B-2", by=None, at=NOW)
    deed("bid:B-2")
    assert timeline(subject="bid:B-2", verb="bid.opened") == [wanted]
    assert timeline(actor_id=1) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_page_is_one_query(rows, django_assert_num_queries):
    for _ in range(rows):
        deed()
    with django_assert_num_queries(1):
        timeline()
