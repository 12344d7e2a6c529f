"""Only the installation that a database was made for may mail from it: not a copy of it."""

from __future__ import annotations

from django.conf import settings

from newsletter.models import Installation

ONLY = 1  # the row's id


class NotArmed(Exception):
    """The database mails for another site; the message says which, and what to do."""


def require_armed() -> None:
    """Raises NotArmed when another site mails from this database, or from what it is a copy of.
    The first site to ask is the one. May be repeated."""
    row, _ = Installation.objects.get_or_create(pk=ONLY, defaults={"site_url": settings.SITE_URL})
    if row.site_url != settings.SITE_URL:
        raise NotArmed(
            f"This database mails for {row.site_url}, and SITE_URL says {settings.SITE_URL}. "
            "A copy must not mail readers again. If the site has moved, run: manage.py arm"
        )


def arm() -> None:
    """From now on this database mails for this site."""
    Installation.objects.update_or_create(pk=ONLY, defaults={"site_url": settings.SITE_URL})
