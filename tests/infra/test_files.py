"""What an uploaded file really is."""

import hashlib
import io
import zipfile

import pytest

from accounts.rules import Refused
from infra import files

TYPES = "[Content_Types].xml"


def packed(*names: str, content: bytes = b"x") -> io.BytesIO:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return made


@pytest.mark.parametrize(
    ("file", "ending"),
    [
        (io.BytesIO(b"%PDF-1.7 ..."), ".pdf"),
        (io.BytesIO(b"\x89PNG\r\n\x1a\n..."), ".png"),
        (io.BytesIO(b"\xff\xd8\xff\xe0..."), ".jpg"),
        (packed(TYPES, "word/document.xml"), ".docx"),
        (packed(TYPES, "xl/workbook.xml"), ".xlsx"),
    ],
)
def test_the_type_is_told_from_the_bytes(file, ending):
    assert files.ENDINGS[files.facts_of(file).content_type] == ending


def test_size_and_hash_are_those_of_the_whole_file():
    body = b"%PDF-" + b"a" * 3_000_000
    assert files.facts_of(io.BytesIO(body))[1:] == (3_000_005, hashlib.sha256(body).hexdigest())


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (io.BytesIO(b""), "empty"),
        (io.BytesIO(b"%"), "not taken"),
        (io.BytesIO(b"<!doctype html><script>"), "not taken"),
        (io.BytesIO(b"MZ\x00\x00"), "not taken"),
        (io.BytesIO(b"%PDF-1.4 /Encrypt 5 0 R"), "encrypted"),
        (io.BytesIO(b"%PDF-" + b"a" * (1024 * 1024 - 9) + b"/Encrypt 5 0 R"), "encrypted"),
        (io.BytesIO(b"\xd0\xcf\x11\xe0 old"), "encrypted or in an old"),
        (io.BytesIO(b"%PDF-" + b"a" * files.MOST_BYTES), "20 MB"),
        (io.BytesIO(b"PK\x03\x04 broken"), "damaged"),
        (packed("hello.txt"), "not taken"),
        (packed(TYPES, "word/document.xml", "../slip.txt"), "not a sound"),
        (packed(TYPES, "word/document.xml", "word/vbaProject.bin"), "macros"),
        (packed(TYPES, "xl/workbook.xml", content=b"0" * 30_000_000), "too large"),
    ],
)
def test_what_is_not_taken_is_refused_with_a_reason(file, words):
    with pytest.raises(Refused, match=words):
        files.facts_of(file)


@pytest.mark.parametrize(
    ("name", "tidy"),
    [
        ("Statement.PDF", "Statement.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\files\\cv.pdf", "cv.pdf"),
        ("cv\u202efdp.exe", "cvfdp.exe.pdf"),
        ("tag<script>.pdf", "tagscript.pdf"),
        ("a" * 240 + ".pdf", "a" * 150 + ".pdf"),
        (".pdf", "file.pdf"),
        ("", "file.pdf"),
    ],
)
def test_a_name_is_made_safe_and_ends_as_its_type(name, tidy):
    assert files.tidy_name(name, "application/pdf") == tidy
