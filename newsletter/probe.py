"""Probe: whether a channel whose breaker is open works again, asked with a mail to ourselves."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models.functions import Coalesce

from newsletter import clock, notify
from newsletter.breaker import close, opened
from newsletter.channels import connection_of
from newsletter.models import Channel
from newsletter.outcome import Outcome, Result, send, unwritable

logger = logging.getLogger(__name__)

PROBE_EVERY = timedelta(seconds=55)  # just under a tick, so that each tick finds it due


def probes_due(now: datetime) -> list[Channel]:
    """The channels whose breaker is open, and that nobody has asked for a minute."""
    opened = Channel.objects.filter(name__in=settings.CHANNELS, breaker_opened_at__isnull=False)
    asked = opened.annotate(asked_at=Coalesce("probed_at", "breaker_opened_at"))
    return list(asked.filter(asked_at__lte=now - PROBE_EVERY))


def probe(channel: Channel) -> bool:
    """Ask with one mail to the newsletter's own sender whether a channel works again.

    True: it does, and has closed its breaker. Any definite answer about that address will do; what
    is refused for another reason, or left in doubt, leaves it open. Of several who probe at the
    same time one does.
    """
    if not opened(channel).filter(probed_at=channel.probed_at).update(probed_at=clock.now()):
        return False
    result = answer(channel)
    logger.warning("channel=%s probed: %s %s", channel, result.outcome.value, result.code)
    if result.outcome is Outcome.ACCEPTED or is_about_reader(result):
        return close(channel)
    opened(channel).update(probe_answer=result.code[:200])
    return False


def answer(channel: Channel) -> Result:
    try:
        return send(notify.probe(channel), connection_of(channel))
    except ValueError as error:
        return unwritable(error)


def is_about_reader(result: Result) -> bool:
    return result.outcome is Outcome.REJECTED and not result.is_suspect
