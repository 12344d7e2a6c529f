"""The machine: the journal's folder, the disk, the time zones."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from tempfile import NamedTemporaryFile
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from newsletter.deliver.journal.files import make_folder
from newsletter.doctor.finding import Ailment, Finding, Level, Question, check
from newsletter.models import Newsletter
from newsletter.ready import redis_answers

AREA = "newsletter.Channel"
MEGABYTE = 1_000_000
LITTLE, TOO_LITTLE = 1_000, 100  # megabytes

JOURNAL_SHUT = Ailment(
    "journal-shut",
    Level.STOP,
    _("The senders’ journal cannot be written: %(why)s."),
    _("No edition leaves: what cannot be noted is not sent."),
    _("Let the workers’ user write into %(folder)s."),
)
JOURNAL_AWAY = Ailment(
    "journal-away",
    Level.STOP,
    _("The Redis that keeps the senders’ journals does not answer."),
    _("No edition leaves: what cannot be noted is not sent."),
    _("Start it, and see that JOURNAL_URL leads to it."),
)
DISK_FULL = Ailment(
    "disk-full",
    Level.STOP,
    _("%(megabytes)s MB are left on the disk of %(folder)s."),
    _("Database and journal stop in the middle of an edition when nothing is left."),
    _("Make room."),
)
NO_TIME_ZONE = Ailment(
    "no-time-zone",
    Level.STOP,
    _("This machine does not know the time zone %(zone)s."),
    _("Nobody can tell when the editions of %(newsletter)s are due."),
    _("Install the time zone database: apt-get install tzdata, or pip install tzdata."),
)


@check(AREA, _("The senders’ journal can be written."))
def journal() -> Iterator[Finding | Question]:
    """A file in its folder, or its Redis where JOURNAL_URL names one."""
    if url := settings.JOURNAL_URL:
        yield Question("JOURNAL_URL", lambda: [] if redis_answers(url) else [JOURNAL_AWAY.found()])
        return
    folder = settings.JOURNAL_DIR
    try:
        make_folder(folder)
        with NamedTemporaryFile(dir=folder, prefix="doctor-") as file:
            file.write(b"written\n")
            file.flush()
    except OSError as error:
        why = error.strerror or type(error).__name__
        yield JOURNAL_SHUT.found(why=why, folder=str(folder))


@check(AREA, _("There is room on the disk."))
def disk() -> Iterator[Finding]:
    """A gigabyte, where database, journal and queue of one machine lie."""
    free = shutil.disk_usage(settings.VAR_DIR).free // MEGABYTE
    if free < LITTLE:
        level = Level.STOP if free < TOO_LITTLE else Level.WARNING
        yield DISK_FULL.found(level, megabytes=free, folder=str(settings.VAR_DIR))


@check("newsletter.Newsletter", _("The time zones of all newsletters are known."))
def time_zones() -> Iterator[Finding]:
    """The database of time zones is the system's, or a package; containers may have neither."""
    for newsletter in Newsletter.objects.filter(is_active=True):
        try:
            ZoneInfo(newsletter.time_zone)
        except (ZoneInfoNotFoundError, ValueError):
            yield NO_TIME_ZONE.found(zone=newsletter.time_zone, newsletter=newsletter.name)
