"""The providers whose own search can be asked for a mail.

Each of our messages carries its delivery's name as metadata (`delivery`), which the providers keep
with it.
"""

from __future__ import annotations

import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import datetime

import httpx

from newsletter.addressee import Addressee
from newsletter.message.fields import domain
from newsletter.message.message_id import delivery_name
from newsletter.models import Newsletter
from newsletter.providers import WayOut

logger = logging.getLogger(__name__)

SECONDS = 30.0  # for all whom one call asks for
TIMEOUT = httpx.Timeout(10, connect=5)  # seconds
# The last four: the answer is no JSON, or not of the documented shape.
UNANSWERED = (
    httpx.HTTPError,
    httpx.InvalidURL,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
)


class OverHttp(ABC):
    """A search by GET, with the key that the channel sends by."""

    provider: str

    def __init__(self, way: WayOut, newsletter: Newsletter) -> None:
        self.options = {name: str(value) for name, value in way.options.items()}
        self.newsletter = newsletter

    def found(self, addressees: Iterable[Addressee], since: datetime) -> list[int]:
        """As the protocol says: one after the other, for half a minute at most."""
        ends_at = time.monotonic() + SECONDS
        known: list[int] = []
        try:
            with self.client() as client:
                for addressee in addressees:
                    if time.monotonic() > ends_at:
                        break
                    if self.has(client, addressee, since):
                        known.append(addressee.delivery_id)
        except UNANSWERED as error:
            logger.warning("search at %s: %s", self.provider, type(error).__name__)
        return known

    @abstractmethod
    def client(self) -> httpx.Client: ...

    @abstractmethod
    def has(self, client: httpx.Client, addressee: Addressee, since: datetime) -> bool: ...


class Postmark(OverHttp):
    """GET /messages/outbound by one metadata field; it keeps messages for 45 days.

    Source: Postmark's Messages API, and its "Custom metadata FAQ" for `metadata_…`.
    """

    provider = "Postmark"

    def client(self) -> httpx.Client:
        return httpx.Client(
            base_url=self.options.get("api_url", "https://api.postmarkapp.com/"),
            headers={"X-Postmark-Server-Token": self.options["server_token"]},
            timeout=TIMEOUT,
        )

    def has(self, client: httpx.Client, addressee: Addressee, since: datetime) -> bool:
        name = delivery_name(addressee.delivery_id)
        asked = {"count": "5", "offset": "0", "metadata_delivery": name}
        if stream := self.options.get("message_stream"):
            asked["messagestream"] = stream  # without it, only the stream "outbound" is searched
        messages = listed(client, "messages/outbound", "Messages", asked)
        return any(message["Metadata"].get("delivery") == name for message in messages)


class Mailgun(OverHttp):
    """GET /v3/DOMAIN/events of one recipient; it keeps events for a day at least.

    Source: Mailgun's Events API: the event `accepted`, and the message's variables in each event.
    """

    provider = "Mailgun"

    def client(self) -> httpx.Client:
        return httpx.Client(
            base_url=self.options.get("api_url", "https://api.mailgun.net/v3/"),
            auth=("api", self.options["api_key"]),
            timeout=TIMEOUT,
        )

    def has(self, client: httpx.Client, addressee: Addressee, since: datetime) -> bool:
        name = delivery_name(addressee.delivery_id)
        place = self.options.get("sender_domain") or domain(self.newsletter)
        asked = {
            "event": "accepted",
            "recipient": addressee.address,
            "begin": str(int(since.timestamp())),
            "ascending": "yes",
            "limit": "300",
        }
        events = listed(client, f"{place}/events", "items", asked)
        variables = [event["user-variables"] or {} for event in events]  # an empty list, where none
        return any(each.get("delivery") == name for each in variables)


def listed(
    client: httpx.Client, path: str, column: str, asked: dict[str, str]
) -> list[dict[str, dict[str, str]]]:
    """What an answer has in one of its fields."""
    response = client.get(path, params=asked)
    response.raise_for_status()
    rows: list[dict[str, dict[str, str]]] = response.json()[column]
    return rows
