"""Readers and approved editions for a site, fast: `python -m tests.storm.seed`, in its environment.

Prints the editions' dates. May be run again for more readers: numbers go on.
"""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from datetime import date, timedelta

import django
from django.utils import timezone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsletter.settings")
django.setup()

from newsletter.approve import approve_edition  # noqa: E402  Django has to be set up first
from newsletter.models import Channel, Newsletter, Subscriber, Subscription  # noqa: E402
from newsletter.models.subscribers import address_key  # noqa: E402
from papers.models import Paper  # noqa: E402
from tests.factories import make_edition, make_paper  # noqa: E402

FIRST_DAY = date(2024, 7, 1)
LANGUAGES = ("ko", "en")
ROWS = 5_000  # an INSERT


def main(asked: Namespace) -> None:
    newsletter, _ = Newsletter.objects.get_or_create(
        slug=asked.newsletter, defaults={"name": asked.newsletter}
    )
    if asked.due_in:
        make_due(newsletter, asked.due_in)
    set_channel(asked)
    subscribe(asked.readers, newsletter)
    papers = papers_of(asked.papers) if asked.editions else []
    first_day = FIRST_DAY + timedelta(days=newsletter.editions.count())
    for number in range(asked.editions):
        edition = make_edition(newsletter, papers=papers, date=first_day + timedelta(days=number))
        if asked.approved:
            approve_edition(edition)
        print(edition.date)


def papers_of(count: int) -> list[Paper]:
    return list(Paper.objects.all()[:count]) or [make_paper() for _ in range(count)]


def make_due(newsletter: Newsletter, seconds: float) -> None:
    """Today's edition is to be built at once, and to be sent in so many seconds."""
    now = timezone.now()
    offset = now.hour - 12  # Etc/GMT+5 is five hours behind: its sign is turned round
    local = now - timedelta(hours=offset)
    newsletter.time_zone = f"Etc/GMT{offset:+d}"
    newsletter.weekdays = [1, 2, 3, 4, 5, 6, 7]
    newsletter.undo_seconds = 0
    newsletter.build_time = (local - timedelta(seconds=1)).time()
    newsletter.send_time = (local + timedelta(seconds=seconds)).time()
    newsletter.save()


def set_channel(asked: Namespace) -> None:
    fields = {
        "connections": asked.connections,
        "slice_size": asked.slice_size,
        "batch_size": asked.batch_size,
        "rate": asked.rate,
    }
    Channel.objects.update_or_create(name=Channel.DEFAULT_NAME, defaults=fields)


def subscribe(count: int, newsletter: Newsletter) -> None:
    """Confirmed a day ago, half of them in each language."""
    first = Subscriber.objects.count()
    emails = [f"reader{number}@{domain_of(number)}" for number in range(first, first + count)]
    readers = Subscriber.objects.bulk_create(
        [Subscriber(email=email, address_key=address_key(email)) for email in emails],
        batch_size=ROWS,
    )
    Subscription.objects.bulk_create(
        [
            Subscription(
                subscriber=reader,
                newsletter=newsletter,
                language=LANGUAGES[number % 2],
                state=Subscription.State.CONFIRMED,
                confirmed_at=timezone.now() - timedelta(days=1),
            )
            for number, reader in enumerate(readers)
        ],
        batch_size=ROWS,
    )


def domain_of(number: int) -> str:
    return f"example{number % 7}.org"


def arguments() -> Namespace:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=0)
    parser.add_argument("--editions", type=int, default=1)
    parser.add_argument("--newsletter", default=Newsletter.DEFAULT_SLUG)
    parser.add_argument("--due-in", type=float, help="seconds until today's edition is to be sent")
    parser.add_argument("--papers", type=int, default=2)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--slice-size", type=int, default=1_000)
    parser.add_argument("--batch-size", type=int)
    parser.add_argument("--rate", type=float)
    parser.add_argument("--approved", type=int, default=1, help="0: the editions stay drafts")
    return parser.parse_args()


if __name__ == "__main__":
    main(arguments())
