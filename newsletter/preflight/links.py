"""Links that readers would press in vain."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsletter.models import Visit
from newsletter.preflight.answers import nobody_answers, what_it_says
from newsletter.preflight.finding import Finding, Level
from newsletter.preflight.material import Material


def links(material: Material) -> Iterator[Finding]:
    """Stops at what is gone (404, 410, no such host) and at what leads into a private network;
    warns of what does not answer, which may pass, and of what was not opened yet.

    Where none of many answers, the network of this machine is to blame, and no link.
    """
    places = {url: number for page in material.pages.values() for url, number in page.links.items()}
    known = {url: material.visits[url] for url in places if url in material.visits}
    is_us = nobody_answers(material.visits.values())
    if is_us:
        said = _("No link answers. Does this machine have a network?")
        yield Finding(Level.WARNING, said)
    for url, visit in known.items():
        if found := finding(url, places[url], visit, is_us=is_us):
            yield found
    if unopened := len(places) - len(known):
        yield Finding(Level.WARNING, not_opened(unopened))


def finding(url: str, number: int, visit: Visit, *, is_us: bool) -> Finding | None:
    words = {"number": number, "url": url, "why": what_it_says(visit)}
    if visit.state == Visit.State.PRIVATE:
        said = _("No. %(number)s leads into a private network, where no reader gets: %(url)s")
        return Finding(Level.STOP, said % words, url)
    if visit.state == Visit.State.ANSWERS or is_us:
        return None
    if visit.state == Visit.State.GONE:
        said = _("A link of no. %(number)s leads nowhere: %(url)s (%(why)s)")
        return Finding(Level.STOP, said % words, url)
    said = _("A link of no. %(number)s does not answer: %(url)s (%(why)s)")
    return Finding(Level.WARNING, said % words, url)


def not_opened(count: int) -> str:
    return ngettext(
        "%(count)s link has not been opened yet.",
        "%(count)s links have not been opened yet.",
        count,
    ) % {"count": count}
