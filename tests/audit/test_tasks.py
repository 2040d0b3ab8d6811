"""Heads are published outside the database, once each, under retention."""

import uuid

import pytest

from audit.lines import seal_line
from audit.models import Seal
from audit.sealing import close_block
from audit.tasks import head_key, publish_heads, seal_and_publish
from infra.storage import client, exists, get, put_once
from tests.audit.conftest import deed

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def bucket(settings):
    settings.S3_RECORD_BUCKET = f"record-{uuid.uuid4()}"
    place = {"LocationConstraint": settings.S3["region_name"]}
    client().create_bucket(
        Bucket=settings.S3_RECORD_BUCKET, CreateBucketConfiguration=place, ObjectLockEnabledForBucket=True
    )
    return settings.S3_RECORD_BUCKET


def run(now) -> list[int]:
    return seal_and_publish(now, put=put_once, exists=exists)


def test_new_events_are_sealed_and_their_head_published(now, bucket):
    deed()
    assert run(now) == [1]
    assert get(bucket, "heads/0000000001.json") == seal_line(Seal.objects.get()) + b"\n"


def test_head_is_kept_under_retention(now, bucket):
    deed()
    run(now)
    assert client().head_object(Bucket=bucket, Key=head_key(1))["ObjectLockMode"] == "COMPLIANCE"


def test_nothing_new_publishes_nothing(now, bucket):
    assert [run(now), run(now)] == [[], []]


def test_run_again_publishes_nothing_twice(now, bucket):
    deed()
    assert [run(now), run(now)] == [[1], []]
    assert len(client().list_object_versions(Bucket=bucket)["Versions"]) == 1


def test_seals_of_an_outage_are_made_up_for_in_order(now, bucket):
    for _ in range(3):
        deed()
        close_block(now)
    put_once(bucket, head_key(1), seal_line(Seal.objects.get(number=1)) + b"\n", "application/json", True)
    assert publish_heads(put=put_once, exists=exists) == [2, 3]


def test_busy_record_still_publishes_what_is_sealed(now, bucket, held_deed):
    deed()
    close_block(now)
    with held_deed():
        assert run(now) == [1]
