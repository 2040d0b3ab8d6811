"""Seal a letter: a PAdES baseline signature that keeps PDF/A-3a and PDF/UA-1 and allows no later change.

The same letter, key and time always make the same bytes (RFC 6979 for the signature).
"""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Protocol

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigMDPSetup, SigObjSetup
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from awards.letters import cms
from awards.letters.errors import CannotSeal

FIELD = "Seal"
ROOM = 1_500


class Signer(Protocol):
    """A key that seals letters, here or in a key service. ECDSA on P-256 with SHA-256."""

    @property
    def certificate(self) -> bytes:
        """The certificate of the key, PEM."""

    @property
    def chain(self) -> Sequence[bytes]:
        """The certificates between the key's and the root, PEM each; often none."""

    @property
    def is_repeatable(self) -> bool:
        """Whether the same digest always gives the same signature."""

    def sign(self, message: bytes) -> bytes:
        """Return the DER signature over the SHA-256 of a message of at most 4,096 bytes."""


class KeyServiceSigner:
    """Seal with a key that never leaves AWS KMS. The certificate file holds its certificate first, then any chain."""

    is_repeatable = False

    def __init__(self, key: str, certificate_file: Path | str, *, region: str) -> None:
        self.certificate, self.chain = _certificates(certificate_file)
        self._key, self._service = key, boto3.client("kms", region_name=region)

    def sign(self, message: bytes) -> bytes:
        """Return the DER signature of a message; raise CannotSeal when the service gives none."""
        try:
            answer = self._service.sign(
                KeyId=self._key, Message=message, MessageType="RAW", SigningAlgorithm="ECDSA_SHA_256"
            )
        except (BotoCoreError, ClientError) as error:
            raise CannotSeal(
                f"The key service does not sign: {error}. Check its key and our right to use it."
            ) from error
        return bytes(answer["Signature"])


class FileSigner:
    """Seal with a private key in a PEM file. The certificate file holds its certificate first, then any chain."""

    is_repeatable = True

    def __init__(self, key_file: Path | str, certificate_file: Path | str) -> None:
        try:
            key = serialization.load_pem_private_key(Path(key_file).read_bytes(), password=None)
        except (OSError, ValueError, TypeError) as error:
            raise CannotSeal(f"The sealing key cannot be read: {error}. Give a PEM file.") from error
        self.certificate, self.chain = _certificates(certificate_file)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise CannotSeal(
                f"{key_file} does not hold an elliptic curve key on P-256. Make one and have it certified."
            )
        if key.public_key() != x509.load_pem_x509_certificate(self.certificate).public_key():
            raise CannotSeal(f"{certificate_file} certifies another key than {key_file} holds. Put the pair together.")
        self._key = key

    def sign(self, message: bytes) -> bytes:
        """Return the deterministic DER signature (RFC 6979) of a message."""
        return self._key.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


def _certificates(file: Path | str) -> tuple[bytes, tuple[bytes, ...]]:
    """Return the first certificate of a PEM file, and the others, PEM each."""
    try:
        own, *chain = x509.load_pem_x509_certificates(Path(file).read_bytes())
    except (OSError, ValueError) as error:
        raise CannotSeal(f"The certificate of the seal cannot be read: {error}. Give a PEM file.") from error
    pem = serialization.Encoding.PEM
    return own.public_bytes(pem), tuple(one.public_bytes(pem) for one in chain)


def seal(pdf: bytes, *, signer: Signer, at: datetime) -> bytes:
    """Return the letter sealed at an instant (whole seconds, UTC).

    Raise CannotSeal when the time has no zone or lies outside the certificate's validity, when the bytes are not a
    letter or are sealed already, and when the signer answers with a signature that does not fit its certificate.
    """
    certificate = x509.load_pem_x509_certificate(signer.certificate)
    moment = _moment(at, certificate)
    der = certificate.public_bytes(serialization.Encoding.DER)
    chain = [x509.load_pem_x509_certificate(one).public_bytes(serialization.Encoding.DER) for one in signer.chain]
    steps = PdfCMSEmbedder(_field()).write_cms(FIELD, _opened(pdf))
    next(steps)
    steps.send(_setup(moment, room=ROOM + len(der) + sum(map(len, chain))))
    prepared, output = steps.send(SigIOSetup(md_algorithm="sha256"))
    attributes = cms.signed_attributes(prepared.document_digest, der, chain).dump()
    signature = _signature(signer, certificate, attributes)
    steps.send(cms.build(prepared.document_digest, der, chain, signature))
    return bytes(output.getvalue())


class _Writer(IncrementalPdfFileWriter):
    """Add to a letter without a clock, without chance, and without touching its metadata."""

    @classmethod
    def _handle_id(cls, prev: PdfFileReader) -> generic.ArrayObject:
        prev.stream.seek(0)
        changed = hashlib.sha256(prev.stream.read()).digest()[:16]
        return generic.ArrayObject([prev.trailer["/ID"][0], generic.ByteStringObject(changed)])

    def _update_meta(self) -> None:
        """Leave the metadata as they are: written anew, they would lose the schema that PDF/A needs."""


def _opened(pdf: bytes) -> _Writer:
    try:
        writer = _Writer(BytesIO(pdf))
        sealed = "/AcroForm" in writer.root
    except (PdfError, KeyError, TypeError, ValueError) as error:
        raise CannotSeal(f"The bytes to seal are not a letter: {error}. Render the letter first.") from error
    if sealed:
        raise CannotSeal("The letter is sealed already. Seal the rendered letter once.")
    writer.register_extension(ESIC_EXTENSION_1)
    return writer


def _moment(at: datetime, certificate: x509.Certificate) -> datetime:
    if at.tzinfo is None:
        raise CannotSeal("The time of sealing has no zone. Give it in UTC.")
    moment = at.astimezone(UTC).replace(microsecond=0)
    if not certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc:
        raise CannotSeal(
            f"The sealing certificate is valid from {certificate.not_valid_before_utc:%d %B %Y} to "
            f"{certificate.not_valid_after_utc:%d %B %Y}, not at {moment:%d %B %Y}. Renew the certificate."
        )
    return moment


def _field() -> SigFieldSpec:
    """Describe the seal's form field: printed, not hidden and off the page, as the two standards together demand."""
    off_page = InvisSigSettings(set_print_flag=True, set_hidden_flag=False, box_out_of_bounds=True)
    return SigFieldSpec(FIELD, readable_field_name="Digital seal of this award letter", invis_sig_settings=off_page)


def _setup(moment: datetime, *, room: int) -> SigObjSetup:
    """Describe the signature; `room` is in bytes, of which each takes two hexadecimal digits in the file."""
    return SigObjSetup(
        sig_placeholder=SignatureObject(
            timestamp=moment, subfilter=SigSeedSubFilter.PADES, reason="Award letter", bytes_reserved=2 * room
        ),
        mdp_setup=SigMDPSetup(md_algorithm="sha256", certify=True, docmdp_perms=MDPPerm.NO_CHANGES),
    )


def _signature(signer: Signer, certificate: x509.Certificate, attributes: bytes) -> bytes:
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise CannotSeal("The sealing certificate is not for a key on P-256. Make such a key and have it certified.")
    answer = signer.sign(attributes)
    try:
        signature = cms.lower(answer)
        key.verify(signature, attributes, ec.ECDSA(hashes.SHA256()))
    except (ValueError, InvalidSignature) as error:
        raise CannotSeal("The signer's answer does not fit its certificate. Check which key it uses.") from error
    return signature
