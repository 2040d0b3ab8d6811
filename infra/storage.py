"""Objects on S3: put once under a key that never changes, read back, hand out short links."""

import base64
import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, BinaryIO
from urllib.parse import quote

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

_ONE_PIECE_AT_A_TIME = TransferConfig(use_threads=False)


class StorageAway(Exception):
    """S3 does not answer, or answers with a failure; try again later."""


class StoredDiffers(Exception):
    """Under this key lie other bytes than ours: somebody has to look."""


@dataclass(frozen=True)
class StoredObject:
    """Where an object lies and what it is."""

    key: str
    sha256: str
    bytes: int
    version_id: str


@cache
def client() -> Any:
    """Return the S3 client of this process."""
    return boto3.client(
        "s3",
        **settings.S3,
        config=Config(
            signature_version="s3v4",
            connect_timeout=3,
            read_timeout=settings.S3_WAIT_SECONDS,
            retries={"total_max_attempts": 3, "mode": "standard"},
        ),
    )


def put_once(bucket: str, key: str, body: bytes, content_type: str, retain: bool) -> StoredObject:
    """Store `body` under `key` unless it is there already; the same bytes again change nothing.

    Args:
        retain: lock the object for S3_RETENTION_DAYS, so that nobody can overwrite or delete it.

    Raises:
        StorageAway: S3 cannot be reached or fails.
        StoredDiffers: other bytes lie under the key.
    """
    sha256 = hashlib.sha256(body)
    checksum = base64.b64encode(sha256.digest()).decode()
    lock: dict[str, Any] = {}
    if retain:
        until = dt.datetime.now(dt.UTC) + dt.timedelta(days=settings.S3_RETENTION_DAYS)
        lock = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": until}
    try:
        answer = client().put_object(
            Bucket=bucket, Key=key, Body=body, ContentType=content_type, IfNoneMatch="*",
            ChecksumAlgorithm="SHA256", ChecksumSHA256=checksum,
            ServerSideEncryption="AES256",
            Metadata={"sha256": sha256.hexdigest()}, **lock,
        )  # fmt: skip
        if _says(answer, body, checksum):
            return StoredObject(key, sha256.hexdigest(), len(body), answer.get("VersionId", ""))
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] not in (409, 412):
            raise StorageAway(str(error)) from error
    except BotoCoreError as error:
        raise StorageAway(str(error)) from error
    return _already_there(bucket, key, sha256.hexdigest(), len(body))


def _says(answer: dict[str, Any], body: bytes, checksum: str) -> bool:
    """Tell whether S3 says that it stored these very bytes; under its own key an ETag is their MD5."""
    tag = hashlib.md5(body, usedforsecurity=False).hexdigest()
    return answer.get("ChecksumSHA256", checksum) == checksum and answer.get("ETag", "").strip('"') == tag


def _already_there(bucket: str, key: str, sha256: str, size: int) -> StoredObject:
    """Return the object that lies under `key` when, read back whole, it is ours."""
    try:
        there = client().get_object(Bucket=bucket, Key=key)
        read = hashlib.sha256(there["Body"].read()).hexdigest()
    except (ClientError, BotoCoreError) as error:
        raise StorageAway(str(error)) from error
    if read != sha256:
        raise StoredDiffers(f"{bucket}/{key} holds other bytes than ours.")
    return StoredObject(key, sha256, size, there.get("VersionId", ""))


def put_file(bucket: str, key: str, body: BinaryIO, content_type: str) -> None:
    """Stream a file to S3 without holding it in memory.

    Raises:
        StorageAway: S3 cannot be reached or fails.
    """
    try:
        client().upload_fileobj(
            body, bucket, key, ExtraArgs={"ContentType": content_type, "ServerSideEncryption": "AES256"},
            Config=_ONE_PIECE_AT_A_TIME,
        )  # fmt: skip
    except (ClientError, BotoCoreError) as error:
        raise StorageAway(str(error)) from error


def get(bucket: str, key: str, version_id: str = "") -> bytes:
    """Return the bytes under `key`: those of one version, which nobody can put others over, or else the newest.

    Raises:
        StorageAway: S3 cannot be reached, or there is no such object.
    """
    try:
        return client().get_object(Bucket=bucket, Key=key, **_of(version_id))["Body"].read()
    except (ClientError, BotoCoreError) as error:
        raise StorageAway(str(error)) from error


def chunks(bucket: str, key: str, size: int = 1 << 20) -> Iterator[bytes]:
    """Yield the bytes under `key` in chunks, which are never held together.

    Raises:
        StorageAway: S3 cannot be reached, or there is no such object.
    """
    try:
        yield from client().get_object(Bucket=bucket, Key=key)["Body"].iter_chunks(size)
    except (ClientError, BotoCoreError) as error:
        raise StorageAway(str(error)) from error


def link(bucket: str, key: str, filename: str, version_id: str = "") -> str:
    """Return an address that serves the object, or one version of it, as a download named `filename` for a minute."""
    return client().generate_presigned_url(
        "get_object",
        Params={
            "Bucket": bucket,
            "Key": key,
            "ResponseContentDisposition": f"attachment; filename*=UTF-8''{quote(filename)}",
            **_of(version_id),
        },
        ExpiresIn=settings.S3_LINK_SECONDS,
    )


def _of(version_id: str) -> dict[str, str]:
    return {"VersionId": version_id} if version_id else {}


def exists(bucket: str, key: str) -> bool:
    """Tell whether an object lies under `key`.

    Raises:
        StorageAway: S3 cannot be reached or fails.
    """
    try:
        client().head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
            return False
        raise StorageAway(str(error)) from error
    except BotoCoreError as error:
        raise StorageAway(str(error)) from error
    return True
