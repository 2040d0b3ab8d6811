"""Check a sealed letter: whether any byte differs from what was sealed, by whom and when it was, and what it says.

Bytes from strangers are not parsed as a PDF until the seal over all of them is known to be ours.
"""

import hashlib
import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import page
import pikepdf
from asn1crypto import parser
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from awards.letters import cms
from awards.letters.document import ATTACHMENT

LARGEST = 20_000_000
LONGEST_CHAIN = 4
BYTE_RANGE = re.compile(rb"/ByteRange \[0 (\d{1,9}) (\d{1,9}) (\d{1,9})\]")


@dataclass(frozen=True)
class LetterCheck:
    """What a check found. `sha256` is that of the whole file, in hexadecimal; `sealed_at` is UTC.

    intact: every byte of the file is as it was sealed. trusted: the seal is by a certificate under the given roots.
    The award, the data and the two standards are told only of a letter that is intact and trusted.
    """

    sha256: str
    intact: bool = False
    trusted: bool = False
    covers_whole_file: bool = False
    sealed_by: str = ""
    sealed_at: datetime | None = None
    award: str = ""
    data: dict[str, Any] | None = None
    pdf_a: bool = False
    pdf_ua: bool = False
    problems: list[str] = field(default_factory=list)

    @property
    def authentic(self) -> bool:
        """Tell whether nothing at all is wrong with the letter."""
        return self.intact and self.trusted and self.covers_whole_file and not self.problems


class _Found(Exception):
    """A problem that ends the check, in a sentence."""


def check(pdf: bytes, trust: bytes) -> LetterCheck:
    """Return what a file proves, given the trusted root certificates (PEM, one or more).

    Never raise for what the file holds; raise ValueError when `trust` holds no certificate.
    """
    roots = x509.load_pem_x509_certificates(trust)
    result = LetterCheck(sha256=hashlib.sha256(pdf).hexdigest())
    try:
        seal = _read(pdf)
        result = replace(result, intact=True, covers_whole_file=True, sealed_by=_name(seal.certificate))
        _must_descend(seal, roots)
        return _opened(pdf, seal, roots, replace(result, trusted=True))
    except _Found as problem:
        return replace(result, problems=[str(problem)])
    except Exception as error:  # whatever a stranger's bytes provoke in a parser is an answer, not a failure of ours
        return replace(result, problems=[f"The file cannot be read: {type(error).__name__}: {str(error)[:200]}"])


def check_file(path: Path, trust: bytes) -> LetterCheck:
    """Return what a file on disk proves; of one that is too large for a letter nothing but the hash is worked out.

    Raise OSError when it cannot be read, and ValueError when `trust` holds no certificate.
    """
    with path.open("rb") as file:
        pdf = file.read(LARGEST + 1)
        if len(pdf) <= LARGEST:
            return check(pdf, trust)
        file.seek(0)
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        return LetterCheck(sha256=sha256, problems=[_too_large(file.tell())])


def _too_large(size: int) -> str:
    return f"The file has {size:,} bytes; no letter has more than {LARGEST:,}."


@dataclass(frozen=True)
class _Seal:
    certificate: x509.Certificate
    chain: list[x509.Certificate]


def _read(pdf: bytes) -> _Seal:
    """Return the seal of a file of which no byte has changed, without reading it as a PDF.

    All bytes outside the gap are under the digest; the bytes in the gap must be exactly what that digest, the
    certificates and the signature make, in the one accepted form.
    """
    if len(pdf) > LARGEST:
        raise _Found(_too_large(len(pdf)))
    start, end = _gap(pdf)
    digest = hashlib.sha256(pdf[:start] + pdf[end:]).digest()
    try:
        message = bytes.fromhex(pdf[start + 1 : end - 1].decode("ascii"))
        message = message[: parser.peek(message)]
        certificate, chain, signature = cms.parts(message)
        seal = _Seal(*_loaded(certificate, chain))
        expected = cms.build(digest, certificate, chain, cms.lower(signature)).hex().upper().encode()
        attributes = cms.signed_attributes(digest, certificate, chain).dump()
    except ValueError as error:
        raise _Found("The seal is damaged.") from error
    if pdf[start:end] != b"<" + expected.ljust(end - start - 2, b"0") + b">":
        raise _Found("The file or its seal has been changed since it was sealed.")
    key = seal.certificate.public_key()
    try:
        if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
            raise _Found("The seal is not made with a key on P-256.")
        key.verify(signature, attributes, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as error:
        raise _Found("The file has been changed since it was sealed.") from error
    return seal


def _gap(pdf: bytes) -> tuple[int, int]:
    """Return where the signature stands; everything else in the file must be under it."""
    found = BYTE_RANGE.match(pdf, max(0, pdf.rfind(b"/ByteRange")))
    if not found:
        raise _Found("The file carries no seal.")
    start, end, rest = map(int, found.groups())
    if end + rest != len(pdf):
        raise _Found("The seal does not cover the whole file: something was added or removed after sealing.")
    if not start + 2 < end <= len(pdf):
        raise _Found("The seal is damaged.")
    return start, end


def _loaded(certificate: bytes, chain: list[bytes]) -> tuple[x509.Certificate, list[x509.Certificate]]:
    return x509.load_der_x509_certificate(certificate), [x509.load_der_x509_certificate(one) for one in chain]


def _must_descend(seal: _Seal, roots: list[x509.Certificate]) -> None:
    """Walk from the sealing certificate up to a trusted root. Dates and uses are checked afterwards."""
    current = seal.certificate
    for _ in range(LONGEST_CHAIN):
        if any(_issued(current, root) for root in roots):
            return
        current = next((one for one in seal.chain if one != current and _issued(current, one)), current)
    raise _Found(f"The seal is by {_name(seal.certificate)}, whose certificate is not under a trusted root.")


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _opened(pdf: bytes, seal: _Seal, roots: list[x509.Certificate], result: LetterCheck) -> LetterCheck:
    """Read a letter that is ours: its signature as standard software sees it, its data and its standards."""
    problems = []
    signature = PdfFileReader(BytesIO(pdf)).embedded_signatures[-1]
    sealed_at = signature.self_reported_timestamp
    with ThreadPoolExecutor(1) as alone:  # pyHanko runs a loop of its own, which no other may be around
        status = alone.submit(validate_pdf_signature, signature, _context(roots, sealed_at)).result()
    if not status.trusted:
        problems.append("The sealing certificate was not valid for sealing at the time it was used.")
    if not status.bottom_line:
        problems.append("The seal is not a valid PDF signature that forbids all changes.")
    data = _data(pdf)
    award = data.get("award", {}).get("reference", "") if data else ""
    if not award:
        problems.append("The letter does not carry its own data.")
    pdf_a, pdf_ua = (page.is_pdf_compliant_bytes(pdf, profile=profile) for profile in ("3a", "ua1"))
    if not pdf_a:
        problems.append("The letter is not a valid PDF/A-3a file.")
    if not pdf_ua:
        problems.append("The letter is not a valid PDF/UA-1 file.")
    return replace(
        result,
        trusted=status.trusted,
        sealed_at=sealed_at.astimezone(UTC) if sealed_at else None,
        award=award,
        data=data,
        pdf_a=pdf_a,
        pdf_ua=pdf_ua,
        problems=problems,
    )


def _context(roots: list[x509.Certificate], moment: datetime | None) -> ValidationContext:
    """Trust only the given roots, at the time of sealing, and ask nobody on the network."""
    loaded = [asn1_x509.Certificate.load(root.public_bytes(serialization.Encoding.DER)) for root in roots]
    return ValidationContext(trust_roots=loaded, moment=moment, allow_fetching=False, revocation_mode="soft-fail")


def _data(pdf: bytes) -> dict[str, Any] | None:
    with pikepdf.open(BytesIO(pdf)) as document:
        if ATTACHMENT not in document.attachments:
            return None
        value = json.loads(document.attachments[ATTACHMENT].get_file().read_bytes())
    return value if isinstance(value, dict) else None


def _name(certificate: x509.Certificate) -> str:
    """Return the name on a certificate: its common name, or its whole subject."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()
