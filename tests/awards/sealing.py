"""Certificates and keys for tests of sealing, made anew for each run."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from awards.letters.seal import FileSigner

SEALED_AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
VALID_FROM, VALID_UNTIL = SEALED_AT - timedelta(days=30), SEALED_AT + timedelta(days=365)
Key = ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Authority:
    """A root, and a signer under it."""

    key: Key
    certificate: x509.Certificate
    trust: bytes
    signer: FileSigner


def authority(folder: Path, name: str = "Matchfund test") -> Authority:
    """Make a root certificate and a sealing key under it in a folder."""
    root_key, seal_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = certificate(f"{name} root", root_key, issuer=None, issuer_key=root_key)
    sealing = certificate(f"{name} seal", seal_key, issuer=root, issuer_key=root_key)
    return Authority(root_key, root, pem(root), signer(folder / name, seal_key, sealing))


def signer(folder: Path, key: Key, *certificates: x509.Certificate) -> FileSigner:
    """Write a key and its certificates to a folder and load them as a signer."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "seal.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (folder / "seal.pem").write_bytes(b"".join(map(pem, certificates)))
    return FileSigner(folder / "seal.key", folder / "seal.pem")


def certificate(
    name: str, key: Key, *, issuer: x509.Certificate | None, issuer_key: Key, is_authority: bool | None = None
) -> x509.Certificate:
    """Make a certificate; without an issuer it is a root."""
    own = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "GB"), x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signs_certificates = issuer is None if is_authority is None else is_authority
    usage = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False
    )
    return (
        x509.CertificateBuilder()
        .subject_name(own)
        .issuer_name(issuer.subject if issuer else own)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(VALID_FROM)
        .not_valid_after(VALID_UNTIL)
        .add_extension(x509.BasicConstraints(ca=signs_certificates, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not signs_certificates,
                content_commitment=not signs_certificates,
                key_cert_sign=signs_certificates,
                crl_sign=signs_certificates,
                **usage,
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )


def pem(one: x509.Certificate) -> bytes:
    """Return a certificate as PEM."""
    return one.public_bytes(serialization.Encoding.PEM)
