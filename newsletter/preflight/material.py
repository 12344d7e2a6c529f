"""What the checks look at, gathered once: the mails as they would leave, and what they are of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from lxml import html

from newsletter import clock
from newsletter.models import Edition, Entry, Rendition, Visit
from newsletter.redirects import behind
from newsletter.render import printed_entries, what_readers_get
from newsletter.rendered import Rendered
from papers.models import Summary
from papers.summarise.draft import text_of

MOST_LINKS = 300  # an edition; what is beyond stays unopened, and the desk says so
GOOD_FOR = timedelta(hours=24)  # of what an address answered


@dataclass(frozen=True)
class Page:
    """What a mail's HTML leads to, each with the number of the entry in which it stands first; 0 is
    above them. The site's own addresses are left out, but for those that lead on: of these it is
    where they lead."""

    links: Mapping[str, int]
    pictures: Mapping[str, int]


@dataclass(frozen=True)
class Material:
    edition: Edition
    mails: Mapping[str, Rendered]  # by language, the main one first
    pages: Mapping[str, Page]
    entries: Sequence[Entry]  # printed, in order, with their papers
    summaries: Mapping[tuple[int, str], Summary]  # by paper and language
    renditions: Mapping[str, Rendition]
    visits: Mapping[str, Visit]  # by address
    at: datetime  # when it was begun to gather

    @property
    def unopened_count(self) -> int:
        """Addresses that are still to be opened, or opened again."""
        fresh = [each for each in self.visits.values() if each.visited_at > self.at - GOOD_FOR]
        return len(addresses(self.pages.values())) - len(fresh)

    def content(self, language: str) -> str:
        """A hash of all that editors can change in one language."""
        own = self.renditions.get(language, Rendition())
        said = [language, own.subject, own.preheader, own.intro]
        for _number, entry, code, summary in self.places():
            if code == language:
                said += [entry.paper.canonical_id, entry.paper.title, entry.note]
                said += [entry.headline(language)]
                said += [text_of(summary)] if summary else []
        return hashlib.sha256("\0".join(said).encode()).hexdigest()

    def places(self) -> Iterator[tuple[int, Entry, str, Summary | None]]:
        """Number, entry, language and summary of all that is printed."""
        for language in self.mails:
            for number, entry in enumerate(self.entries, start=1):
                yield number, entry, language, self.summaries.get((entry.paper_id, language))


def mails_of(edition: Edition) -> dict[str, Rendered]:
    return {code: what_readers_get(edition, code) for code in edition.languages}


def gather(edition: Edition, mails: Mapping[str, Rendered] | None = None) -> Material:
    """In five queries, and one to the clock; two more where links lead through this site, and those
    of rendering where no mails are given."""
    at = clock.now()
    mails = mails or mails_of(edition)
    pages = pages_of(edition, mails)
    entries = list(edition.printed_entries())
    summaries = Summary.objects.select_related("paper").filter(
        paper__in=[entry.paper_id for entry in entries], language__in=list(mails)
    )
    renditions = edition.renditions.whole()
    visits = Visit.objects.filter(url__in=addresses(pages.values()))
    return Material(
        edition=edition,
        mails=mails,
        pages=pages,
        entries=entries,
        summaries={(each.paper_id, each.language): each for each in summaries},
        renditions={each.language: each for each in renditions},
        visits={visit.url: visit for visit in visits},
        at=at,
    )


def pages_of(edition: Edition, mails: Mapping[str, Rendered]) -> dict[str, Page]:
    leads_to: dict[str, str] = {}
    if edition.newsletter.own_links and mails:
        leads_to = behind(edition, printed_entries(edition, next(iter(mails))))
    return {language: page_of(mail.html, leads_to) for language, mail in mails.items()}


def page_of(mail: str, leads_to: Mapping[str, str]) -> Page:
    links: dict[str, int] = {}
    pictures: dict[str, int] = {}
    number = 0
    tree = html.fromstring(mail)
    for place in tree.iter("td", "a", "img"):
        if place.tag == "td" and is_entry(place.get("id", "")):
            number += 1
            continue
        url = place.get("href" if place.tag == "a" else "src", "")
        url = leads_to.get(url, url)
        if is_elsewhere(url):
            (links if place.tag == "a" else pictures).setdefault(url, number)
    return Page(links, pictures)


def is_entry(place_id: str) -> bool:
    return place_id[:1] == "p" and place_id[1:].isdecimal()


def is_elsewhere(url: str) -> bool:
    return url.startswith(("http://", "https://")) and not url.startswith(f"{settings.SITE_URL}/")


def addresses(pages: Iterable[Page]) -> list[str]:
    """Those that are opened: each once, in the order in which they stand."""
    found = (url for page in pages for url in (*page.links, *page.pictures))
    return list(dict.fromkeys(found))[:MOST_LINKS]
