"""The seal on a letter: standard, deterministic, and refused when it would be worth nothing."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO

import page
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from pyhanko.pdf_utils.reader import PdfFileReader

from awards.letters import cms, document
from awards.letters.check import check
from awards.letters.errors import CannotSeal
from awards.letters.example import example
from awards.letters.seal import FileSigner, seal
from tests.awards.sealing import SEALED_AT, VALID_FROM, VALID_UNTIL, authority, certificate, pem, signer


@pytest.fixture(scope="module")
def letter():
    return document.render(example())


@pytest.fixture(scope="module")
def ca(tmp_path_factory):
    return authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def sealed(letter, ca):
    return seal(letter, signer=ca.signer, at=SEALED_AT)


class KeyService:
    """A key elsewhere: it is sent a message and answers with a signature that differs each time."""

    chain = ()

    def __init__(self, key, certificate):
        self.key, self.certificate = key, certificate

    def sign(self, message):
        return self.key.sign(message, ec.ECDSA(hashes.SHA256()))


@pytest.mark.parametrize("standard", ["3a", "ua1"])
def test_sealed_letter_still_meets_both_standards(sealed, standard):
    assert page.validate_pdf_bytes(sealed, profile=standard).failures == []


def test_same_letter_key_and_time_give_same_bytes(letter, ca, sealed):
    assert seal(letter, signer=ca.signer, at=SEALED_AT) == sealed


def test_time_counts_in_whole_seconds_wherever_it_was_told(letter, ca, sealed):
    elsewhere = SEALED_AT.replace(microsecond=999).astimezone(timezone(timedelta(hours=9)))
    assert seal(letter, signer=ca.signer, at=elsewhere) == sealed


def test_another_time_gives_other_bytes(letter, ca, sealed):
    assert seal(letter, signer=ca.signer, at=SEALED_AT + timedelta(seconds=1)) != sealed


def test_letter_itself_is_left_as_it_was(letter, sealed):
    assert sealed.startswith(letter)


def test_is_a_pades_signature_that_forbids_all_changes(sealed):
    signature = PdfFileReader(BytesIO(sealed)).embedded_signatures[0].sig_object
    permission = signature["/Reference"][0]["/TransformParams"]["/P"]
    stated = signature["/SubFilter"], signature["/M"], permission
    assert stated == ("/ETSI.CAdES.detached", "D:20261123093000Z", 1)


def test_signature_names_the_certificate_it_was_made_with(sealed, ca):
    signed = PdfFileReader(BytesIO(sealed)).embedded_signatures[0].signer_info["signed_attrs"]
    named = next(a["values"][0] for a in signed if a["type"].native == "signing_certificate_v2")
    own = x509.load_pem_x509_certificate(ca.signer.certificate)
    assert named["certs"][0]["cert_hash"].native == own.fingerprint(hashes.SHA256())


def test_signature_is_deterministic(ca):
    digest = hashlib.sha256(b"letter").digest()
    assert ca.signer.sign(digest) == ca.signer.sign(digest)


def test_only_the_smaller_signature_value_is_used():
    low = ec.derive_private_key(1, ec.SECP256R1()).sign(b"x", ec.ECDSA(hashes.SHA256()))
    assert decode_dss_signature(cms.lower(low))[1] <= cms.P256_ORDER // 2


def test_key_in_a_key_service_can_seal(letter, ca):
    key = ec.generate_private_key(ec.SECP256R1())
    remote = KeyService(key, pem(certificate("Remote seal", key, issuer=ca.certificate, issuer_key=ca.key)))
    found = check(seal(letter, signer=remote, at=SEALED_AT), ca.trust)
    assert (found.authentic, found.sealed_by) == (True, "Remote seal")


def test_chain_between_key_and_root_goes_with_the_seal(letter, ca, tmp_path):
    middle_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    middle = certificate("Middle", middle_key, issuer=ca.certificate, issuer_key=ca.key, is_authority=True)
    own = certificate("Below the middle", key, issuer=middle, issuer_key=middle_key)
    found = check(seal(letter, signer=signer(tmp_path, key, own, middle), at=SEALED_AT), ca.trust)
    assert (found.authentic, found.sealed_by) == (True, "Below the middle")


@pytest.mark.parametrize("at", [VALID_FROM - timedelta(seconds=1), VALID_UNTIL + timedelta(seconds=1)])
def test_refuses_a_time_at_which_the_certificate_is_not_valid(letter, ca, at):
    with pytest.raises(CannotSeal, match="Renew the certificate"):
        seal(letter, signer=ca.signer, at=at)


def test_refuses_a_time_without_a_zone(letter, ca):
    with pytest.raises(CannotSeal, match="has no zone"):
        seal(letter, signer=ca.signer, at=datetime(2026, 11, 23, tzinfo=UTC).replace(tzinfo=None))


def test_refuses_to_seal_twice(sealed, ca):
    with pytest.raises(CannotSeal, match="sealed already"):
        seal(sealed, signer=ca.signer, at=SEALED_AT)


@pytest.mark.parametrize("junk", [b"", b"%PDF-1.7\n", b"a letter" * 999])
def test_refuses_what_is_not_a_letter(ca, junk):
    with pytest.raises(CannotSeal, match="not a letter"):
        seal(junk, signer=ca.signer, at=SEALED_AT)


def test_refuses_a_pdf_without_an_identifier(letter, ca):
    with pytest.raises(CannotSeal, match="not a letter"):
        seal(letter.replace(b"/ID [", b"/XX ["), signer=ca.signer, at=SEALED_AT)


def test_refuses_an_answer_made_with_another_key(letter, ca):
    stranger = KeyService(ec.generate_private_key(ec.SECP256R1()), ca.signer.certificate)
    with pytest.raises(CannotSeal, match="does not fit its certificate"):
        seal(letter, signer=stranger, at=SEALED_AT)


def test_refuses_a_key_that_the_certificate_is_not_for(ca, tmp_path):
    with pytest.raises(CannotSeal, match="certifies another key"):
        signer(tmp_path, ec.generate_private_key(ec.SECP256R1()), ca.certificate)


@pytest.mark.parametrize(
    "key", [ec.generate_private_key(ec.SECP384R1()), rsa.generate_private_key(65537, 2048)], ids=["P-384", "RSA"]
)
def test_refuses_a_key_of_another_kind(ca, tmp_path, key):
    with pytest.raises(CannotSeal, match="P-256"):
        signer(tmp_path, key, ca.certificate)


def test_names_the_file_that_cannot_be_read(tmp_path):
    with pytest.raises(CannotSeal, match=r"absent\.key"):
        FileSigner(tmp_path / "absent.key", tmp_path / "absent.pem")
