"""Measure how much memory the web process takes while somebody uploads a document of 20 MB.

Run it by: python -m bench.upload

The server is granian with the real application and a single worker, with a PostgreSQL database and an S3 server of the
benchmark's own. A small upload warms it up; then each run sends a file of exactly the largest size that is taken, the
kernel counts the worker's peak anew, and what it rose above the memory held before counts. Four at once are only shown:
the worker has four threads.
"""

import argparse
import datetime as dt
import http.client
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.database import ROOT, fresh
from bench.people import Bidder, bidders

LIMIT_MB = 30.0
PIECE = 64 * 1024
BOUNDARY = "bench-upload"


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(command: list[str], port: int) -> Iterator[subprocess.Popen]:
    """Run a server until it answers on its port, and stop it at the end."""
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield process
    finally:
        process.terminate()
        process.wait()


def worker_of(server: subprocess.Popen) -> int:
    """Return the process that answers requests: the last child of the server."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    return int(children[-1]) if children else server.pid


def megabytes(pid: int, line: str) -> float:
    """Return a line of a process's status, such as VmRSS, in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(x for x in status.splitlines() if x.startswith(line)).split()[1]) / 1024


def upload(bidder: Bidder, port: int, size: int) -> int:
    """Send a PDF of `size` bytes that never existed before, piece by piece; return the status of the answer."""
    fields = {"csrfmiddlewaretoken": bidder.token, "kind": "other"}
    head = "".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    head += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="big.pdf"\r\n\r\n'
    start, end, tail = b"%PDF-1.4\n", b"\n%%EOF\n", f"\r\n--{BOUNDARY}--\r\n".encode()
    left = size - len(start) - len(end)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.putrequest("POST", f"/bids/{bidder.reference}/documents")
    connection.putheader("Cookie", f"sessionid={bidder.session}; csrftoken={bidder.token}")
    connection.putheader("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
    connection.putheader("Content-Length", str(len(head) + size + len(tail)))
    connection.endheaders()
    connection.send(head.encode() + start)
    while left:
        piece = secrets.token_bytes(min(left, PIECE))
        connection.send(piece)
        left -= len(piece)
    connection.send(end + tail)
    status = connection.getresponse().status
    connection.close()
    return status


def rise(worker: int, bidder: Bidder, port: int, size: int, at_once: int = 1) -> float:
    """Return by how many MB the worker rises while it takes uploads."""
    Path(f"/proc/{worker}/clear_refs").write_text("5")
    before = megabytes(worker, "VmRSS")
    statuses: list[int] = []
    threads = [threading.Thread(target=lambda: statuses.append(upload(bidder, port, size))) for _ in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [302] * at_once, statuses
    return megabytes(worker, "VmHWM") - before


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "infra.settings")
    web, store = free_port(), free_port()
    os.environ["MATCHFUND_S3_ENDPOINT_URL"] = f"http://127.0.0.1:{store}"
    with fresh("bench_upload"), tempfile.TemporaryDirectory() as folder:
        import django

        django.setup()
        from infra.files import MOST_BYTES

        [bidder] = bidders(1, dt.datetime.now(dt.UTC) + dt.timedelta(days=1))
        s3 = [sys.executable, "-m", "infra.machine.s3_server", folder, str(store), "bench"]
        granian = [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(web),
            "--workers", "1", "--blocking-threads", "4", "--log-level", "warning", "infra.wsgi:application",
        ]  # fmt: skip
        with running(s3, store), running(granian, web) as server:
            for _ in range(3):
                upload(bidder, web, 100_000)
            worker = worker_of(server)
            held = megabytes(worker, "VmRSS")
            rises = [rise(worker, bidder, web, MOST_BYTES) for _ in range(runs)]
            four = rise(worker, bidder, web, MOST_BYTES, at_once=4)
    said = ", ".join(f"{r:.1f}" for r in rises)
    print(
        f"held {held:.0f} MB before; 20 MB upload rises by {said} MB (limit {LIMIT_MB:.0f}); four at once {four:.1f} MB"
    )
    return int(max(rises) > LIMIT_MB)


if __name__ == "__main__":
    sys.exit(main())
