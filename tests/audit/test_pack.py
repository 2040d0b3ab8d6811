"""The pack that the portal writes is the one that the program accepts."""

import hashlib
import io
import json
import sys
import types
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.models import Event, Seal
from audit.pack import write_pack
from audit.sealing import close_block
from audit.verify import check_pack
from tests.audit import samples
from tests.audit.conftest import NOW, deed

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def record(now):
    for block in range(3):
        for number in range(block + 1):
            deed(f"bid:£{block}-{number}")
        close_block(now)


@pytest.fixture
def offer(monkeypatch):
    """Return a function that lets a room offer parts."""

    def let(*parts):
        module = types.ModuleType("ahsn.audit_parts")
        module.parts = lambda: parts
        module.__spec__ = types.SimpleNamespace(name=module.__name__)
        monkeypatch.setitem(sys.modules, "ahsn.audit_parts", module)

    return let


def test_pack_is_whole(record, tmp_path):
    facts = write_pack(tmp_path / "pack.zip")
    assert (check_pack(tmp_path / "pack.zip")[1], facts.events, facts.seals) == ([], 6, 3)


def test_facts_are_those_of_the_file(record, tmp_path):
    facts = write_pack(tmp_path / "pack.zip")
    body = (tmp_path / "pack.zip").read_bytes()
    assert (facts.sha256, facts.bytes, facts.head) == (
        hashlib.sha256(body).hexdigest(), len(body), Seal.objects.get(number=3).seal,
    )  # fmt: skip


def test_empty_record_makes_a_whole_pack(tmp_path):
    facts = write_pack(tmp_path / "pack.zip")
    assert (check_pack(tmp_path / "pack.zip")[1], facts.events, facts.head) == ([], 0, "")


def test_same_record_makes_the_same_bytes_in_a_file_and_a_stream(record, tmp_path):
    stream = io.BytesIO()
    write_pack(stream)
    write_pack(tmp_path / "pack.zip")
    assert stream.getvalue() == (tmp_path / "pack.zip").read_bytes()


def test_events_of_the_pack_are_those_of_the_database(record, tmp_path):
    write_pack(tmp_path / "pack.zip")
    with zipfile.ZipFile(tmp_path / "pack.zip") as pack:
        rows = [json.loads(line) for line in pack.read("events.jsonl").splitlines()]
    first = Event.objects.order_by("id").first()
    assert (len(rows), rows[0]) == (
        6,
        {"actor_id": None, "at": "2027-02-02T12:00:00.000000Z", "changes": first.changes, "id": first.pk,
         "request_id": "", "role": "system", "subject": "bid:£0-0", "verb": "bid.submitted"},
    )  # fmt: skip


def test_events_not_sealed_yet_are_left_out(record, tmp_path):
    deed()
    assert (write_pack(tmp_path / "pack.zip").events, check_pack(tmp_path / "pack.zip")[1]) == (6, [])


def test_program_and_readme_are_carried_verbatim(tmp_path):
    write_pack(tmp_path / "pack.zip")
    with zipfile.ZipFile(tmp_path / "pack.zip") as pack:
        assert pack.read("verify.py") == (samples.HERE / "verify.py").read_bytes()
        assert pack.read("README.txt") == (samples.HERE / "pack_readme.txt").read_bytes()


def test_unpacked_pack_is_whole(record, tmp_path):
    write_pack(tmp_path / "pack.zip")
    with zipfile.ZipFile(tmp_path / "pack.zip") as pack:
        pack.extractall(tmp_path / "pack")
    assert check_pack(tmp_path / "pack")[1] == []


@pytest.fixture(scope="module")
def kept() -> dict[str, bytes]:
    return {}


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 10**9), flip=st.integers(1, 255))
def test_any_changed_byte_of_the_zip_is_told(record, tmp_path, kept, place, flip):
    if not kept:
        write_pack(tmp_path / "pack.zip")
        kept["zip"] = (tmp_path / "pack.zip").read_bytes()
    body = bytearray(kept["zip"])
    body[place % len(body)] ^= flip
    (tmp_path / "changed.zip").write_bytes(body)
    assert check_pack(tmp_path / "changed.zip")[1] != []


@pytest.mark.parametrize("change", [lambda b: b[:-1], lambda b: b + b"\0", lambda b: b"\0" + b, lambda b: b""])
def test_cut_or_lengthened_zip_is_told(record, tmp_path, change):
    write_pack(tmp_path / "pack.zip")
    (tmp_path / "changed.zip").write_bytes(change((tmp_path / "pack.zip").read_bytes()))
    assert check_pack(tmp_path / "changed.zip")[1] != []


def test_rooms_offer_parts(offer, tmp_path):
    offer(("trials.jsonl", [{"began_at": NOW, "on": NOW.date(), "pounds": Decimal("1.50")}]))
    write_pack(tmp_path / "pack.zip")
    with zipfile.ZipFile(tmp_path / "pack.zip") as pack:
        part = pack.read("trials.jsonl")
    assert part == b'{"began_at":"2027-02-02T12:00:00.000000Z","on":"2027-02-02","pounds":"1.50"}\n'
    assert check_pack(tmp_path / "pack.zip")[1] == []


@pytest.mark.parametrize("name", ["events.jsonl", "../evil.jsonl", "trials.csv", "Trials.jsonl"])
def test_part_with_a_forbidden_name_is_refused(offer, tmp_path, name):
    offer((name, []))
    with pytest.raises(ValueError, match="give it a free name"):
        write_pack(tmp_path / "pack.zip")


def test_part_that_json_cannot_hold_is_refused_and_leaves_no_file(offer, tmp_path):
    offer(("trials.jsonl", [{"pence": {1, 2}}]))
    with pytest.raises(ValueError, match=r"The part trials\.jsonl holds a row that JSON cannot hold"):
        write_pack(tmp_path / "pack.zip")
    assert list(tmp_path.iterdir()) == []


def test_failed_pack_leaves_the_older_one(record, offer, tmp_path):
    facts = write_pack(tmp_path / "pack.zip")
    offer(("trials.csv", []))
    with pytest.raises(ValueError, match="trials"):
        write_pack(tmp_path / "pack.zip")
    assert hashlib.sha256((tmp_path / "pack.zip").read_bytes()).hexdigest() == facts.sha256


def test_command_seals_then_writes(tmp_path, capsys):
    deed()
    call_command("audit_pack", out=Path(tmp_path / "pack.zip"))
    told = capsys.readouterr().out.splitlines()[0]
    assert told.startswith(f"{tmp_path}/pack.zip: 1 events, 1 seals, ")
    assert check_pack(tmp_path / "pack.zip")[1] == []


def test_command_prints_one_object(tmp_path, capsys):
    deed()
    call_command("audit_pack", "--json", "--out", str(tmp_path / "pack.zip"))
    told = json.loads(capsys.readouterr().out)
    assert (told["events"], told["seals"], told["head"]) == (1, 1, Seal.objects.get().seal)


def test_command_refuses_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(CommandError, match="name a file in a folder that exists"):
        call_command("audit_pack", out=tmp_path / "no" / "pack.zip")


def test_record_is_verified_from_the_database(record, capsys):
    call_command("verify_record")
    assert capsys.readouterr().out.startswith("WHOLE: 6 events in 3 seals, every seal recomputed.")


def test_broken_record_is_told_from_the_database(record):
    Seal.objects.create(
        number=4, previous="0" * 64, first_id=1, last_id=1, count=1, root="0" * 64, seal="1" * 64, sealed_at=NOW
    )
    with pytest.raises(CommandError, match="BROKEN: seal 4"):
        call_command("verify_record")
