"""The local S3 server keeps the promises that letters and the published record rest on, also across kill -9."""

import datetime
import io
import signal
import socket
import subprocess
import sys
import time
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from http.client import HTTPConnection
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from infra.machine.s3 import HEALTH, LETTERS, RECORD, REGION, UPLOADS

IN_TEN_YEARS = datetime.datetime(2036, 11, 22, tzinfo=datetime.UTC)


class Bucketeer:
    """Run one server in a directory of its own, to be killed and started at will."""

    def __init__(self, directory):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.directory = directory
        self.client = boto3.client(
            "s3", endpoint_url=f"http://127.0.0.1:{self.port}", region_name=REGION, aws_access_key_id="a",
            aws_secret_access_key="b", config=Config(retries={"total_max_attempts": 1}, max_pool_connections=16),
        )  # fmt: skip
        self.start()

    def start(self):
        command = [sys.executable, "-m", "infra.machine.s3_server", str(self.directory), str(self.port), "health"]
        self.process = subprocess.Popen(command)
        while True:
            try:
                self.client.list_buckets()
                return
            except BotoCoreError:
                assert self.process.poll() is None
                time.sleep(0.05)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def again(self):
        self.kill()
        self.start()

    def everything(self):
        """List each version of each object and each deletion, with its instant."""
        pages = [self.client.list_object_versions(Bucket=bucket) for bucket in (LETTERS, UPLOADS, RECORD)]
        return [page.get(kind) for page in pages for kind in ("Versions", "DeleteMarkers")]


@pytest.fixture(scope="module")
def s3(tmp_path_factory):
    server = Bucketeer(tmp_path_factory.mktemp("s3"))
    yield server
    server.kill()
    server.client.close()


def refusal(deed, **details):
    with pytest.raises(ClientError) as refused:
        deed(**details)
    return refused.value.response["Error"]["Code"]


@pytest.mark.parametrize(("seconds", "answer"), [(60, 200), (-1, 403)])
def test_a_presigned_address_holds_as_long_as_it_says(s3, seconds, answer):
    s3.client.put_object(Bucket=UPLOADS, Key="signed", Body=b"x")
    what = {"Params": {"Bucket": UPLOADS, "Key": "signed"}, "ExpiresIn": seconds}
    address = urlsplit(s3.client.generate_presigned_url("get_object", **what))
    connection = HTTPConnection("127.0.0.1", s3.port)
    connection.request("GET", f"{address.path}?{address.query}")
    assert connection.getresponse().status == answer


def test_the_three_buckets_are_versioned(s3):
    kept = {bucket: s3.client.get_bucket_versioning(Bucket=bucket)["Status"] for bucket in (LETTERS, UPLOADS, RECORD)}
    assert kept == {LETTERS: "Enabled", UPLOADS: "Enabled", RECORD: "Enabled"}


@pytest.mark.parametrize("bucket", [LETTERS, RECORD])
def test_letters_and_the_record_can_be_locked(s3, bucket):
    answer = s3.client.get_object_lock_configuration(Bucket=bucket)
    assert answer["ObjectLockConfiguration"] == {"ObjectLockEnabled": "Enabled"}


def test_uploads_cannot_be_locked(s3):
    assert refusal(s3.client.get_object_lock_configuration, Bucket=UPLOADS) == "ObjectLockConfigurationNotFoundError"


def test_an_object_has_its_bytes_and_version_after_a_kill(s3):
    version = s3.client.put_object(Bucket=LETTERS, Key="kept", Body=b"Dear all", Metadata={"a_b": "c"})["VersionId"]
    s3.again()
    found = s3.client.get_object(Bucket=LETTERS, Key="kept")
    assert (found["Body"].read(), found["VersionId"], found["Metadata"]) == (b"Dear all", version, {"a_b": "c"})


def test_every_version_and_deletion_comes_back_as_it_was(s3):
    for body in (b"1", b"2"):
        s3.client.put_object(Bucket=UPLOADS, Key="ŵ and space/+.pdf", Body=body)
    s3.client.delete_object(Bucket=UPLOADS, Key="ŵ and space/+.pdf")
    before = s3.everything()
    s3.again()
    assert s3.everything() == before


def test_a_large_file_sent_in_parts_comes_back(s3):
    s3.client.upload_fileobj(io.BytesIO(b"z" * 9_000_000), UPLOADS, "large")
    before = s3.client.head_object(Bucket=UPLOADS, Key="large")["VersionId"]
    s3.again()
    found = s3.client.get_object(Bucket=UPLOADS, Key="large")
    assert (sha256(found["Body"].read()).digest(), found["VersionId"]) == (sha256(b"z" * 9_000_000).digest(), before)


def test_parts_sent_before_a_kill_can_be_joined_after_it(s3):
    where = {"Bucket": UPLOADS, "Key": "parts"}
    upload = s3.client.create_multipart_upload(**where)["UploadId"]
    tag = s3.client.upload_part(**where, UploadId=upload, PartNumber=1, Body=b"part")["ETag"]
    s3.again()
    parts = {"Parts": [{"PartNumber": 1, "ETag": tag}]}
    s3.client.complete_multipart_upload(**where, UploadId=upload, MultipartUpload=parts)
    assert s3.client.get_object(**where)["Body"].read() == b"part"


def test_a_locked_version_cannot_be_deleted_even_after_a_kill(s3):
    where = {"Bucket": LETTERS, "Key": "locked"}
    lock = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": IN_TEN_YEARS}
    version = s3.client.put_object(**where, Body=b"x", **lock)["VersionId"]
    s3.again()
    assert refusal(s3.client.delete_object, **where, VersionId=version) == "AccessDenied"


def test_a_conditional_put_does_not_overwrite(s3):
    s3.client.put_object(Bucket=LETTERS, Key="once", Body=b"1", IfNoneMatch="*")
    assert refusal(s3.client.put_object, Bucket=LETTERS, Key="once", Body=b"2", IfNoneMatch="*") == "PreconditionFailed"


def test_one_of_sixteen_racing_conditional_puts_wins(s3):
    def put(number):
        try:
            return s3.client.put_object(Bucket=LETTERS, Key="race", Body=b"%d" % number, IfNoneMatch="*")["VersionId"]
        except ClientError as error:
            return error.response["Error"]["Code"]

    with ThreadPoolExecutor(16) as pool:
        answers = sorted(pool.map(put, range(16)), key=len)
    assert answers.count("PreconditionFailed") == 15


def test_a_body_with_another_checksum_is_refused(s3):
    wrong = "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="
    assert refusal(s3.client.put_object, Bucket=LETTERS, Key="x", Body=b"y", ChecksumSHA256=wrong) == "BadDigest"


def test_the_checksum_is_kept(s3):
    put = s3.client.put_object(Bucket=LETTERS, Key="sum", Body=b"y", ChecksumAlgorithm="SHA256")
    head = s3.client.head_object(Bucket=LETTERS, Key="sum", ChecksumMode="ENABLED")
    assert head["ChecksumSHA256"] == put["ChecksumSHA256"] == b64encode(sha256(b"y").digest()).decode()


def test_a_restart_makes_no_bucket_anew(s3):
    journal = s3.directory / "journal"
    before = journal.stat().st_size
    s3.again()
    assert journal.stat().st_size == before


def test_the_health_answer_names_the_server(s3):
    with socket.create_connection(("127.0.0.1", s3.port)) as line:
        line.sendall(f"GET {HEALTH} HTTP/1.0\r\n\r\n".encode())
        assert line.makefile("rb").read().endswith(b"\r\n\r\nhealth")
