"""What an uploaded file really is, told from its bytes. Pure."""

import hashlib
import io
import struct
import unicodedata
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import BinaryIO, NamedTuple

from accounts.rules import Refused

MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED = 200 * 1024 * 1024
MOST_MEMBERS = 5_000
MOST_DIRECTORY = 2 * 1024 * 1024  # of a zip, in bytes: each member costs memory before it can be counted
MOST_PIXELS = 100_000_000
_CHUNK = 1024 * 1024
PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
_PDF, _PNG, _JPEG, _ZIP, _OLD_OFFICE = (
    b"%PDF-",
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
)
_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX, XLSX = _OFFICE + "wordprocessingml.document", _OFFICE + "spreadsheetml.sheet"
TYPES_OF_PARTS, TEMPLATE_LINKS = "[Content_Types].xml", "word/_rels/settings.xml.rels"
_BEGINS = {PDF: _PDF, PNG: _PNG, JPEG: _JPEG, DOCX: _ZIP, XLSX: _ZIP}
ENDINGS = {PDF: ".pdf", PNG: ".png", JPEG: ".jpg", DOCX: ".docx", XLSX: ".xlsx"}
_TAKEN = "Give a PDF, Word (.docx), Excel (.xlsx), PNG or JPEG file."
_DAMAGED = "The file is damaged or cut off. Save it again and upload the new file."
_TOO_MUCH = "The file unpacks into something far too large. Save it again and upload the new file."
# What a PDF must not hold, and why; names of the format (ISO 32000) as they stand in a file.
_PDF_SIGNS = {
    b"/Encrypt": "The PDF is encrypted. Save it without a password and upload it again.",
    b"/JavaScript": "The PDF runs a script when it is opened. Print it to a new PDF and upload that.",
    b"/Launch": "The PDF starts a program when it is opened. Print it to a new PDF and upload that.",
}
_PDF_END = b"%%EOF"
_ZIP_END, _ZIP64_END = b"PK\x05\x06", b"PK\x06\x07"
_MOST_SEGMENTS = 1_000
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})  # JPEG markers that are followed by the picture's size


class Facts(NamedTuple):
    """A file's real type, size in bytes and SHA-256 in hex."""

    content_type: str
    bytes: int
    sha256: str


def begins_as(file: BinaryIO, content_type: str) -> bool:
    """Tell whether a file begins as one of this type does, or is empty; it may be refused for other reasons yet."""
    file.seek(0)
    head = file.read(16)
    file.seek(0)
    return not head or head.startswith(_BEGINS[content_type])


def facts_of(file: BinaryIO) -> Facts:
    """Return what a file is, reading it in pieces; its position is back at the start afterwards.

    Raises:
        Refused: it is empty, too large, of another type, damaged, encrypted, runs something, or unpacks into
            something huge.
    """
    file.seek(0)
    head = file.read(1024)
    file.seek(0)
    sha256, size, tail = hashlib.sha256(), 0, b""
    signs: set[bytes] = set()
    while piece := file.read(_CHUNK):
        sha256.update(piece)
        size += len(piece)
        seen = tail + piece
        signs.update(sign for sign in _PDF_SIGNS if sign in seen)
        tail = seen[-1024:]
        if size > MOST_BYTES:
            raise Refused("The file is larger than 20 MB. Give a smaller one.")
    if not size:
        raise Refused("The file is empty.")
    content_type = _type_of(head, file)
    if content_type == PDF:
        _must_be_plain_pdf(signs, tail)
    file.seek(0)
    return Facts(content_type, size, sha256.hexdigest())


def _type_of(head: bytes, file: BinaryIO) -> str:
    if head.startswith(_PDF):
        return PDF
    if head.startswith(_PNG):
        return _picture(PNG, _png_size(head))
    if head.startswith(_JPEG):
        return _picture(JPEG, _jpeg_size(file))
    if head.startswith(_ZIP):
        return _office_type(file)
    if head.startswith(_OLD_OFFICE):
        raise Refused(f"The file is encrypted or in an old Office format. {_TAKEN}")
    raise Refused(f"This type of file is not taken. {_TAKEN}")


def _must_be_plain_pdf(signs: set[bytes], tail: bytes) -> None:
    """Refuse a PDF that is encrypted, runs something, is cut off, or carries a web page behind its end."""
    for sign, why in _PDF_SIGNS.items():
        if sign in signs:
            raise Refused(why)
    _, end, after = tail.rpartition(_PDF_END)
    if not end:
        raise Refused(_DAMAGED)
    if b"<" in after:
        raise Refused("The PDF holds something else behind its end. Print it to a new PDF and upload that.")


def _picture(content_type: str, size: tuple[int, int] | None) -> str:
    """Return the type of a picture that has a size and can be opened without filling a computer's memory."""
    if size is None:
        raise Refused(_DAMAGED)
    if size[0] * size[1] > MOST_PIXELS:
        raise Refused("The picture has more than 100 million pixels. Give a smaller one.")
    return content_type


def _png_size(head: bytes) -> tuple[int, int] | None:
    """Return width and height of a PNG in pixels (W3C PNG, 11.2.1: IHDR is the first chunk)."""
    if len(head) < 24 or head[12:16] != b"IHDR":
        return None
    width, height = struct.unpack(">II", head[16:24])
    return width, height


def _jpeg_size(file: BinaryIO) -> tuple[int, int] | None:
    """Return width and height of a JPEG in pixels, from its first frame header (ITU-T T.81, B.2.2)."""
    file.seek(2)
    for _ in range(_MOST_SEGMENTS):
        segment = file.read(4)
        if len(segment) < 4 or segment[0] != 0xFF:
            return None
        length = int.from_bytes(segment[2:])
        if segment[1] in _FRAMES:
            frame = file.read(5)
            return (int.from_bytes(frame[3:5]), int.from_bytes(frame[1:3])) if len(frame) == 5 else None
        if length < 2:
            return None
        file.seek(length - 2, io.SEEK_CUR)
    return None


def _office_type(file: BinaryIO) -> str:
    """Return the type of a zip that is an Office document; refuse bombs, macros and everything else."""
    _must_be_small_directory(file)
    try:
        with zipfile.ZipFile(file) as archive:
            return _type_in(archive)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, ValueError, EOFError, OSError) as error:
        raise Refused(f"The file is damaged. {_TAKEN}") from error


def _must_be_small_directory(file: BinaryIO) -> None:
    """Refuse a zip whose list of members is too long to be read; no Office document needs the 64-bit form."""
    file.seek(0, io.SEEK_END)
    file.seek(max(0, file.tell() - 65_557))
    tail = file.read()
    at = tail.rfind(_ZIP_END)
    if at < 0 or len(tail) < at + 22:
        raise Refused(f"The file is damaged. {_TAKEN}")
    members, directory = struct.unpack("<HI", tail[at + 10 : at + 16])
    if members > MOST_MEMBERS or directory > MOST_DIRECTORY or tail[max(0, at - 20) :].startswith(_ZIP64_END):
        raise Refused(_TOO_MUCH)


def _type_in(archive: zipfile.ZipFile) -> str:
    members = archive.infolist()
    if len(members) > MOST_MEMBERS or sum(m.file_size for m in members) > MOST_UNPACKED:
        raise Refused(_TOO_MUCH)
    if any(m.file_size > 1_000_000 and m.file_size > 500 * max(1, m.compress_size) for m in members):
        raise Refused(_TOO_MUCH)
    if any(m.flag_bits & 1 for m in members):
        raise Refused("The file is encrypted. Save it without a password and upload it again.")
    names = {m.filename for m in members}
    if any(".." in PurePosixPath(n).parts or n.startswith(("/", "\\")) for n in names):
        raise Refused(f"The file is not a sound Office document. {_TAKEN}")
    if any(n.lower().endswith(("vbaproject.bin", "vbadata.xml")) or "/macrosheets/" in n.lower() for n in names):
        raise Refused("The file holds macros. Save it without them and upload it again.")
    main = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}
    found = next((name for name in main if name in names), "")
    if not found or TYPES_OF_PARTS not in names:
        raise Refused(f"This type of file is not taken. {_TAKEN}")
    _must_be_plain_parts(archive, names, found)
    return main[found]


def _must_be_plain_parts(archive: zipfile.ZipFile, names: set[str], main: str) -> None:
    """Refuse parts of an Office document that name macros, entities, or a template that lies elsewhere."""
    types, body, links = (_start(archive, n) if n in names else b"" for n in (TYPES_OF_PARTS, main, TEMPLATE_LINKS))
    if b"macroEnabled" in types:
        raise Refused("The file holds macros. Save it without them and upload it again.")
    if b"<!DOCTYPE" in types or b"<!DOCTYPE" in body:
        raise Refused(f"The file is not a sound Office document. {_TAKEN}")
    if b"attachedTemplate" in links and b'"External"' in links:
        raise Refused("The file loads a template from elsewhere. Print it to a PDF and upload that.")


def _start(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return at most the first 256 KB of a part."""
    with archive.open(name) as part:
        return part.read(256 * 1024)


def tidy_name(name: str, content_type: str) -> str:
    """Return a file's name without folders, control and direction characters, with the ending of its real type."""
    name = name.replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C" and c not in '<>:"|?*;%')
    stem = " ".join(name.split())
    ending = ENDINGS[content_type]
    for known in {ending, ".jpeg"} if ending == ".jpg" else {ending}:
        stem = stem[: -len(known)] if stem.lower().endswith(known) else stem
    return f"{stem[:150].strip('. ') or 'file'}{ending}"
