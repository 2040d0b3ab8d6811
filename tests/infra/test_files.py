"""What an uploaded file really is."""

import hashlib
import io
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from accounts.rules import Refused
from infra import files

TYPES = "[Content_Types].xml"
WORD = "word/document.xml"
END = b"\n%%EOF\n"
MAKER = Path(__file__).parents[3] / "shared" / "tools" / "make_bad_files.py"


def png(width: int, height: int) -> io.BytesIO:
    return io.BytesIO(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height) + b"\x08\x02\0\0\0")


def jpeg(width: int, height: int) -> io.BytesIO:
    frame = b"\xff\xc0\0\x11\x08" + struct.pack(">HH", height, width) + b"\x03"
    return io.BytesIO(b"\xff\xd8\xff\xe0\0\x06JFIF" + frame)


def of_parts(**parts: bytes) -> io.BytesIO:
    """Return a Word document with other content in some of its parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in ({TYPES: b"<Types/>", WORD: b"<w/>"} | parts).items():
            archive.writestr(name, content)
    return made


def with_directory(members: int) -> io.BytesIO:
    """Return a zip that says at its end that it has this many members."""
    body = bytearray(of_parts().getvalue())
    body[-12:-10] = struct.pack("<H", members)
    return io.BytesIO(bytes(body))


def packed(*names: str, content: bytes = b"x") -> io.BytesIO:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return made


@pytest.mark.parametrize(
    ("file", "ending"),
    [
        (io.BytesIO(b"%PDF-1.7 ..." + END), ".pdf"),
        (png(10_000, 10_000), ".png"),
        (jpeg(800, 600), ".jpg"),
        (packed(TYPES, "word/document.xml"), ".docx"),
        (packed(TYPES, "xl/workbook.xml"), ".xlsx"),
    ],
)
def test_the_type_is_told_from_the_bytes(file, ending):
    assert files.ENDINGS[files.facts_of(file).content_type] == ending


def test_size_and_hash_are_those_of_the_whole_file():
    body = b"%PDF-" + b"a" * 3_000_000 + END
    assert files.facts_of(io.BytesIO(body))[1:] == (3_000_012, hashlib.sha256(body).hexdigest())


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (io.BytesIO(b""), "empty"),
        (io.BytesIO(b"%"), "not taken"),
        (io.BytesIO(b"<!doctype html><script>"), "not taken"),
        (io.BytesIO(b"MZ\x00\x00"), "not taken"),
        (io.BytesIO(b"%PDF-1.4 /Encrypt 5 0 R"), "encrypted"),
        (io.BytesIO(b"%PDF-" + b"a" * (1024 * 1024 - 9) + b"/Encrypt 5 0 R"), "encrypted"),
        (io.BytesIO(b"%PDF-1.4 /S/JavaScript" + END), "runs a script"),
        (io.BytesIO(b"%PDF-1.4 /S/Launch" + END), "starts a program"),
        (io.BytesIO(b"%PDF-1.4 and no end"), "cut off"),
        (io.BytesIO(b"%PDF-1.4" + END + b"<html>"), "behind its end"),
        (io.BytesIO(b"\x89PNG\r\n\x1a\n..."), "cut off"),
        (png(60_000, 60_000), "100 million pixels"),
        (io.BytesIO(b"\xff\xd8\xff\xe0..."), "cut off"),
        (jpeg(65_000, 65_000), "100 million pixels"),
        (io.BytesIO(b"\xd0\xcf\x11\xe0 old"), "encrypted or in an old"),
        (io.BytesIO(b"%PDF-" + b"a" * files.MOST_BYTES), "20 MB"),
        (io.BytesIO(b"PK\x03\x04 broken"), "damaged"),
        (packed("hello.txt"), "not taken"),
        (packed(TYPES, "word/document.xml", "../slip.txt"), "not a sound"),
        (packed(TYPES, "word/document.xml", "word/vbaProject.bin"), "macros"),
        (packed(TYPES, "xl/workbook.xml", "xl/macrosheets/sheet1.xml"), "macros"),
        (packed(TYPES, "xl/workbook.xml", content=b"0" * 30_000_000), "too large"),
        (with_directory(60_000), "too large"),
        (of_parts(**{TYPES: b"application/vnd.ms-word.document.macroEnabled.main+xml"}), "macros"),
        (of_parts(**{WORD: b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'}), "not a sound"),
        (of_parts(**{files.TEMPLATE_LINKS: b'attachedTemplate TargetMode="External"'}), "from elsewhere"),
        (io.BytesIO(of_parts().getvalue()[:-30]), "damaged"),
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


@pytest.fixture(scope="module")
def bad_files(tmp_path_factory) -> Path:
    """The deliberately bad files that are made beside this project."""
    if not MAKER.is_file():
        pytest.skip("The maker of bad files is not beside this project.")
    made = tmp_path_factory.mktemp("bad")
    subprocess.run([sys.executable, str(MAKER), str(made), "--big", "25"], check=True, capture_output=True)
    return made


def _what_becomes_of(path: Path) -> str:
    """Return the type of a file, or the first words of its refusal."""
    with path.open("rb") as file:
        try:
            return files.facts_of(file).content_type
        except Refused as refused:
            return " ".join(str(refused).split()[:4])


def test_bad_files_are_refused_whatever_they_are_called(bad_files):
    found = {path.name: _what_becomes_of(path) for path in bad_files.iterdir()}
    refused = {name: what for name, what in found.items() if what != "application/pdf"}
    assert refused == {
        "empty.pdf": "The file is empty.",
        "one_byte.pdf": "This type of file",
        "truncated.pdf": "The file is damaged",
        "javascript_open_action.pdf": "The PDF runs a",
        "launch_action.pdf": "The PDF starts a",
        "html_named.pdf": "This type of file",
        "exe_named.pdf": "This type of file",
        "elf_named.docx": "This type of file",
        "pdf_then_html_polyglot.pdf": "The PDF holds something",
        "svg_script.svg": "This type of file",
        "eicar.txt": "This type of file",
        "eicar.pdf": "This type of file",
        "zip_slip.docx": "The file is not",
        "zip_bomb_30MB.xlsx": "The file unpacks into",
        "xxe.docx": "The file is not",
        "macro_named.docx": "The file holds macros.",
        "plain_zip_named.docx": "This type of file",
        "big_25MB.pdf": "The file is larger",
        **dict.fromkeys((p.name for p in bad_files.glob("*.csv")), "This type of file"),
    }


def test_names_of_files_are_made_harmless(bad_files):
    names = {files.tidy_name(path.name, files.PDF) for path in bad_files.iterdir() if "csv" not in path.name}
    assert not [name for name in names if set(name) & set('<>:"/\\|?*;%\u202e') or not name.endswith(".pdf")]
