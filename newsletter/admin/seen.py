"""Which version of an edition an editor has seen, as the page says that posts."""

from __future__ import annotations

from django.http import HttpRequest


def seen_version(request: HttpRequest) -> int:
    """One that no edition has where the page names none."""
    given = request.GET.get("seen_version") or request.POST.get("seen_version", "")
    return int(given) if given.isdecimal() and len(given) < 10 else -1
