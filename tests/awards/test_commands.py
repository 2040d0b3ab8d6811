"""The two commands about letters, and what awards add to the auditor's pack."""

import hashlib
import json
from unittest.mock import Mock
from urllib.request import urlopen

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from awards import audit_parts, tasks
from awards.actions.downloads import take_letter
from awards.models import Letter
from infra import storage
from tests.cast import NOW
from tests.cast_awards import agree

pytestmark = pytest.mark.django_db
NOTHING = {
    "authentic": False, "award": None, "sha256": None, "sealed_by": None, "sealed_at": None, "pdf_a": False,
    "pdf_ua": False, "matches_register": False,
}  # fmt: skip


@pytest.fixture
def letter(issued_award) -> Letter:
    """A letter that was really made."""
    tasks.make_letters(at=NOW)
    return Letter.objects.get()


@pytest.fixture
def file(letter, tmp_path):
    """The letter as a file."""
    call_command("fetch_letter", "--latest", "--out", str(tmp_path / "letter.pdf"), verbosity=0)
    return tmp_path / "letter.pdf"


def verify(path, capsys) -> tuple[int, dict]:
    """Return the command's exit code and answer."""
    capsys.readouterr()
    try:
        call_command("verify_letter", str(path))
        code = 0
    except SystemExit as stopped:
        code = stopped.code
    return code, json.loads(capsys.readouterr().out)


def test_a_fetched_letter_holds_in_every_respect(file, letter, capsys):
    assert verify(file, capsys) == (
        0,
        {
            "authentic": True, "award": letter.award.reference, "sha256": letter.sha256,
            "sealed_by": "Matchfund development", "sealed_at": NOW.isoformat(), "pdf_a": True, "pdf_ua": True,
            "matches_register": True,
        },
    )  # fmt: skip


@pytest.mark.parametrize("place", [10, -10])
def test_a_changed_byte_is_told(file, capsys, place):
    changed = bytearray(file.read_bytes())
    changed[place] ^= 1
    file.write_bytes(changed)
    code, told = verify(file, capsys)
    assert (code, told["authentic"], told["matches_register"]) == (1, False, False)


def test_a_sound_letter_that_the_register_does_not_hold_is_told(issued_award, tmp_path, capsys):
    (tmp_path / "x.pdf").write_bytes(tasks.sealed(issued_award.letter_requests.get()))
    code, told = verify(tmp_path / "x.pdf", capsys)
    assert (code, told["authentic"], told["matches_register"]) == (1, True, False)


def test_a_file_that_is_no_letter_is_answered(tmp_path, capsys, db):
    (tmp_path / "x.pdf").write_bytes(b"%PDF-1.7 nonsense")
    code, told = verify(tmp_path / "x.pdf", capsys)
    assert (code, told["authentic"], told["award"], told["sealed_by"]) == (1, False, None, None)


@pytest.mark.parametrize(("name", "why"), [("nowhere.pdf", "No such file"), ("", "Is a directory")])
def test_a_file_that_cannot_be_read_is_answered_in_the_same_form(name, why, tmp_path, capsys):
    with pytest.raises(SystemExit, match="1"):
        call_command("verify_letter", str(tmp_path / name))
    answer = capsys.readouterr()
    assert json.loads(answer.out) == NOTHING
    assert f"cannot be read: {why}" in answer.err


def test_of_a_file_too_large_for_a_letter_only_the_hash_is_told(tmp_path, capsys):
    (tmp_path / "x.pdf").write_bytes(bytes(20_000_001))
    assert verify(tmp_path / "x.pdf", capsys) == (
        1,
        NOTHING | {"sha256": hashlib.sha256(bytes(20_000_001)).hexdigest()},
    )


def test_while_the_register_is_away_nothing_is_confirmed(file, letter, capsys, monkeypatch):
    away = Mock(side_effect=OperationalError("away"))
    monkeypatch.setattr(connection, "cursor", away)
    code, told = verify(file, capsys)
    monkeypatch.undo()
    assert (code, told["authentic"], told["award"], told["matches_register"]) == (
        1,
        True,
        letter.award.reference,
        False,
    )


def test_the_letter_of_an_award_is_fetched_by_its_reference(letter, tmp_path, store):
    call_command("fetch_letter", "--award", letter.award.reference, "--out", str(tmp_path / "a.pdf"))
    assert (tmp_path / "a.pdf").stat().st_size == letter.bytes


def test_what_somebody_puts_over_a_letter_is_neither_fetched_nor_handed_out(letter, people, tmp_path, settings):
    there = {"Bucket": settings.S3_LETTERS_BUCKET, "Key": letter.key}
    storage.client().put_object(**there, Body=b"Another letter.")
    storage.client().delete_object(**there)
    call_command("fetch_letter", "--latest", "--out", str(tmp_path / "a.pdf"), verbosity=0)
    address = take_letter(letter=letter, by=people.applicant, role="applicant", at=NOW)
    with urlopen(address) as answer:
        found = [hashlib.sha256(pdf).hexdigest() for pdf in ((tmp_path / "a.pdf").read_bytes(), answer.read())]
    assert found == [letter.sha256] * 2


def test_an_award_without_a_letter_is_told(award, tmp_path):
    with pytest.raises(CommandError, match=f"Award {award.reference} has no stored letter"):
        call_command("fetch_letter", "--award", award.reference, "--out", str(tmp_path / "a.pdf"))


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (["--latest"], "No letter is stored yet"),
        (["--award", "MFA-999999"], "There is no award MFA-999999"),
        (["--award", ""], "There is no award"),
    ],
)
def test_what_was_never_stored_is_told(db, tmp_path, asked, why):
    with pytest.raises(CommandError, match=why):
        call_command("fetch_letter", *asked, "--out", str(tmp_path / "a.pdf"))
    assert list(tmp_path.iterdir()) == []


def test_a_letter_is_written_over_an_older_file_but_not_where_it_cannot_be(letter, tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"older" * 100_000)
    call_command("fetch_letter", "--award", letter.award.reference.lower(), "--out", str(tmp_path / "a.pdf"))
    assert (tmp_path / "a.pdf").stat().st_size == letter.bytes
    for place in (tmp_path, tmp_path / "none" / "a.pdf", tmp_path / "a.pdf" / "a.pdf"):
        with pytest.raises(CommandError, match="cannot be written"):
            call_command("fetch_letter", "--latest", "--out", str(place))


def test_while_s3_is_away_nothing_is_written(letter, tmp_path, store):
    store.stop()
    with pytest.raises(CommandError, match="Try again later"):
        call_command("fetch_letter", "--latest", "--out", str(tmp_path / "a.pdf"))
    assert list(tmp_path.glob("a.pdf")) == []


def test_the_pack_holds_letters_claims_and_payments(claim, people):
    agree(claim, people, "review", "approve", "instruct", "pay")
    parts = {name: list(rows) for name, rows in audit_parts.parts()}
    assert {name: len(rows) for name, rows in parts.items()} == {
        "letters.jsonl": 1, "claims.jsonl": 1, "payments.jsonl": 1,
    }  # fmt: skip
    assert parts["letters.jsonl"][0]["sha256"] == Letter.objects.get().sha256
    assert parts["claims.jsonl"][0]["content_sha256"] == claim.content_sha256
    assert parts["payments.jsonl"][0]["end_to_end_id"] == f"MF{claim.reference}"
