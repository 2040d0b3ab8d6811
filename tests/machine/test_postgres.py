import pytest

from infra.machine import postgres
from infra.machine.processes import Account


@pytest.mark.parametrize(
    ("mode", "enters"),
    [(0o755, True), (0o711, True), (0o750, False), (0o700, False), (0o001, True), (0o110, False)],
)
def test_a_stranger_enters_a_folder_by_the_last_digit_of_its_mode(tmp_path, mode, enters):
    tmp_path.chmod(mode)
    assert postgres.enters(tmp_path, Account(uid=64_000, gid=64_000)) is enters


def test_the_owner_enters_by_the_first_digit(tmp_path):
    tmp_path.chmod(0o700)
    assert postgres.enters(tmp_path, Account(uid=tmp_path.stat().st_uid, gid=64_000)) is True


def test_a_short_path_keeps_the_cluster_in_the_checkout(monkeypatch, tmp_path):
    monkeypatch.setattr(postgres, "VAR", tmp_path)
    monkeypatch.setattr(postgres, "reachable", lambda path: True)
    assert postgres.cluster() == tmp_path / "pg"


def test_a_path_too_long_for_a_socket_moves_it_away(monkeypatch, tmp_path):
    monkeypatch.setattr(postgres, "VAR", tmp_path / ("x" * 100))
    monkeypatch.setattr(postgres, "CHECKOUT", tmp_path)
    place = postgres.cluster()
    place.parent.rmdir()
    assert place.parent.parent.as_posix() == "/var/tmp"


def test_the_address_holds_the_socket_directory_as_its_host(monkeypatch, tmp_path):
    monkeypatch.setattr(postgres, "home", lambda: tmp_path.parent.with_name("a b"))
    address = postgres.url("matchfund_web")
    assert address.rpartition("%2F")[2] == "pg/matchfund"
    assert address.startswith("postgresql://matchfund_web@%2F")
    assert "a%20b" in address


def test_the_callers_own_postgresql_settings_do_not_reach_the_server(monkeypatch):
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("LANG", "cy_GB.UTF-8")
    assert postgres.plain_environment().keys() & {"PGPORT", "LANG"} == set()
