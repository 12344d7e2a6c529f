"""Domains whose addresses are given out for minutes: a confirmation there is nobody's."""

from __future__ import annotations

from disposable_email_domains import blocklist


def is_disposable(address: str) -> bool:
    """Whether the domain of a clean address, or one above it, is on the list."""
    labels = address.rpartition("@")[2].split(".")
    return any(".".join(labels[depth:]) in blocklist for depth in range(len(labels) - 1))
