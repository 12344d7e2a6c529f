"""Only the installation that a database was made for may mail from it: not a copy of it."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings

from newsletter.models import Installation

ONLY = 1  # the row's id


class NotArmed(Exception):
    """The database mails for another site; the message says which, and what to do."""


def require_armed() -> None:
    """Raises NotArmed when another site mails from this database, or from what it is a copy of.
    The first site to ask is the one. May be repeated."""
    row = installation()
    if row.site_url != settings.SITE_URL:
        raise NotArmed(
            f"This database mails for {row.site_url}, and SITE_URL says {settings.SITE_URL}. "
            "A copy must not mail readers again. If the site has moved, run: manage.py arm"
        )


def is_copy() -> bool:
    """Whether another site mails from this database, or from what it is a copy of."""
    return Installation.objects.exclude(site_url=settings.SITE_URL).exists()


def ledger_id() -> str:
    """What tells this database's ledger from others, whose slices count from one, too."""
    return installation().ledger_id.hex


def installation() -> Installation:
    row, _ = Installation.objects.get_or_create(pk=ONLY, defaults={"site_url": settings.SITE_URL})
    return row


def arm() -> None:
    """From now on this database mails for this site. With a name of its own: the journals of what
    it may be a copy of are another's."""
    row = installation()
    if row.site_url != settings.SITE_URL:
        row.site_url, row.ledger_id = settings.SITE_URL, uuid4()
        row.save()
