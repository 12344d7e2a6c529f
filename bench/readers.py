"""What a reader and an editor wait for: `.venv/bin/python -m bench.readers 1000000`.

For each count of readers, on a PostgreSQL and a Redis of its own: their pages and the desk's, asked
for over HTTP one after the other, from gunicorn as docs/deploy.md starts it. Nothing is judged.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from statistics import median
from urllib.parse import urlsplit

import httpx

from bench.asking import HEADING, TIMES, Ask, Page, beside_a_site, get, post, signed_in, timed


def main(counts: list[int]) -> None:
    for count in counts:
        beside_a_site("bench.readers", str(count))


def measure(count: int, url: str) -> None:
    import django

    django.setup()
    from bench.million import seed

    started = time.perf_counter()
    seed(count)
    print(f"{count:,} readers, made in {time.perf_counter() - started:.0f} s")
    print(HEADING)
    cookies = signed_in()
    with httpx.Client(base_url=url, cookies=cookies, timeout=60) as client:
        for page in pages(count):
            print(timed(page, client, cookies), flush=True)
    for name, step in steps():
        took = [seconds(step) for _ in range(5)]
        print(f"{name:56}{median(took) * 1e3:10.0f}")


def pages(count: int) -> Iterator[Page]:
    """Those of readers first: each asks with a reader of its own, spread over all."""
    from bench.million import CHOICES, addresses, reader
    from newsletter import links

    step = count // (TIMES + 1) // 10 * 10  # of ten readers in a row one is pending, one has left

    def path(purpose: str, number: int, kind: int, more: str = "") -> str:
        subscription = reader(kind + number * step)
        if purpose == "confirm":
            return urlsplit(links.confirm_url(subscription)).path
        return urlsplit(links.unsubscribe_url(subscription.pk)).path + more

    def subscribe(email: Callable[[int], str]) -> Ask:
        def ask(number: int) -> tuple[str, str, dict[str, object]]:
            return "POST", "/subscribe/", {"email": email(number), "language": "en"}

        return ask

    yield Page("front page", get(lambda _: "/"))
    yield Page("form", get(lambda _: "/subscribe/"))
    yield Page("subscribe, a new address", subscribe(lambda n: f"new{n}@example.com"))
    yield Page("subscribe, a reader's address", subscribe(lambda n: addresses(2 + n * step)))
    yield Page("confirmation page", get(lambda n: path("confirm", n, 0)))
    yield Page("confirm", post(lambda n: path("confirm", n, 0), {}))
    yield Page("settings page", get(lambda n: path("unsubscribe", n, 2, "choices/")))
    yield Page("save settings", post(lambda n: path("unsubscribe", n, 2, "choices/"), CHOICES))
    yield Page("pause", post(lambda n: path("unsubscribe", n, 3, "pause/"), {"days": "7"}))
    yield Page("ask for one's data", post(lambda n: path("unsubscribe", n, 4, "access/"), {}))
    yield Page("one's data", get(lambda n: urlsplit(links.access_url(reader(4 + n * step))).path))
    yield Page("unsubscribe page", get(lambda n: path("unsubscribe", n, 5)))
    one_click = {"List-Unsubscribe": "One-Click"}
    yield Page("unsubscribe", post(lambda n: path("unsubscribe", n, 5), one_click))
    yield from desk(addresses, reader, step)


def desk(addresses, reader, step: int) -> Iterator[Page]:
    of = "/admin/newsletter/subscription/"
    suppressions = "/admin/newsletter/suppression/"
    for name, path in {
        "desk: subscriptions": lambda n: of,
        "desk: the 50th page": lambda n: f"{of}?p=50",
        "desk: imports": lambda n: "/admin/newsletter/import/",
        "desk: what came back": lambda n: "/admin/newsletter/deliveryevent/",
        "desk: search, a whole address": lambda n: f"{of}?q={addresses(1 + n * step)}",
        "desk: search, a thousand begin so": lambda n: f"{of}?q=reader{100 + n}",
        "desk: search, what nobody has": lambda n: f"{of}?q=nobody{n}",
        "desk: those who left": lambda n: f"{of}?state__exact=unsubscribed",
        "desk: confirmed, in English": lambda n: f"{of}?state__exact=confirmed&language=en",
        "desk: a subscription": lambda n: f"{of}{reader(1 + n * step).pk}/change/",
        "desk: suppressions": lambda n: suppressions,
        "desk: search in suppressions": lambda n: f"{suppressions}?q={addresses(1 + n * step)}",
        "desk: the front": lambda n: "/admin/",
    }.items():
        yield Page(name, get(path))


def steps() -> Iterator[tuple[str, Callable[[], object]]]:
    """What a worker does each minute, or for each request."""
    from newsletter.notify import due_notices
    from newsletter.subscribe import forget_unconfirmed, remind_unconfirmed

    yield "worker: which notices are due", lambda: list(due_notices()[:1])
    yield "worker: ask once more", remind_unconfirmed
    yield "worker: forget", forget_unconfirmed


def seconds(step: Callable[[], object]) -> float:
    started = time.perf_counter()
    step()
    return time.perf_counter() - started


if __name__ == "__main__":
    if sys.argv[1] == "of":
        measure(int(sys.argv[2]), sys.argv[3])
    else:
        main([int(count) for count in sys.argv[1:]])
