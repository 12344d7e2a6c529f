"""Links of mails that lead through this site, for a newsletter that wants to mend them afterwards.

A key is made of the edition and the address, so that the same edition has the same bytes for all
readers: it tells nobody from another. Whoever opens it is sent on, and nothing is written down.
"""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from newsletter.links import absolute
from newsletter.mac import mac
from newsletter.models import Edition, Link, LinkChange, WrongState

if TYPE_CHECKING:
    from newsletter.render.entries import PrintedEntry

KEY_BYTES = 10  # 16 letters and digits


def link_url(edition: Edition, url: str) -> str:
    """The address of ours that leads to another; what is ours already stays."""
    if url.startswith(f"{settings.SITE_URL}/"):
        return url
    return absolute(f"/l/{key_of(edition, url)}/")  # of newsletter/reader_urls.py


def key_of(edition: Edition, url: str) -> str:
    octets = mac("paperboy.redirect", f"{edition.pk} {url}")[:KEY_BYTES]
    return b32encode(octets).decode().lower()


def through_this_site(entry: PrintedEntry, edition: Edition) -> PrintedEntry:
    """An entry as the mail prints it: its links to papers and code lead through here."""
    return moved(entry, {url: link_url(edition, url) for url in urls_of(entry)})


def as_mended(entries: Iterable[PrintedEntry], edition: Edition) -> list[PrintedEntry]:
    """Entries as they are printed once their edition has left: links that were mended since lead
    where they should."""
    if not edition.newsletter.own_links:
        return list(entries)
    mended = {each.url: each.target for each in edition.links.all() if each.is_mended}
    return [moved(entry, mended) for entry in entries]


def moved(entry: PrintedEntry, to: dict[str, str]) -> PrintedEntry:
    links = tuple(replace(link, url=to.get(link.url, link.url)) for link in entry.links)
    return replace(entry, arxiv_url=to.get(entry.arxiv_url, entry.arxiv_url), links=links)


def urls_of(entry: PrintedEntry) -> list[str]:
    return [entry.arxiv_url, *(link.url for link in entry.links)]


def behind(edition: Edition, entries: Iterable[PrintedEntry]) -> dict[str, str]:
    """Where the addresses of ours lead that stand in an edition's mails."""
    return {link_url(edition, url): url for entry in entries for url in urls_of(entry)}


def keep_links(edition: Edition, entries: Iterable[PrintedEntry]) -> None:
    """Have the links of an edition lead somewhere, before anybody gets them. May be repeated."""
    if not edition.newsletter.own_links:
        return
    urls = dict.fromkeys(url for entry in entries for url in urls_of(entry))
    Link.objects.bulk_create(
        [
            Link(edition=edition, key=key_of(edition, url), url=url, target=url)
            for url in urls
            if not url.startswith(f"{settings.SITE_URL}/")
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def mend(link: Link, to: str, *, seen: str, by: str, reason: str = "") -> None:
    """Lead a link elsewhere, in all mails that have it, at once.

    `seen` is where it led when the editor looked. Raises WrongState when it leads elsewhere by now.
    """
    mine = Link.objects.filter(pk=link.pk, target=seen)
    if not mine.exclude(target=to).update(target=to):
        raise WrongState(f"link {link.key} leads elsewhere by now, or there already; look again")
    LinkChange.objects.create(link=link, changed_by=by, before=seen, after=to, reason=reason)
    link.refresh_from_db()
