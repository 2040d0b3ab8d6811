"""Checking a letter: what a genuine one proves, and that any other byte is told."""

import hashlib
from datetime import timedelta
from io import BytesIO

import pikepdf
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from awards.letters import cms, document
from awards.letters.check import LetterCheck, check
from awards.letters.example import example
from awards.letters.seal import seal
from tests.awards.sealing import SEALED_AT, authority, certificate, pem, signer

MANY = settings(max_examples=300)


@pytest.fixture(scope="module")
def ca(tmp_path_factory):
    return authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def sealed(ca):
    return seal(document.render(example()), signer=ca.signer, at=SEALED_AT)


def gap(pdf):
    """Return where the signature's digits begin and end."""
    start = pdf.rindex(b"/Contents <") + len(b"/Contents <")
    return start, pdf.index(b">", start)


def told(pdf, ca):
    """Tell whether a check names a problem and believes nothing in the file."""
    found = check(pdf, ca.trust)
    return found.problems != [] and not found.authentic and not found.intact and found.data is None


def test_genuine_letter_proves_who_when_and_what(sealed, ca):
    assert check(sealed, ca.trust) == LetterCheck(
        sha256=hashlib.sha256(sealed).hexdigest(),
        intact=True,
        trusted=True,
        covers_whole_file=True,
        sealed_by="Matchfund test seal",
        sealed_at=SEALED_AT,
        award="MFA-0001",
        data=example(),
        pdf_a=True,
        pdf_ua=True,
        problems=[],
    )


def test_genuine_letter_is_authentic(sealed, ca):
    assert check(sealed, ca.trust).authentic is True


def test_any_of_several_roots_will_do(sealed, ca, tmp_path):
    assert check(sealed, authority(tmp_path, "Other").trust + ca.trust).authentic is True


@MANY
@given(st.data())
def test_a_flipped_bit_is_told(sealed, ca, data):
    place, bit = data.draw(st.integers(0, len(sealed) - 1)), data.draw(st.integers(0, 7))
    assert told(sealed[:place] + bytes([sealed[place] ^ 1 << bit]) + sealed[place + 1 :], ca)


@MANY
@given(st.data())
def test_a_changed_byte_of_the_signature_is_told(sealed, ca, data):
    place = data.draw(st.integers(gap(sealed)[0] - 80, gap(sealed)[1] + 80))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != sealed[place]))
    assert told(sealed[:place] + bytes([other]) + sealed[place + 1 :], ca)


@MANY
@given(st.data())
def test_an_inserted_byte_is_told(sealed, ca, data):
    place = data.draw(st.integers(0, len(sealed)))
    assert told(sealed[:place] + data.draw(st.binary(min_size=1, max_size=8)) + sealed[place:], ca)


@MANY
@given(st.data())
def test_removed_bytes_are_told(sealed, ca, data):
    start = data.draw(st.integers(0, len(sealed) - 1))
    end = data.draw(st.integers(start + 1, len(sealed)))
    assert told(sealed[:start] + sealed[end:], ca)


@given(st.binary(min_size=1))
@settings(max_examples=50)
def test_appended_bytes_are_told(sealed, ca, more):
    assert told(sealed + more, ca)


def test_an_update_appended_by_a_pdf_editor_is_told(sealed, ca):
    editor, out = IncrementalPdfFileWriter(BytesIO(sealed)), BytesIO()
    editor.update_root()
    editor.write(out)
    found = check(out.getvalue(), ca.trust)
    assert found.problems == ["The seal does not cover the whole file: something was added or removed after sealing."]


def test_small_letters_in_the_signature_are_told(sealed, ca):
    start, end = gap(sealed)
    assert told(sealed[:start] + sealed[start:end].lower() + sealed[end:], ca)


def test_digits_after_the_signature_are_told(sealed, ca):
    end = gap(sealed)[1]
    assert told(sealed[: end - 1] + b"1" + sealed[end:], ca)


def test_the_other_valid_signature_value_is_told(sealed, ca):
    start, end = gap(sealed)
    signature = cms.parts(bytes.fromhex(sealed[start:end].decode()))[2]
    r, s = decode_dss_signature(signature)
    twin = encode_dss_signature(r, cms.P256_ORDER - s)
    digits = sealed[start:end].replace(signature.hex().upper().encode(), twin.hex().upper().encode())
    assert told(sealed[:start] + digits[: end - start].ljust(end - start, b"0") + sealed[end:], ca)


@given(st.binary())
def test_never_fails_on_garbage(ca, junk):
    assert told(junk, ca)


@given(st.tuples(*[st.integers(0, 60)] * 3), st.binary(max_size=30))
def test_never_fails_on_garbage_with_a_byte_range(ca, numbers, junk):
    assert told(b"%%PDF /ByteRange [0 %d %d %d]<%s>" % (*numbers, junk.hex().encode()), ca)


def test_letter_that_was_never_sealed_is_told(ca):
    assert check(document.render(example()), ca.trust).problems == ["The file carries no seal."]


def test_file_beyond_any_letter_is_not_read(ca):
    assert check(bytes(20_000_001), ca.trust).problems == [
        "The file has 20,000,001 bytes; no letter has more than 20,000,000."
    ]


def test_seal_under_another_root_is_not_trusted_and_its_content_not_believed(sealed, ca, tmp_path):
    found = check(sealed, authority(tmp_path, "Other").trust)
    assert (found.intact, found.trusted, found.authentic, found.data) == (True, False, False, None)
    assert found.problems == ["The seal is by Matchfund test seal, whose certificate is not under a trusted root."]


def test_a_root_of_the_same_name_is_not_trusted(sealed, ca, tmp_path):
    assert check(sealed, authority(tmp_path).trust).trusted is False


def test_seal_with_a_certificate_not_for_sealing_is_not_trusted(sealed, ca, tmp_path):
    key = ec.generate_private_key(ec.SECP256R1())
    own = certificate("Middle", key, issuer=ca.certificate, issuer_key=ca.key, is_authority=True)
    found = check(seal(document.render(example()), signer=signer(tmp_path, key, own), at=SEALED_AT), ca.trust)
    assert (found.intact, found.trusted, found.authentic) == (True, False, False)


def test_something_else_under_our_seal_is_no_letter(ca):
    blank = BytesIO()
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.save(blank, deterministic_id=True)
    found = check(seal(blank.getvalue(), signer=ca.signer, at=SEALED_AT), ca.trust)
    assert found.problems == [
        "The letter does not carry its own data.",
        "The letter is not a valid PDF/A-3a file.",
        "The letter is not a valid PDF/UA-1 file.",
    ]


def test_a_later_seal_tells_its_own_time(ca):
    later = SEALED_AT + timedelta(days=2)
    assert check(seal(document.render(example()), signer=ca.signer, at=later), ca.trust).sealed_at == later


def test_roots_must_be_certificates(sealed):
    with pytest.raises(ValueError, match="PEM"):
        check(sealed, b"no certificate")


def test_helper_writes_certificates_as_pem(ca):
    assert pem(ca.certificate) == ca.trust
