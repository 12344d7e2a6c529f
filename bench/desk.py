"""What an editor waits for: `.venv/bin/python -m bench.desk 1000000 1000`.

Every page of the desk with so many readers and editions behind it, on a PostgreSQL and a Redis of
its own, asked for over HTTP one after the other, as one superuser. The slowest come first, and
last how many of them take longer than they may.
"""

from __future__ import annotations

import sys
import time

import httpx

from bench.asking import HEADING, Times, beside_a_site, signed_in, timed

TIMES = 20  # each page is asked for
MOST_MS = 300  # at the median


def measure(reader_count: int, edition_count: int, url: str) -> None:
    import django

    django.setup()
    cookies = signed_in()
    started = time.perf_counter()
    editions = seed(reader_count, edition_count)
    took = time.perf_counter() - started
    print(f"{reader_count:,} readers and {edition_count:,} editions, made in {took:.0f} s")

    from bench.desk_pages import pages

    found = list(pages(editions))
    with httpx.Client(base_url=url, cookies=cookies, timeout=60) as client:
        for page in found:
            timed(page, client, cookies, times=2)  # for the first time, each has to be loaded
        times = [timed(page, client, cookies, times=TIMES) for page in found]
    report(times)


def report(times: list[Times]) -> None:
    print(HEADING)
    for each in sorted(times, key=lambda each: -each.median):
        print(each)
    slow = sum(each.median > MOST_MS for each in times)
    print(f"{slow} of {len(times)} pages take more than {MOST_MS} ms at the median")


def seed(reader_count: int, edition_count: int) -> list:
    from bench.editions import AFTERWARDS, KEPT, seed_editions
    from bench.mails import seed_mails
    from bench.million import analyse, seed_readers
    from bench.trail import seed_trail
    from newsletter.models import Subscription

    seed_readers(reader_count)
    audience = Subscription.objects.filter(state=Subscription.State.CONFIRMED).count()
    editions = seed_editions(edition_count, audience)
    seed_mails(editions[-len(AFTERWARDS) - KEPT : -len(AFTERWARDS) + 1])
    seed_trail(editions)
    analyse()
    return editions


if __name__ == "__main__":
    if sys.argv[1] == "of":
        measure(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
    else:
        beside_a_site("bench.desk", *sys.argv[1:])
