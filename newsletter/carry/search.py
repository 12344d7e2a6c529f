"""Search: ask a provider whether it has the mails that are in doubt."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from newsletter.addressee import Addressee
from newsletter.models import Channel, Newsletter
from newsletter.providers import way_out

# Loaded when one is asked: senders do without an HTTP client of their own.
SEARCHES = {
    "mailgun": "newsletter.carry.searches.Mailgun",
    "postmark": "newsletter.carry.searches.Postmark",
}


class Search(Protocol):
    """One provider's own search. That it finds nothing proves little: it lags behind by minutes."""

    provider: str

    def found(self, addressees: Iterable[Addressee], since: datetime) -> list[int]:
        """Those of these deliveries that the provider has, claimed at `since` or later.

        What cannot be asked is not found; raises nothing that the network or the provider can
        cause.
        """


def search_for(channel: Channel, newsletter: Newsletter) -> Search | None:
    """How to ask whoever a channel leads to; None where nobody can be asked."""
    url = settings.CHANNELS.get(channel.name)
    way = way_out(url) if url else None
    if way is None or way.scheme not in SEARCHES:
        return None
    search: Search = import_string(SEARCHES[way.scheme])(way, newsletter)
    return search
