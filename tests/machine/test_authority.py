import datetime
import stat

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from infra.machine import authority


@pytest.fixture
def made(monkeypatch, tmp_path):
    for name, file in {"AUTHORITY": "", "ROOT": "root.pem", "KEY": "seal.key", "CERTIFICATE": "seal.pem"}.items():
        monkeypatch.setattr(authority, name, tmp_path / file)
    authority.make()
    return authority


@pytest.fixture
def seal(made):
    return x509.load_pem_x509_certificate(made.CERTIFICATE.read_bytes())


def test_the_root_signed_the_sealing_certificate(made, seal):
    seal.verify_directly_issued_by(x509.load_pem_x509_certificate(made.ROOT.read_bytes()))


def test_the_key_is_that_of_the_certificate(made, seal):
    key = serialization.load_pem_private_key(made.KEY.read_bytes(), password=None)
    assert key.public_key() == seal.public_key()
    assert key.curve.name == "secp256r1"


def test_the_key_is_private(made):
    assert stat.S_IMODE(made.KEY.stat().st_mode) == 0o600


def test_the_certificate_says_development_and_lasts_ten_years(seal):
    assert seal.subject.rfc4514_string() == "CN=Matchfund development,O=Matchfund,C=GB"
    now = datetime.datetime.now(datetime.UTC)
    assert round((seal.not_valid_after_utc - now) / datetime.timedelta(days=365.25)) == 10
    assert round((now - seal.not_valid_before_utc) / datetime.timedelta(days=1)) == 800


def test_the_sealing_key_signs_documents_and_no_certificates(seal):
    usage = seal.extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.content_commitment, usage.digital_signature, usage.key_cert_sign) == (True, True, False)


def test_a_second_call_makes_nothing(made):
    before = made.KEY.read_bytes()
    assert made.make() is False
    assert made.KEY.read_bytes() == before
