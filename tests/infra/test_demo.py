"""The README's commands do what it says: a whole competition, the same again at every run, served until stopped."""

import itertools
import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.request

import pytest
from django.conf import settings

ROOT = settings.BASE_DIR
CLEAN = {k: v for k, v in os.environ.items() if not k.startswith(("MATCHFUND_", "AWS_", "DJANGO_"))}
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]


# Who can sign in: each role, and each kind of person on a bid.
WHO = ["applicant", "colleague (editor)", "colleague (finance)", "colleague (viewer)", "partner's applicant",
       "NHS trust's applicant", "assessor", "fund manager, chairs the panel", "second fund manager", "finance officer",
       "second finance officer", "network's monitoring officer", "network's lead", "auditor"]  # fmt: skip


def run(*words: str) -> str:
    done = subprocess.run(["./run", *words], cwd=ROOT, env=CLEAN, capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def told():
    return json.loads(run("demo", "--no-serve", "--json"))


def test_the_readme_names_both_commands_and_ci_runs_the_second():
    readme = (ROOT / "README.md").read_text()
    assert re.findall(r"^\./run (\w+)", readme, re.MULTILINE)[:2] == ["demo", "test"]
    assert "./run test" in (ROOT / ".ci" / "run").read_text()


def test_every_command_has_its_line_of_help():
    told = run("help")
    assert [w for w in ("demo", "test", "check", "unit", "manage", "setup", "fmt", "stop", "clean")
            if f"./run {w}" not in told] == []  # fmt: skip


def test_the_run_goes_from_bids_to_a_payment(told):
    assert (told["competition"], told["bids"], told["assessments"]) == ("DHTC-R1", 40, 75)
    assert told["awards"] - len(told["letters"]) == 2
    assert told["paid_pence"] > 0
    assert 0 < told["envelope"]["committed_pence"] <= told["envelope"]["cap_pence"] == 800_000_000
    assert told["audit"]["verified"] is True


def test_a_second_run_changes_nothing(told):
    assert json.loads(run("demo", "--no-serve", "--json")) == told


def test_a_letter_comes_back_from_s3_as_the_register_knows_it(told, tmp_path):
    letter = told["letters"][0]
    run("manage", "fetch_letter", "--award", letter["award"], "--out", str(tmp_path / "letter.pdf"))
    checked = json.loads(run("manage", "verify_letter", str(tmp_path / "letter.pdf")))
    assert (checked["authentic"], checked["matches_register"], checked["pdf_a"], checked["pdf_ua"]) == (True,) * 4
    assert checked["sha256"] == letter["sha256"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_it_serves_until_it_is_stopped(told):
    port = free_port()
    demo = subprocess.Popen(
        ["./run", "demo"], cwd=ROOT, env={**CLEAN, "PORT": str(port)}, stdout=subprocess.PIPE, text=True
    )
    try:
        lines = list(itertools.takewhile(lambda line: "serves on" not in line, demo.stdout))
        assert [who for who in WHO if not any(line.startswith(f"  {who}") for line in lines)] == []
        assert any(
            line.split()[:3] == ["Other", "calls", "open"] and "PTF-1 with 3 bids, RWT-1 with 5" in line
            for line in lines
        )
        assert "Matchfund" in _page(f"http://127.0.0.1:{port}/")
    finally:
        demo.send_signal(signal.SIGINT)
        demo.wait(60)
        demo.stdout.close()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), 2)


def _page(address: str) -> str:
    for _ in range(100):
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:
                return answer.read().decode()
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"{address} does not answer")
