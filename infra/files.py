"""What an uploaded file really is, told from its bytes. Pure."""

import hashlib
import unicodedata
import zipfile
from pathlib import PurePosixPath
from typing import BinaryIO, NamedTuple

from accounts.rules import Refused

MOST_BYTES = 20 * 1024 * 1024
MOST_UNPACKED = 200 * 1024 * 1024
MOST_MEMBERS = 5_000
_CHUNK = 1024 * 1024
_PDF, _PNG, _JPEG, _ZIP, _OLD_OFFICE = (
    b"%PDF-",
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
)
_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX, XLSX = _OFFICE + "wordprocessingml.document", _OFFICE + "spreadsheetml.sheet"
ENDINGS = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg", DOCX: ".docx", XLSX: ".xlsx"}
_TAKEN = "Give a PDF, Word (.docx), Excel (.xlsx), PNG or JPEG file."


class Facts(NamedTuple):
    """A file's real type, size in bytes and SHA-256 in hex."""

    content_type: str
    bytes: int
    sha256: str


def facts_of(file: BinaryIO) -> Facts:
    """Return what a file is, reading it in pieces; its position is back at the start afterwards.

    Raises:
        Refused: it is empty, too large, of another type, encrypted, or unpacks into something huge.
    """
    file.seek(0)
    head = file.read(1024)
    file.seek(0)
    sha256, size = hashlib.sha256(), 0
    is_encrypted_pdf, tail = False, b""
    while piece := file.read(_CHUNK):
        sha256.update(piece)
        size += len(piece)
        is_encrypted_pdf = is_encrypted_pdf or b"/Encrypt" in tail + piece
        tail = piece[-8:]
        if size > MOST_BYTES:
            raise Refused("The file is larger than 20 MB. Give a smaller one.")
    if not size:
        raise Refused("The file is empty.")
    content_type = _type_of(head, file)
    if content_type == "application/pdf" and is_encrypted_pdf:
        raise Refused("The PDF is encrypted. Save it without a password and upload it again.")
    file.seek(0)
    return Facts(content_type, size, sha256.hexdigest())


def _type_of(head: bytes, file: BinaryIO) -> str:
    if head.startswith(_PDF):
        return "application/pdf"
    if head.startswith(_PNG):
        return "image/png"
    if head.startswith(_JPEG):
        return "image/jpeg"
    if head.startswith(_ZIP):
        return _office_type(file)
    if head.startswith(_OLD_OFFICE):
        raise Refused(f"The file is encrypted or in an old Office format. {_TAKEN}")
    raise Refused(f"This type of file is not taken. {_TAKEN}")


def _office_type(file: BinaryIO) -> str:
    """Return the type of a zip that is an Office document; refuse bombs, macros and everything else."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise Refused(f"The file is damaged. {_TAKEN}") from error
    if len(members) > MOST_MEMBERS or sum(m.file_size for m in members) > MOST_UNPACKED:
        raise Refused("The file unpacks into something far too large. Save it again and upload the new file.")
    if any(m.file_size > 1_000_000 and m.file_size > 500 * max(1, m.compress_size) for m in members):
        raise Refused("The file unpacks into something far too large. Save it again and upload the new file.")
    if any(m.flag_bits & 1 for m in members):
        raise Refused("The file is encrypted. Save it without a password and upload it again.")
    names = {m.filename for m in members}
    if any(".." in PurePosixPath(n).parts or n.startswith(("/", "\\")) for n in names):
        raise Refused(f"The file is not a sound Office document. {_TAKEN}")
    if any(n.lower().endswith("vbaproject.bin") for n in names):
        raise Refused("The file holds macros. Save it without them and upload it again.")
    if "[Content_Types].xml" in names and "word/document.xml" in names:
        return DOCX
    if "[Content_Types].xml" in names and "xl/workbook.xml" in names:
        return XLSX
    raise Refused(f"This type of file is not taken. {_TAKEN}")


def tidy_name(name: str, content_type: str) -> str:
    """Return a file's name without folders, control and direction characters, with the ending of its real type."""
    name = name.replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C" and c not in '<>:"|?*;%')
    stem = " ".join(name.split())
    ending = ENDINGS[content_type]
    for known in {ending, ".jpeg"} if ending == ".jpg" else {ending}:
        stem = stem[: -len(known)] if stem.lower().endswith(known) else stem
    return f"{stem[:150].strip('. ') or 'file'}{ending}"
