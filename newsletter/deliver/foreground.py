"""Deliver here and now, in as many processes as asked for, until the edition is settled."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from datetime import timedelta
from multiprocessing.context import ForkProcess

from django.db import connections
from django.db.models import Count, Max, Min, Sum

from newsletter import carry, clock, stopping
from newsletter.deliver import deliver_edition
from newsletter.models import Delivery, Edition

# Seconds between two looks at deliveries that wait for another sender, or for a retry: each time
# twice as long.
SHORTEST_PAUSE, LONGEST_PAUSE = 0.02, 1.0
SOON = timedelta(minutes=2)  # a retry may be as far away
forked = multiprocessing.get_context("fork")  # what Django has loaded is loaded for all


def deliver_until_settled(
    edition: Edition, senders: int, watch: Callable[[int], None], tell: Callable[[str], object]
) -> None:
    """Send until nobody is left, the edition is on hold, or the process was asked to stop.

    This process is one of the senders; `watch` is told how many mails were accepted so far, `tell`
    why nothing leaves, each time that there is a new reason.
    """
    with stopping.on_signals():
        others = start(senders - 1, edition.pk)
        try:
            send_until_settled(edition, lambda: watch(accepted_count(edition)), tell)
        finally:
            for other in others:
                if stopping.asked.is_set():
                    other.terminate()
                other.join()


def start(count: int, edition_id: int) -> list[ForkProcess]:
    if count:
        connections.close_all()  # a connection cannot be shared with a child
    others = [forked.Process(target=send_quietly, args=(edition_id,)) for _ in range(count)]
    for other in others:
        other.start()
    return others


def send_quietly(edition_id: int) -> None:
    carry.load()  # while the first sender freezes the audience
    edition = Edition.objects.select_related("newsletter").get(pk=edition_id)
    send_until_settled(edition, lambda: None, lambda reason: None)


def send_until_settled(
    edition: Edition, watch: Callable[[], None], tell: Callable[[str], object]
) -> None:
    pause, told = SHORTEST_PAUSE, edition.reason
    while is_unsettled(edition):
        deliver_edition(edition, watch)
        if is_unsettled(edition):
            why = edition.reason or who_waits(edition)
            if why not in ("", told):
                tell(why)
            told = why
            stopping.asked.wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)


def is_unsettled(edition: Edition) -> bool:
    edition.refresh_from_db()
    may_go_on = not edition.hold_reason and not stopping.asked.is_set()
    return may_go_on and edition.state in Edition.UNFINISHED


def who_waits(edition: Edition) -> str:
    """How many are left to an hour of their own; blank where somebody is due before long."""
    pending = edition.deliveries.filter(state=Delivery.State.PENDING)
    found = pending.aggregate(count=Count("pk"), first=Min("not_before"), last=Max("not_before"))
    if not found["count"] or found["first"] < clock.now() + SOON:
        return ""
    return (
        f"Left to readers with an hour of their own: {found['count']}; "
        f"the last mail leaves at {found['last']:%Y-%m-%d %H:%M} UTC."
    )


def accepted_count(edition: Edition) -> int:
    """From its slices, which are few."""
    return int(edition.slices.aggregate(count=Sum("accepted_count", default=0))["count"])
