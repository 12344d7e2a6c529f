"""Readers who come and go, as the site has them do: `python -m tests.storm.leavers`.

Prints a JSON line for each event, once it is committed: its time, what it is, and the address.
"""

from __future__ import annotations

import json
import os
import random
import time
from argparse import ArgumentParser

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsletter.settings")
django.setup()

from newsletter.models import Newsletter, Subscription, Suppression  # noqa: E402  after the setup
from newsletter.subscribe import confirm, subscribe, unsubscribe  # noqa: E402


def main(count: int, seconds: float) -> None:
    newsletter = Newsletter.objects.get(slug=Newsletter.DEFAULT_SLUG)
    readers = Subscription.objects.select_related("subscriber").filter(newsletter=newsletter)
    leaving = iter(random.sample(list(readers), count))
    for number in range(count):
        kind = random.choices(["unsubscribed", "suppressed", "confirmed"], [6, 2, 2])[0]
        if kind == "confirmed":
            address = come(f"new{number}@example.org", newsletter)
        else:
            address = go(next(leaving), kind)
        print(json.dumps({"at": time.time(), "kind": kind, "address": address}), flush=True)
        time.sleep(seconds / count)


def come(address: str, newsletter: Newsletter) -> str:
    subscribe(address, newsletter, "en")
    confirm(Subscription.objects.get(subscriber__email=address))
    return address


def go(reader: Subscription, kind: str) -> str:
    if kind == "unsubscribed":
        unsubscribe(reader)
    else:
        key = reader.subscriber.address_key
        Suppression.objects.create(address_key=key, reason=Suppression.Reason.COMPLAINED)
    return reader.subscriber.email


if __name__ == "__main__":
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True, help="that they take together")
    asked = parser.parse_args()
    main(asked.events, asked.seconds)
