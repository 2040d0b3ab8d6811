"""Make, once, the certificate authority and the sealing key of a development machine.

Letters sealed with it prove nothing to anybody: its subject says "development".
"""

import datetime
import os
from pathlib import Path

from infra.machine.places import AUTHORITY

YEARS = 10
ROOT, KEY, CERTIFICATE = (AUTHORITY / "root.pem", AUTHORITY / "seal.key", AUTHORITY / "seal.pem")


def make() -> bool:
    """Write root.pem, seal.key (mode 0600) and seal.pem unless all are there. Return whether they were made."""
    if CERTIFICATE.exists():
        return False
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    AUTHORITY.mkdir(parents=True, exist_ok=True)
    root_key, seal_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    root, seal = "Matchfund development root", "Matchfund development"
    write(ROOT, certificate(root, root_key.public_key(), root, root_key).public_bytes(pem), 0o644)
    write(KEY, seal_key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain), 0o600)
    write(CERTIFICATE, certificate(seal, seal_key.public_key(), root, root_key).public_bytes(pem), 0o644)
    return True


def certificate(subject, key, issuer, issuer_key):
    """Return a certificate for ten years: an authority's if subject and issuer are one, else a sealing key's."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import NameOID

    def name(common):
        parts = ((NameOID.COUNTRY_NAME, "GB"), (NameOID.ORGANIZATION_NAME, "Matchfund"), (NameOID.COMMON_NAME, common))
        return x509.Name([x509.NameAttribute(kind, value) for kind, value in parts])

    authority = subject == issuer
    now = datetime.datetime.now(datetime.UTC)
    usage = x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=800))
        .not_valid_after(now + datetime.timedelta(days=365 * YEARS + YEARS // 4))
        .add_extension(x509.BasicConstraints(authority, None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )


def write(path: Path, content: bytes, mode: int) -> None:
    """Write the file whole or not at all, with its mode from the first byte on."""
    half = path.with_suffix(".half")
    half.unlink(missing_ok=True)
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
    half.rename(path)
