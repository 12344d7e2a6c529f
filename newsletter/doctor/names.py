"""Questions to DNS, each answered within a second and a half, or not at all."""

from __future__ import annotations

from dns.exception import DNSException
from dns.resolver import NXDOMAIN, NoAnswer, resolve

SECONDS = 1.5
# Names that are nobody's (RFC 6761, 2606, 6762, 8375, 9476).
SPECIAL_USE = ("test", "example", "invalid", "localhost", "local", "onion", "internal", "alt")
SPECIAL_DOMAINS = ("example.com", "example.net", "example.org", "home.arpa")


class NotKnown(Exception):
    """No server answered, or none is known: nothing can be said either way."""


def texts(name: str) -> list[str]:
    """The TXT records of a name; none where it has none, or is not there. Raises NotKnown."""
    return [b"".join(record.strings).decode(errors="replace") for record in asked(name, "TXT")]


def takes_mail(name: str) -> bool:
    """Whether a mail server stands there (RFC 5321, 5.1), and none that refuses all (RFC 7505).
    Raises NotKnown."""
    servers = [record.exchange.to_text() for record in asked(name, "MX")]
    if servers:
        return servers != ["."]
    return bool(asked(name, "A") or asked(name, "AAAA"))


def is_there(name: str) -> bool:
    """Raises NotKnown."""
    try:
        resolve(name, "SOA", lifetime=SECONDS)
    except NXDOMAIN:
        return False
    except NoAnswer:
        return True
    except DNSException as error:
        raise NotKnown(type(error).__name__) from error
    return True


def asked(name: str, kind: str):  # type: ignore[no-untyped-def]  # dnspython: a type a kind
    try:
        return list(resolve(name, kind, lifetime=SECONDS))
    except (NXDOMAIN, NoAnswer):
        return []
    except DNSException as error:
        raise NotKnown(type(error).__name__) from error


def is_special_use(host: str) -> bool:
    """A name that is set aside, or without a dot: nobody else can find it."""
    host = host.rstrip(".").lower()
    labels = host.split(".")
    is_set_aside = any(host == name or host.endswith(f".{name}") for name in SPECIAL_DOMAINS)
    return len(labels) < 2 or labels[-1] in SPECIAL_USE or is_set_aside
