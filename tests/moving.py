"""Readers who change their address: what they press, and what they are sent."""

from urllib.parse import urlsplit

from django.core import mail

from newsletter import links
from newsletter.models import AddressChange, Agreement, Subscriber
from newsletter.models.subscribers import address_key

Side = Agreement.Side
OLD, NEW = "emma@example.org", "emma@example.net"


def path(url: str) -> str:
    return urlsplit(url).path


def ask(client, subscription, email=NEW, **fields):
    page = f"{path(links.unsubscribe_url(subscription.pk))}address/"
    return client.post(page, {"email": email} | fields)


def link(side: Side, email=NEW) -> str:
    return path(links.move_url(AddressChange.objects.get(address_key=address_key(email)), side))


def press_both(client, email=NEW):
    old, new = link(Side.OLD, email), link(Side.NEW, email)
    return client.post(old), client.post(new)


def addresses() -> set[str]:
    return set(Subscriber.objects.exclude(email="").values_list("email", flat=True))


def mailed() -> list[tuple[str, str]]:
    return sorted((message.to[0], message.subject) for message in mail.outbox)
