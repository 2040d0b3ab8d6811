"""A machine in a copy of the checkout starts each service once, stops what it started only, and survives kills."""

import os
import shlex
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from infra.machine.__main__ import SERVICES

EACH = "".join(f"{name}\n" for name in SERVICES)
HOUSE = Path(__file__).resolve().parents[2]


class Machine:
    """Call `python -m infra.machine` in a checkout."""

    def __init__(self, checkout):
        self.checkout = checkout
        for folder in ("infra/machine", "infra/demo/reference"):
            shutil.copytree(HOUSE / folder, checkout / folder)

    def call(self, *words, code=0):
        command = [sys.executable, "-m", "infra.machine", *words]
        done = subprocess.run(command, cwd=self.checkout, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr
        return done

    def settings(self):
        lines = (self.checkout / "var" / "env").read_text().splitlines()
        return {key: shlex.split(value)[0] for key, _, value in (line.partition("=") for line in lines)}

    def pid(self, name):
        return int((self.checkout / "var" / "run" / name).read_text().split()[0])

    def ask(self, sql, role="MATCHFUND_DATABASE_URL"):
        with psycopg.connect(self.settings()[role], autocommit=True) as connection:
            cursor = connection.execute(sql)
            return cursor.fetchone() if cursor.description else None


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    made = Machine(tmp_path_factory.mktemp("machine") / "check out's")
    yield made
    made.call("wipe")


@pytest.fixture
def running(machine):
    machine.call("up")
    return machine


def test_up_names_what_it_started_and_then_nothing(machine):
    assert machine.call("up").stdout == EACH
    again = machine.call("up")
    assert (again.stdout, again.stderr) == ("", "")


def test_status_is_0_when_all_runs_and_1_when_not(running):
    running.call("status")
    running.call("down", "s3")
    running.call("status", code=1)


def test_the_settings_are_private(running):
    private = [running.checkout / "var" / "env", Path(running.settings()["MATCHFUND_SEAL_KEY_FILE"])]
    assert [stat.S_IMODE(path.stat().st_mode) for path in private] == [0o600, 0o600]


def test_secrets_and_data_outlast_a_stop(running):
    owner = "MATCHFUND_OWNER_DATABASE_URL"
    running.ask("CREATE TABLE IF NOT EXISTS kept (a int)", owner)
    before = running.settings()
    running.call("down")
    running.call("up")
    assert running.settings() == before
    assert running.ask("SELECT count(*) FROM kept", owner) == (0,)


def test_the_web_role_is_no_superuser_and_makes_no_table(running):
    assert running.ask("SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user") == (
        False, False, False,
    )  # fmt: skip
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        running.ask("CREATE TABLE mine (a int)")


def test_the_owner_makes_test_databases_and_trusted_extensions(running):
    owner = "MATCHFUND_OWNER_DATABASE_URL"
    running.ask("CREATE EXTENSION IF NOT EXISTS btree_gist", owner)
    running.ask("CREATE DATABASE another", owner)
    running.ask("DROP DATABASE another", owner)
    assert running.ask("SELECT rolsuper FROM pg_roles WHERE rolname = current_user", owner) == (False,)


@pytest.mark.parametrize("name", ["postgres", "s3"])
def test_a_killed_service_is_started_again_by_the_next_call(running, name):
    os.kill(running.pid(name), signal.SIGKILL)
    while Path(f"/proc/{running.pid(name)}/fd").exists():
        time.sleep(0.01)
    assert running.call("up").stdout == f"{name}\n"
    assert running.ask("SELECT 1") == (1,)


def test_down_leaves_a_process_that_took_over_the_number(running):
    running.call("down", "s3")
    (running.checkout / "var" / "run" / "s3").write_text(f"{os.getpid()} 1 {running.checkout}\n")
    assert running.call("down", "s3").stderr == ""


def test_two_calls_at_once_start_one_of_each(machine):
    machine.call("down")
    command = [sys.executable, "-m", "infra.machine", "up"]
    both = [subprocess.Popen(command, cwd=machine.checkout, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert sorted(call.communicate()[0] for call in both) == ["", EACH]


def test_hold_stops_what_it_started_and_passes_the_exit_status_on(running):
    running.call("down", "s3")
    held = running.call("hold", "sh", "-c", 'echo "$MATCHFUND_HTTPS"; exit 7', code=7)
    assert held.stdout == "false\n"
    assert held.stderr.splitlines()[-1] == "Stopped s3."
    running.call("up")


def test_hold_keeps_the_callers_own_settings(running, monkeypatch):
    monkeypatch.setenv("MATCHFUND_HTTPS", "true")
    assert running.call("hold", "sh", "-c", 'echo "$MATCHFUND_HTTPS"').stdout == "true\n"


@pytest.mark.parametrize("order", [signal.SIGINT, signal.SIGTERM])
def test_hold_passes_signals_on_and_tidies_up(machine, order):
    machine.call("down")
    script = "trap 'exit 5' INT TERM; echo on; while :; do sleep 0.1; done"
    command = [sys.executable, "-m", "infra.machine", "hold", "sh", "-c", script]
    held = subprocess.Popen(command, cwd=machine.checkout, stdout=subprocess.PIPE, text=True)
    with held:
        assert held.stdout.readline() == "on\n"
        held.send_signal(order)
        assert held.wait(30) == 5
    machine.call("status", code=1)


def test_an_unknown_order_is_refused(machine):
    assert machine.call("dwon", code=2).stderr.startswith("Start, stop and describe")
