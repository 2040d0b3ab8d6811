"""The health page tells a load balancer whether to send people here."""

import datetime as dt

import pytest
from django.db import connection

from infra import health

NOW = dt.datetime(2027, 2, 2, 12, tzinfo=dt.UTC)
pytestmark = pytest.mark.django_db


def beat(at: dt.datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [at])


def test_all_is_well_while_a_worker_beats():
    beat(NOW - dt.timedelta(seconds=30))
    assert health.report(NOW)["status"] == "ok"


def test_without_a_worker_pages_are_served_but_letters_wait():
    assert health.report(NOW) == {
        "status": "degraded", "database": True, "storage": True, "worker": False, "worker_heartbeat_at": None,
    }  # fmt: skip


def test_a_worker_that_fell_silent_counts_for_nothing():
    beat(NOW - dt.timedelta(minutes=5))
    assert health.report(NOW)["worker"] is False


def test_without_s3_nobody_is_sent_here(client, settings):
    settings.S3 = settings.S3 | {"endpoint_url": "http://127.0.0.1:9"}
    health._client.cache_clear()
    response = client.get("/health/")
    health._client.cache_clear()
    assert (response.status_code, response.json()["storage"]) == (503, False)
