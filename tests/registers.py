"""Registers of organisations of the tests' own, over real HTTP, which fail when they are told to."""

import threading
from collections.abc import Iterator

import pytest

from infra.machine.registers import KEY
from infra.machine.registers_server import Registers
from infra.registries import asking


@pytest.fixture
def registers(settings, monkeypatch) -> Iterator[Registers]:
    """Companies House and the Organisation Data Service, in use; they pause long enough to be too slow for us."""
    server = Registers(0, slow_seconds=0.5)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    settings.COMPANIES_HOUSE_URL, settings.COMPANIES_HOUSE_KEY = f"{address}/companies-house", KEY
    settings.ODS_URL = f"{address}/ods"
    monkeypatch.setattr(asking, "TIMEOUT", asking.httpx.Timeout(0.2))
    monkeypatch.setattr(asking, "PAUSES_SECONDS", (0.01, 0.02))
    yield server
    server.shutdown()
    server.server_close()
