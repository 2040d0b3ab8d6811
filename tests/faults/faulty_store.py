"""An S3 that goes wrong on the way: it stands before the real one and spoils its answers to what is put."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class FaultyStore(ThreadingHTTPServer):
    """Pass requests on to a store on a port, but do `fault` to each that puts an object."""

    daemon_threads = True

    def __init__(self, port: int, fault: str) -> None:
        super().__init__(("127.0.0.1", 0), Passing)
        self.behind, self.fault = port, fault

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Passing(BaseHTTPRequestHandler):
    server: FaultyStore
    protocol_version = "HTTP/1.1"  # so that a client which asks whether to send need not wait for an answer

    def pass_on(self) -> None:
        """Do as the store does, unless an object is put."""
        self.close_connection = True
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fault = self.server.fault if self.command == "PUT" else ""
        if fault == "cut off before":
            return
        if fault == "unavailable":
            self.send_error(503, "Slow Down")
            return
        answer, content = self.ask(body)
        if fault == "cut off after":
            return
        if fault == "slow":
            time.sleep(1)
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "connection", "content-length", "date", "server"):
                self.send_header(
                    name, '"0123456789abcdef0123456789abcdef"' if (name, fault) == ("ETag", "wrong ETag") else value
                )
        if self.command == "HEAD":
            self.send_header("Content-Length", answer.getheader("Content-Length", "0"))
        else:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def ask(self, body: bytes) -> tuple[HTTPResponse, bytes]:
        behind = HTTPConnection("127.0.0.1", self.server.behind, timeout=20)
        headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
        behind.request(self.command, self.path, body, headers)
        answer = behind.getresponse()
        content = answer.read()
        behind.close()
        return answer, content

    do_GET = do_PUT = do_HEAD = do_POST = do_DELETE = pass_on

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def faulty(port: int, fault: str) -> Iterator[str]:
    """Serve a faulty store for a while; yield its address."""
    server = FaultyStore(port, fault)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server.address
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
