"""Whether this process can do its work: for load balancers and for people on call."""

import datetime as dt
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.db import DatabaseError, connection

WORKER_SILENT_AFTER = dt.timedelta(minutes=2)


@cache
def _client() -> Any:
    """Return an S3 client that gives up at once: a health page must answer quickly."""
    config = Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 1})
    return boto3.client("s3", **settings.S3, config=config)


def database_answers() -> bool:
    """Tell whether the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return cursor.fetchone() == (1,)
    except DatabaseError:
        return False


def storage_answers() -> bool:
    """Tell whether S3 answers and the bucket of letters is there."""
    try:
        _client().head_bucket(Bucket=settings.S3_LETTERS_BUCKET)
    except (ClientError, BotoCoreError):
        return False
    return True


def worker_heartbeat() -> dt.datetime | None:
    """Return when a worker last said that it lives, or None."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT max(last_heartbeat) FROM procrastinate_workers")
            return cursor.fetchone()[0]
    except DatabaseError:
        return None


def report(at: dt.datetime) -> dict[str, Any]:
    """Return the state of each part: away when pages cannot be served, degraded when only later work waits."""
    database, storage = database_answers(), storage_answers()
    heartbeat = worker_heartbeat() if database else None
    worker = heartbeat is not None and at - heartbeat < WORKER_SILENT_AFTER
    status = "ok" if database and storage and worker else "degraded" if database and storage else "away"
    return {
        "status": status,
        "database": database,
        "storage": storage,
        "worker": worker,
        "worker_heartbeat_at": heartbeat.isoformat() if heartbeat else None,
    }
