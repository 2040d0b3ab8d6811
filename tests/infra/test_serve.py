"""What dies of the served site is started again; a site that never comes up says so."""

import signal
import socket
import sys
from collections.abc import Iterator

import pytest

from infra import serve

LISTEN = "import socket, sys, time; kept = socket.create_server(('127.0.0.1', int(sys.argv[1]))); time.sleep(60)"


@pytest.fixture
def port(monkeypatch) -> Iterator[int]:
    """A free port; what listens to the order to end is put back."""
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(serve, "RESTART_SECONDS", 0)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        number = probe.getsockname()[1]
    yield number
    signal.signal(signal.SIGTERM, before)


def test_a_worker_that_ends_is_started_again_until_somebody_stops_the_site(port, tmp_path, monkeypatch):
    runs = tmp_path / "runs"
    worker = ["sh", "-c", f"sleep 0.7; echo >> {runs}; test $(wc -l < {runs}) -lt 3 || kill -TERM $PPID; sleep 0.3"]
    monkeypatch.setattr(serve, "commands", lambda _: [[sys.executable, "-c", LISTEN, str(port)], worker])
    ready: list[bool] = []
    assert serve.serve(port, lambda: ready.append(True)) == 0
    assert (len(runs.read_text()), ready) == (3, [True])
    assert not serve._answers(port)


def test_a_site_of_which_a_process_ends_before_it_answers_is_given_up(port, monkeypatch):
    monkeypatch.setattr(serve, "commands", lambda _: [["sleep", "60"], ["false"]])
    assert serve.serve(port, lambda: None) == 1
