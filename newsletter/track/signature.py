"""Whether a text is signed by whom a certificate names (RSA, PKCS #1 v1.5). Needs cryptography."""

from __future__ import annotations

from base64 import b64decode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509 import load_pem_x509_certificate

HASHES = {"SHA1": hashes.SHA1, "SHA256": hashes.SHA256}


def is_signed(certificate: bytes, signature: str, text: str, hash_name: str) -> bool:
    """`certificate` is PEM, `signature` Base64. Raises ValueError where the certificate is none."""
    key = load_pem_x509_certificate(certificate).public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    try:
        key.verify(b64decode(signature), text.encode(), padding.PKCS1v15(), HASHES[hash_name]())
    except (InvalidSignature, ValueError):
        return False
    return True
