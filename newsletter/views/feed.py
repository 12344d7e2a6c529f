"""The newest editions for feed readers, in the language of the address."""

from datetime import datetime

from django.contrib.syndication.views import Feed
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from newsletter import links
from newsletter.languages import page_language
from newsletter.models import Edition
from newsletter.render import printed_entries
from newsletter.views.public import daily_papers, published

NEWEST = 15


class EditionFeed(Feed):  # type: ignore[type-arg]  # generic in the stubs, not in Django
    title = "Paperboy"
    description = _("Today’s AI papers, at your door each morning.")

    def link(self) -> str:
        return links.home_url(page_language())

    def items(self) -> list[Edition]:
        return list(published(daily_papers()).with_headlines()[:NEWEST])

    def item_link(self, item: Edition) -> str:
        return links.edition_url(item, page_language())

    def item_pubdate(self, item: Edition) -> datetime:
        return item.newsletter.send_at(item.date)

    def item_title(self, item: Edition) -> str:
        return render_to_string("newsletter/feed_title.html", {"edition": item}).strip()

    def item_description(self, item: Edition) -> str:
        entries = printed_entries(item, item.newsletter.page_language)
        return render_to_string("newsletter/feed_edition.html", {"entries": entries})
