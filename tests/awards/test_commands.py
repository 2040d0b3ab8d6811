"""The two commands about letters, and what awards add to the auditor's pack."""

import json

import pytest
from django.core.management import CommandError, call_command

from awards import audit_parts, tasks
from awards.models import Letter
from tests.cast import NOW
from tests.cast_awards import agree

pytestmark = pytest.mark.django_db


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


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"nowhere\.pdf cannot be read: No such file"):
        call_command("verify_letter", str(tmp_path / "nowhere.pdf"))


def test_the_letter_of_an_award_is_fetched_by_its_reference(letter, tmp_path, store):
    call_command("fetch_letter", "--award", letter.award.reference, "--out", str(tmp_path / "a.pdf"))
    assert (tmp_path / "a.pdf").stat().st_size == letter.bytes


def test_an_award_without_a_letter_is_told(award, tmp_path):
    with pytest.raises(CommandError, match=f"Award {award.reference} has no stored letter"):
        call_command("fetch_letter", "--award", award.reference, "--out", str(tmp_path / "a.pdf"))


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
