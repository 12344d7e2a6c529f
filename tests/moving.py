"""Readers who change their address: what they press, and what they are sent."""

from urllib.parse import urlsplit

from django.core import mail

from newsletter import links
from newsletter.consent import MAIL
from newsletter.models import AddressChange, Agreement, Subscriber, Subscription
from newsletter.models.subscribers import address_key
from newsletter.move import agree, ask_to_move
from tests.factories import make_subscription

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


def move(subscription: Subscription, email: str = NEW) -> None:
    ask_to_move(subscription, email)
    change = AddressChange.objects.get(subscriber=subscription.subscriber_id)
    for side in Side:
        agree(change, side, MAIL)


def there(newsletter=None, **fields) -> Subscription:
    """Somebody's at the new address."""
    return make_subscription(NEW, newsletter, **fields)


def now(subscription: Subscription) -> Subscription:
    return Subscription.objects.select_related("subscriber").get(pk=subscription.pk)
