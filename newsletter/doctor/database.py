"""The database, and what it tells of the time."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import OperationalError, connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsletter import clock
from newsletter.doctor.finding import Ailment, Finding, Level, check
from newsletter.ready import lacks_migrations

SECONDS_TO_CONNECT = 2  # PostgreSQL's clients know no less
MOST_SECONDS_APART = 10

AWAY = Ailment(
    "database-away",
    Level.STOP,
    _("The database does not answer."),
    _("Everything: the site, the desk, and all mail."),
    _("Start it, and see that DATABASE_URL leads to it."),
)
OUTDATED = Ailment(
    "migrations-missing",
    Level.STOP,
    _("The database lacks migrations."),
    _("Whatever asks for the new tables fails, sending among it."),
    _("Run: manage.py migrate"),
)
APART = Ailment(
    "clocks-apart",
    Level.WARNING,
    _("The clocks of this machine and of the database are %(seconds)s seconds apart."),
    _("Links end too early or too late, and providers may refuse what we sign."),
    _("Have both machines ask a time server (NTP)."),
)


@check("newsletter.Channel", _("The database answers and has all its tables."))
def database() -> Iterator[Finding]:
    """It can be reached, and is migrated. Without it nothing else can be looked at."""
    try:
        can_be_reached()
        if lacks_migrations():
            yield OUTDATED.found()
    except OperationalError:
        yield AWAY.found()


def can_be_reached() -> None:
    """Raises OperationalError, and soon: the connection that pages use would wait for minutes."""
    if connection.vendor == "postgresql" and connection.connection is None:
        parameters = connection.get_connection_params() | {"connect_timeout": SECONDS_TO_CONNECT}
        with connection.wrap_database_errors:
            connection.get_new_connection(parameters).close()
    connection.ensure_connection()


@check("newsletter.Channel", _("This machine’s clock and the database’s agree."))
def clocks() -> Iterator[Finding]:
    """By ten seconds at most."""
    begin = timezone.now()
    theirs = clock.now()
    between = begin + (timezone.now() - begin) / 2
    seconds = round(abs((theirs - between).total_seconds()))
    if seconds > MOST_SECONDS_APART:
        yield APART.found(seconds=seconds)
