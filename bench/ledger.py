"""What the ledger costs as the audience grows: `.venv/bin/python -m bench.ledger 10000 1000000`.

For each count of readers, on a PostgreSQL of its own: freezing them, claiming and settling slices
of a thousand as a sender does (nothing is mailed), verifying, the bytes that stay, and removing
them. Nothing is judged.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Callable
from statistics import median
from subprocess import run

from tests.ground import ENVIRONMENT, Ground
from tests.storm.site import Templates

AT_ONCE = 10_000  # readers made in one go
OK = "250 2.0.0 Ok: queued as 4C5RzT2wQlz9tK"  # with a queue id, as Postfix gives one


def main(counts: list[int]) -> None:
    heads = ["readers", "freeze s", "claim ms", "settle ms", "verify s", "octets/mail", "prune s"]
    print("".join(f"{head:>16}" for head in [*heads, "peak MB"]))
    for count in counts:
        ground = Ground()
        try:
            server = Templates(ground).postgres(max_wal_size="4GB")
            server.start()
            environment = (
                os.environ
                | ENVIRONMENT
                | {
                    "DATABASE_URL": server.url,
                    "VAR_DIR": str(ground.new_folder("var")),
                    "EMAIL_URL": "smtp://127.0.0.1:9",
                    "DJANGO_SETTINGS_MODULE": "newsletter.settings",
                }
            )
            run(
                [sys.executable, "-m", "bench.ledger", "of", str(count)],
                env=environment,
                check=True,
            )
        finally:
            ground.close()


def measure(count: int) -> None:
    import django

    django.setup()
    edition = prepare(count)
    figures = [f"{count:,}", f"{seconds(lambda: freeze(edition)):.1f}"]
    before = octets()
    claims, settlements = send(edition)
    figures += [ends(claims), ends(settlements)]
    finish(edition)
    figures.append(f"{seconds(lambda: verify(edition)):.1f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    figures.append(f"{before / count:.0f}–{octets() / count:.0f}")
    figures.append(f"{seconds(lambda: prune(edition)):.1f}")
    print("".join(f"{figure:>16}" for figure in [*figures, peak]), flush=True)


def prepare(count: int):
    from newsletter.approve import approve_edition
    from newsletter.models import Newsletter
    from tests.factories import make_edition
    from tests.storm.seed import subscribe

    newsletter = Newsletter.objects.get(slug=Newsletter.DEFAULT_SLUG)
    for begin in range(0, count, AT_ONCE):
        subscribe(min(AT_ONCE, count - begin), newsletter)
    return approve_edition(make_edition(newsletter, papers=1))


def freeze(edition) -> None:
    from newsletter.deliver import begin

    begin(edition)


def send(edition) -> tuple[list[float], list[float]]:
    """Milliseconds of each slice's claim, and of its settlement."""
    from newsletter.deliver import ledger
    from newsletter.deliver.journal import open_journal
    from newsletter.models import Channel
    from newsletter.outcome import Outcome, Result

    channel, _ = Channel.objects.get_or_create(name=Channel.DEFAULT_NAME)
    journal = open_journal()
    claims, settlements = [], []
    while True:
        started = time.perf_counter()
        claimed = ledger.claim(edition, channel, channel.slice_size, "bench", journal)
        if claimed is None:
            return claims, settlements
        claims.append((time.perf_counter() - started) * 1000)
        taken, addressees = claimed
        results = {each.delivery_id: Result(Outcome.ACCEPTED, message_id=OK) for each in addressees}
        started = time.perf_counter()
        ledger.settle(taken, ledger.Outcomes(results, set(results)))
        settlements.append((time.perf_counter() - started) * 1000)
        journal.discard(taken.pk)


def finish(edition) -> None:
    from newsletter.deliver import settle

    settle(edition)
    edition.refresh_from_db()
    assert edition.state == edition.State.DONE, edition.state


def verify(edition) -> None:
    from newsletter.verify import verify_edition

    breaches = verify_edition(edition)
    assert not breaches, breaches


def prune(edition) -> None:
    from newsletter.deliver.prune import KEPT, prune_ledger

    type(edition).objects.update(done_at=edition.done_at - 2 * KEPT)
    while prune_ledger():
        pass


def octets() -> int:
    """What the ledger's tables take on the disk, with their indexes."""
    from django.db import connection

    tables = (
        "pg_total_relation_size('newsletter_delivery') + pg_total_relation_size('newsletter_slice')"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {tables}")
        return cursor.fetchone()[0]


def ends(milliseconds: list[float]) -> str:
    """The median of the first tenth, and of the last."""
    tenth = max(len(milliseconds) // 10, 1)
    return f"{median(milliseconds[:tenth]):.0f}, {median(milliseconds[-tenth:]):.0f}"


def seconds(step: Callable[[], None]) -> float:
    started = time.perf_counter()
    step()
    return time.perf_counter() - started


if __name__ == "__main__":
    if sys.argv[1] == "of":
        measure(int(sys.argv[2]))
    else:
        main([int(count) for count in sys.argv[1:]])
