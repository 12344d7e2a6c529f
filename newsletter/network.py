"""From which network a request comes: enough to tell crowds apart, and not people."""

from __future__ import annotations

import re
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

from newsletter.mac import mac

PREFIXES = {4: 24, 6: 64}  # bits: what one customer or one office has


def network_key(request: HttpRequest) -> str:
    """The same for all addresses of a network; blank where the address is not known. A keyed hash,
    under a key that outlives a change of SECRET_KEY."""
    network = network_of(client_address(request))
    return mac("paperboy.network", network, settings.ADDRESS_PEPPER)[:16].hex() if network else ""


def client_address(request: HttpRequest) -> str:
    """As the outermost proxy of ours saw it. What stands further left in X-Forwarded-For anyone may
    have written."""
    if not settings.PROXY_COUNT:
        return str(request.META.get("REMOTE_ADDR", ""))
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    if len(forwarded) < settings.PROXY_COUNT:
        return ""
    return without_port(forwarded[-settings.PROXY_COUNT].strip())


def without_port(address: str) -> str:
    """Some proxies write `203.0.113.7:51234` and `[2001:db8::1]:443`."""
    found = re.fullmatch(r"\[([^]]*)](?::\d+)?|([\d.]+):\d+", address)
    return found[1] or found[2] or "" if found else address


def network_of(address: str) -> str:
    """`203.0.113.0/24` or `2001:db8::/64`; an IPv4 address written as IPv6 is one of IPv4."""
    try:
        ip = ip_address(address)
    except ValueError:
        return ""
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return str(ip_network((ip, PREFIXES[ip.version]), strict=False))
