"""The clock: once a minute, what is due.

The tables say it, so a tick that is lost, late or run twice changes nothing but the time.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from newsletter import audit, clock, imports, quota, tasks, writing
from newsletter.celery import app
from newsletter.deliver import expire_edition, tidy
from newsletter.deliver.prune import prune_ledger
from newsletter.deliver.report import reports_due
from newsletter.due import approvals_due, builds_due, open_editions, pulls_due, sendings_due
from newsletter.models import Callback, Edition, Sign
from newsletter.preflight import visits
from newsletter.probe import probes_due
from newsletter.tasks import wake
from newsletter.track import events
from newsletter.verify import unverified

BOUNCES_EVERY = timedelta(minutes=5)
WATCH_EVERY = timedelta(minutes=15)


@app.task
def tick() -> None:
    """Do what is due: at most a wake-up per thing, each safe to repeat.

    What needs nobody's answer comes first, so that one newsletter's trouble keeps back only what
    is behind it.
    """
    now = clock.now()
    Sign.give(Sign.CLOCK)
    tidy()
    for edition in Edition.objects.unfinished().filter(expires_at__lt=now):
        expire_edition(edition)
    wake_deliveries(now)
    wake(tasks.follow_up_requests)
    wake(tasks.send_notices)
    wake_readers(now)
    wake_editors(now)
    for edition in approvals_due(now):
        wake(tasks.approve_unattended, edition.pk)
    for edition in builds_due(now):
        wake(tasks.build_edition, edition.pk)
    open_editions(now)
    for source, day in pulls_due(now):
        wake(tasks.fetch_papers, source, day.isoformat())
    for pending in imports.due():
        wake(tasks.take_import, pending.pk)
    wake(tasks.show_life)
    if quota.take("watch", 1, WATCH_EVERY, now):
        wake(tasks.watch)
    if quota.take("errata", 1, quota.DAY, now):
        wake(tasks.look_for_errata)
    prune_ledger()
    quota.forget_old(now)
    events.forget_old(now)
    imports.forget_old(now)
    visits.forget_old(now)
    audit.forget_old(now)


def wake_deliveries(now: datetime) -> None:
    """What is to be sent, what is to be asked whether it works again, and what was sent."""
    for edition in sendings_due(now):
        if not edition.newsletter.is_quiet(now):
            wake(tasks.send_edition, edition.pk)
    for channel in probes_due(now):
        wake(tasks.probe_channel, channel.pk)
    for edition in unverified():
        wake(tasks.verify_edition, edition.pk)
    if reports_due(now).exists():
        wake(tasks.count_reports)


def wake_readers(now: datetime) -> None:
    """What others tell of our mails: calls that wait, and now and then the mailbox for bounces."""
    if Callback.objects.filter(problem="").exists():
        wake(tasks.read_callbacks)
    if settings.BOUNCE_MAILBOX and quota.take("bounce mailbox", 1, BOUNCES_EVERY, now):
        wake(tasks.read_bounces)


def wake_editors(now: datetime) -> None:
    """Who is to be told of a draft that waits, and the drafts whose links are to be opened."""
    wake(tasks.announce_drafts)
    for edition in visits.visits_due(now):
        if quota.take(f"visits of {edition.pk}", 1, visits.AGAIN_AFTER, now):
            wake(tasks.visit_links, edition.pk)
    for edition in writing.writings_due(now):
        if quota.take(f"writing of {edition.pk}", 1, writing.AGAIN_AFTER, now):
            wake(tasks.write_summaries, edition.pk)
