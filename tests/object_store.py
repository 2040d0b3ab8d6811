"""A local S3 server of the tests' own, which can be stopped and started, and vanishes afterwards."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import BotoCoreError

from infra import storage
from infra.machine.s3 import LETTERS


class Store:
    """One server on a port and a directory of its own."""

    def __init__(self, directory: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.directory = directory
        self.process: subprocess.Popen | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the server unless it runs."""
        if self.process is None:
            command = [sys.executable, "-m", "infra.machine.s3_server", str(self.directory), str(self.port), "tests"]
            self.process = subprocess.Popen(command)

    def wait(self) -> None:
        """Wait until the server answers."""
        for _ in range(200):
            try:
                storage.client().list_buckets()
                return
            except BotoCoreError:
                time.sleep(0.1)
        raise TimeoutError("The S3 server of the tests does not start.")

    def stop(self) -> None:
        """Kill the server; what it was told stays."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def letters(self) -> list[tuple[str, int]]:
        """Return key and bytes of every version of every stored letter."""
        answer = storage.client().list_object_versions(Bucket=LETTERS)
        return [(version["Key"], version["Size"]) for version in answer.get("Versions", [])]


@pytest.fixture(scope="session")
def store_of_the_session(tmp_path_factory) -> Iterator[Store]:
    """The one server of a run of tests."""
    store = Store(tmp_path_factory.mktemp("s3"))
    store.start()
    yield store
    store.stop()


@pytest.fixture
def store(store_of_the_session, settings) -> Iterator[Store]:
    """The tests' S3 server, in use instead of the machine's."""
    settings.S3 = {**settings.S3, "endpoint_url": store_of_the_session.address}
    storage.client.cache_clear()
    store_of_the_session.start()
    store_of_the_session.wait()
    yield store_of_the_session
    storage.client.cache_clear()
