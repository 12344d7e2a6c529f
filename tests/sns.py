"""Amazon SNS, as far as its signatures go: a key, a certificate of it, and messages under it."""

import base64
import json
from datetime import UTC, datetime, timedelta
from functools import cached_property

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from newsletter.track.sns import signed_text

CERTIFICATE_URL = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem"


class Signed:
    @cached_property
    def KEY(self):
        return rsa.generate_private_key(65537, 2048)

    @cached_property
    def ANOTHER_KEY(self):
        return rsa.generate_private_key(65537, 2048)

    @cached_property
    def CERTIFICATE(self):
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
        now = datetime.now(UTC)
        made = x509.CertificateBuilder(name, name, self.KEY.public_key(), 1)
        made = made.not_valid_before(now).not_valid_after(now + timedelta(days=1))
        made = made.sign(self.KEY, hashes.SHA256())
        return made.public_bytes(serialization.Encoding.PEM)

    def get(self, url, timeout):
        """In place of httpx's, where Amazon would be."""
        assert url == CERTIFICATE_URL
        return httpx.Response(200, content=self.CERTIFICATE, request=httpx.Request("GET", url))

    def message(self, message, key=None, version="2", **changed):
        """The message, signed; `changed` after that."""
        message = message | {"SigningCertURL": CERTIFICATE_URL, "SignatureVersion": version}
        kind = hashes.SHA256() if version == "2" else hashes.SHA1()
        text = signed_text(message).encode()
        signature = (key or self.KEY).sign(text, padding.PKCS1v15(), kind)
        return message | {"Signature": base64.b64encode(signature).decode()} | changed

    def body(self, body, **how):
        return json.dumps(self.message(json.loads(body), **how)).encode()


signed = Signed()
