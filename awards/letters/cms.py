"""The signature inside a seal: one Cryptographic Message Syntax message, built so that only one form is right.

Everything in the message follows from four things: the digest of the letter, the sealing certificate, its chain and
the signature value. The check builds the message again from these and compares, so that no byte of it is free.
Sources: RFC 5652 (CMS), RFC 5035 (signing certificate), RFC 6211 (algorithm protection), ETSI EN 319 142-1 (PAdES).
"""

import hashlib
from collections.abc import Sequence

from asn1crypto import algos, cms, tsp, x509
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
DIGEST = {"algorithm": "sha256"}
SIGNATURE = {"algorithm": "sha256_ecdsa"}


def signed_attributes(digest: bytes, certificate: bytes, chain: Sequence[bytes]) -> cms.CMSAttributes:
    """Return what the key signs: the letter's SHA-256 and the exact certificates (DER) that go with it."""
    protection = {
        "digest_algorithm": algos.DigestAlgorithm(DIGEST),
        "signature_algorithm": algos.SignedDigestAlgorithm(SIGNATURE),
    }
    identified = tsp.SigningCertificateV2({"certs": [_identified(one) for one in (certificate, *sorted(chain))]})
    values = {
        "content_type": "data",
        "message_digest": digest,
        "cms_algorithm_protection": cms.CMSAlgorithmProtection(protection),
        "signing_certificate_v2": identified,
    }
    return cms.CMSAttributes([cms.CMSAttribute({"type": kind, "values": [value]}) for kind, value in values.items()])


def build(digest: bytes, certificate: bytes, chain: Sequence[bytes], signature: bytes) -> bytes:
    """Return the DER bytes of the message around a signature (DER, ECDSA P-256 with SHA-256)."""
    sealing = x509.Certificate.load(certificate)
    signer = {
        "version": "v1",
        "sid": cms.SignerIdentifier(
            {
                "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                    {"issuer": sealing.issuer, "serial_number": sealing.serial_number}
                )
            }
        ),
        "digest_algorithm": algos.DigestAlgorithm(DIGEST),
        "signature_algorithm": algos.SignedDigestAlgorithm(SIGNATURE),
        "signed_attrs": signed_attributes(digest, certificate, chain),
        "signature": signature,
    }
    content = {
        "version": "v1",
        "digest_algorithms": cms.DigestAlgorithms([algos.DigestAlgorithm(DIGEST)]),
        "encap_content_info": {"content_type": "data"},
        "certificates": [x509.Certificate.load(one) for one in (certificate, *chain)],
        "signer_infos": [cms.SignerInfo(signer)],
    }
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(content)}).dump())


def parts(message: bytes) -> tuple[bytes, list[bytes], bytes]:
    """Return the sealing certificate, the other certificates (all DER) and the signature of a message.

    Raise ValueError for bytes that are not such a message.
    """
    try:
        content = cms.ContentInfo.load(message)["content"]
        signer = content["signer_infos"][0]
        named = signer["sid"].chosen
        certificates = [choice.chosen for choice in content["certificates"]]
        mine = [
            c for c in certificates if (c.issuer, c.serial_number) == (named["issuer"], named["serial_number"].native)
        ]
        return mine[0].dump(), [c.dump() for c in certificates if c is not mine[0]], signer["signature"].native
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        raise ValueError("this is not a signature message") from error


def lower(signature: bytes) -> bytes:
    """Return the one accepted form of an ECDSA signature: the smaller of its two equally valid values of s."""
    r, s = decode_dss_signature(signature)
    return encode_dss_signature(r, min(s, P256_ORDER - s))


def _identified(certificate: bytes) -> tsp.ESSCertIDv2:
    return tsp.ESSCertIDv2({"cert_hash": hashlib.sha256(certificate).digest()})
