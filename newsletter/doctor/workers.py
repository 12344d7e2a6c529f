"""Who does the work: the clock that looks each minute, the broker that wakes, the workers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from newsletter import clock
from newsletter.doctor.finding import Ailment, Finding, Level, Question, check
from newsletter.models import Sign
from newsletter.ready import redis_answers

CLOCK_IS_LATE = timedelta(minutes=3)  # it comes each minute
WORKER_IS_LATE = timedelta(minutes=10)  # it is asked each minute, and may have its hands full

NOTHING_HAPPENS = _("No edition is built, and none leaves.")

BROKER_AWAY = Ailment(
    "broker-away",
    Level.STOP,
    _("Redis does not answer."),
    _("Nobody wakes the workers. Nothing is lost, and nothing is done meanwhile."),
    _("Start it, and see that REDIS_URL leads to it."),
)
CLOCK_NEVER = Ailment(
    "clock-never",
    Level.STOP,
    _("Nobody has ever looked at what is due."),
    NOTHING_HAPPENS,
    _("Run manage.py serve, or Celery’s beat, or manage.py tick each minute from a timer."),
)
CLOCK_STOPPED = Ailment(
    "clock-stopped",
    Level.STOP,
    _("Nobody has looked at what is due for %(minutes)s minutes."),
    NOTHING_HAPPENS,
    _("Start Celery’s beat again, or the timer that calls manage.py tick."),
)
WORKER_NEVER = Ailment(
    "worker-never",
    Level.STOP,
    _("No worker has ever done anything."),
    NOTHING_HAPPENS,
    _("Start one: manage.py serve, or celery --app newsletter worker."),
)
WORKER_STOPPED = Ailment(
    "worker-stopped",
    Level.STOP,
    _("No worker has done anything for %(minutes)s minutes."),
    NOTHING_HAPPENS,
    _("Start the workers again; their log says why they ended, or what they wait for."),
)


@check("newsletter.Channel", _("The broker answers, or none is needed."))
def broker() -> Iterator[Question]:
    """Redis, where REDIS_URL names one."""
    if url := settings.REDIS_URL:
        yield Question("REDIS_URL", lambda: [] if redis_answers(url) else [BROKER_AWAY.found()])


@check("newsletter.Channel", _("The clock looks at what is due each minute."))
def ticks() -> Iterator[Finding]:
    """Beat, or a timer, by the sign that each tick leaves."""
    yield from late(Sign.CLOCK, CLOCK_IS_LATE, CLOCK_NEVER, CLOCK_STOPPED)


@check("newsletter.Channel", _("A worker is at work."))
def workers() -> Iterator[Finding]:
    """By the sign that each tick has some worker leave."""
    yield from late(Sign.WORKER, WORKER_IS_LATE, WORKER_NEVER, WORKER_STOPPED)


def late(name: str, most: timedelta, never: Ailment, stopped: Ailment) -> Iterator[Finding]:
    seen_at = Sign.seen_at(name)
    if seen_at is None:
        yield never.found()
    elif (silence := clock.now() - seen_at) > most:
        yield stopped.found(minutes=silence // timedelta(minutes=1))
