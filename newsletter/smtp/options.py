"""How a relay is reached, and how long it may take."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import parse_qs, unquote

from newsletter.providers import SMTP_PORTS, BadEmailUrl, split


class Tls(Enum):
    NONE = "smtp"
    STARTTLS = "smtp+tls"
    IMPLICIT = "smtps"


@dataclass(frozen=True)
class RelayOptions:
    """Seconds count from the last octet that was said; those of `content` cover the message too."""

    host: str
    port: int = 25
    user: str = ""
    password: str = field(default="", repr=False)
    tls: Tls = Tls.NONE
    cafile: str = ""  # whose certificates are trusted; the system's when blank
    connections: int = 4
    local_name: str = ""  # for EHLO; this machine's when blank
    connect_seconds: float = 30
    reply_seconds: float = 60
    content_seconds: float = 300

    @classmethod
    def from_url(cls, url: str, *, connections: int) -> RelayOptions:
        """`smtp://user:password@host:port?cafile=/path`; raises BadEmailUrl."""
        parts, port = split(url)
        if parts.scheme not in SMTP_PORTS or not parts.hostname:
            raise BadEmailUrl("EMAIL_URL names no relay; write smtp://host:port")
        query = parse_qs(parts.query)
        return cls(
            host=parts.hostname,
            port=port or SMTP_PORTS[parts.scheme],
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            tls=Tls(parts.scheme),
            cafile=query.get("cafile", [""])[-1],
            connections=connections,
        )
