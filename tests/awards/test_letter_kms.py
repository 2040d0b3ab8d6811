"""A letter can be sealed with a key that lies in a key service, which never signs the same way twice."""

from pathlib import Path

import boto3
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key
from moto import mock_aws

from awards import tasks
from awards.letters.check import check
from awards.models import LetterRequest
from infra import storage
from tests.awards.sealing import certificate, pem

pytestmark = pytest.mark.django_db


class InTheService:
    """Stands for a private key that nobody has: only its public half is known."""

    def __init__(self, public: bytes) -> None:
        self._public = load_der_public_key(public)

    def public_key(self):
        return self._public


@pytest.fixture
def service(settings, tmp_path: Path):
    """A key service with a sealing key, certified under a root that we trust; the seal is set to it."""
    settings.S3_WAIT_SECONDS = 5
    with mock_aws():
        kms = boto3.client("kms", region_name=settings.S3["region_name"])
        made = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
        root_key = ec.generate_private_key(ec.SECP256R1())
        root = certificate("Key service root", root_key, issuer=None, issuer_key=root_key)
        key = InTheService(kms.get_public_key(KeyId=made)["PublicKey"])
        own = certificate("Key service seal", key, issuer=root, issuer_key=root_key)
        (tmp_path / "seal.pem").write_bytes(pem(own))
        (tmp_path / "root.pem").write_bytes(pem(root))
        settings.SEAL_KMS_KEY, settings.SEAL_CERTIFICATE_FILE = made, tmp_path / "seal.pem"
        settings.SEAL_TRUST_FILE = tmp_path / "root.pem"
        storage.client.cache_clear()
        tasks._signer.cache_clear()
        yield kms
    tasks._signer.cache_clear()
    storage.client.cache_clear()


@pytest.fixture
def request_of_letter(issued_award, service) -> LetterRequest:
    return LetterRequest.objects.get()


def test_a_letter_is_sealed_by_the_service_and_authentic(request_of_letter, settings):
    found = check(tasks.sealed(request_of_letter), settings.SEAL_TRUST_FILE.read_bytes())
    assert (found.authentic, found.sealed_by) == (True, "Key service seal")


def test_made_again_it_has_the_same_bytes(request_of_letter):
    assert tasks.sealed(request_of_letter) == tasks.sealed(LetterRequest.objects.get())


def test_an_answer_for_another_letter_is_not_used(request_of_letter, settings):
    LetterRequest.objects.update(signature=b"\0" * 100)
    assert check(tasks.sealed(request_of_letter), settings.SEAL_TRUST_FILE.read_bytes()).authentic


def test_while_the_service_refuses_the_letter_waits_in_words(request_of_letter, settings):
    settings.SEAL_KMS_KEY = "00000000-0000-0000-0000-000000000000"
    tasks._signer.cache_clear()
    assert tasks.make(request_of_letter.pk, at=request_of_letter.requested_at) is None
    assert LetterRequest.objects.get().problem.startswith("CannotSeal: The key service does not sign")
