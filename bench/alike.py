"""Whether time tells who is known: `.venv/bin/python -m bench.alike 500`.

On a PostgreSQL of its own the form is asked for addresses of each kind, and pages for tokens that
are none of ours, in random order, so many times each. Prints medians, and for each kind the
probability (Mann and Whitney's test of ranks, two-sided) that times as different as these come
about by chance from the same work. Nothing is judged.
"""

from __future__ import annotations

import logging
import random
import sys
import time
from collections.abc import Callable
from math import erfc, sqrt
from statistics import median
from subprocess import run

from tests.ground import Ground
from tests.storm.site import Site, Templates

ENGLISH = {"language": "en"}
Ask = Callable[[], tuple[str, dict[str, str] | None]]  # a path, and a form to post there


def main(count: int) -> None:
    ground = Ground()
    try:
        server = Templates(ground).postgres()
        server.start()
        site = Site(ground, DATABASE_URL=server.url, DJANGO_SETTINGS_MODULE="newsletter.settings")
        command = [sys.executable, "-m", "bench.alike", "of", str(count)]
        run(command, env=site.environment, check=True)
    finally:
        ground.close()


def measure(count: int) -> None:
    import django

    django.setup()
    logging.disable()  # a line for each page that is not found
    tell("the form, by what is known of the address", timed(addresses(count), count))
    tell("an unsubscribe page, by what the token is", timed(tokens(), count))


def timed(asks: dict[str, Ask], count: int) -> dict[str, list[float]]:
    """Seconds, by kind; each request comes from a network of its own."""
    from django.test import Client

    seconds: dict[str, list[float]] = {kind: [] for kind in asks}
    turns = random.sample([*asks] * count, len(asks) * count)
    for number, kind in enumerate(turns):
        client = Client(
            SERVER_NAME="localhost", REMOTE_ADDR=f"100.{number // 256}.{number % 256}.7"
        )
        path, form = asks[kind]()
        began_at = time.perf_counter()
        client.post(path, form) if form else client.get(path)
        seconds[kind].append(time.perf_counter() - began_at)
    return seconds


def addresses(count: int) -> dict[str, Ask]:
    """A form a kind; nobody is asked for twice."""
    from newsletter.models import Newsletter, Subscription, Suppression
    from newsletter.models.subscribers import address_key
    from tests.factories import make_subscription

    newsletter = Newsletter.objects.get(slug=Newsletter.DEFAULT_SLUG)

    def ask(name: str) -> Ask:
        numbers = iter(range(count))
        return lambda: ("/subscribe/", {"email": f"{name}{next(numbers)}@example.org"} | ENGLISH)

    for number in range(count):
        for state in Subscription.State:
            make_subscription(f"{state}{number}@example.org", newsletter, state=state)
        key = address_key(f"suppressed{number}@example.org")
        Suppression.objects.create(address_key=key, reason=Suppression.Reason.BOUNCED)
    return {name: ask(name) for name in ("new", *Subscription.State.values, "suppressed")}


def tokens() -> dict[str, Ask]:
    """Of a reader with a wrong proof, of nobody, of no form; right at first, and not at the end."""
    from newsletter.links import unsubscribe_token
    from newsletter.models import Subscription

    real = unsubscribe_token(Subscription.objects.earliest("pk").pk)
    number, _, proof = real.partition("-")
    wrong = {
        "a reader's, first letter wrong": f"{number}-{flipped(proof[0])}{proof[1:]}",
        "a reader's, last letter wrong": f"{number}-{proof[:-2]}{flipped(proof[-2])}{proof[-1]}",
        "nobody's": f"zzzzzz-{proof}",
    }
    return {name: (lambda token=token: (f"/u/{token}/", None)) for name, token in wrong.items()}


def flipped(letter: str) -> str:
    return "B" if letter == "A" else "A"


def tell(what: str, seconds: dict[str, list[float]]) -> None:
    first, *others = seconds
    print(f"{what}\n  {first:34} median {median(seconds[first]) * 1e3:7.2f} ms")
    for kind in others:
        p = probability(seconds[first], seconds[kind])
        print(f"  {kind:34} median {median(seconds[kind]) * 1e3:7.2f} ms, p {p:.3f}")


def probability(some: list[float], others: list[float]) -> float:
    ranked = sorted([(value, 0) for value in some] + [(value, 1) for value in others])
    ranks = sum(rank for rank, (_, which) in enumerate(ranked, start=1) if which == 0)
    n, m = len(some), len(others)
    u = ranks - n * (n + 1) / 2
    z = (u - n * m / 2) / sqrt(n * m * (n + m + 1) / 12)
    return erfc(abs(z) / sqrt(2))


if __name__ == "__main__":
    asked = sys.argv[1:]
    measure(int(asked[1])) if asked[0] == "of" else main(int(asked[0]))
