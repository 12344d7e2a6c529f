"""The channels: whether any of them may carry tomorrow's mail, and fast enough."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from newsletter import channels, clock
from newsletter.deliver.armed import is_copy
from newsletter.doctor.finding import Ailment, Finding, Level, check
from newsletter.models import Channel, Installation, Newsletter, ReaderDay
from newsletter.providers import SMTP_PORTS, way_out

AREA = "newsletter.Channel"
MANY = 5_000  # readers: from there on large receivers watch a sender's pace

NOBODY_GETS = _("Nobody gets a mail.")
OTHERS_CARRY = _("Editions leave by another channel, if there is one.")

STAYS_HERE = Ailment(
    "mail-stays-here",
    Level.STOP,
    _("Mail that leaves by “%(channel)s” stays in a folder of this machine."),
    NOBODY_GETS,
    _("Write a relay or a provider into EMAIL_URL."),
)
NO_WAY_OUT = Ailment(
    "no-way-out",
    Level.STOP,
    _("No channel may carry mail now."),
    _("No edition leaves until one of them may."),
    _("Look at Channels on the desk: put one in use, or close its breaker."),
)
BROKEN = Ailment(
    "breaker-open",
    Level.WARNING,
    _("The channel “%(channel)s” is stopped: %(why)s"),
    OTHERS_CARRY,
    _("Each minute a mail to ourselves asks whether it works. Look at the provider or relay."),
)
WAITS = Ailment(
    "channel-waits",
    Level.WARNING,
    _("The channel “%(channel)s” waits: it could not be reached, or asked us to slow down."),
    OTHERS_CARRY,
    _("It is tried again by itself. If that goes on, lower its pace, or look at the relay."),
)
NO_PACE = Ailment(
    "no-pace",
    Level.WARNING,
    _("The channel “%(channel)s” has no pace, and there are %(readers)s readers."),
    _("Receivers put off or refuse what comes all at once."),
    _("Set how many mails a second it may carry, at the desk under Channels."),
)
TOO_SLOW = Ailment(
    "too-slow",
    Level.STOP,
    _("At %(rate)s mails a second, %(readers)s readers of %(newsletter)s take %(hours)s hours."),
    _("The edition expires before the last of them have it."),
    _("Raise the pace of “%(channel)s”, or let the newsletter’s editions expire later."),
)
COPY = Ailment(
    "copy",
    Level.STOP,
    _("This database mails for %(theirs)s, and SITE_URL says %(ours)s."),
    _("Nothing leaves: a copy must not mail the readers a second time."),
    _("If the site has moved, run: manage.py arm"),
)
NO_UTF8 = Ailment(
    "no-smtputf8",
    Level.WARNING,
    _("SMTPUTF8 is on, and “%(channel)s” is no SMTP relay."),
    _("Readers with more than ASCII before the @ cannot be mailed by it."),
    _("Turn SMTPUTF8 off, or take a relay that has it (RFC 6531)."),
)


@check(AREA, _("Mail leaves this machine."))
def leaves() -> Iterator[Finding]:
    """No channel ends in a folder, but for a development machine's."""
    for name, url in settings.CHANNELS.items():
        if way_out(url).scheme == "maildir":
            level = Level.WARNING if settings.DEBUG else Level.STOP
            yield STAYS_HERE.found(level, channel=name)


@check(AREA, _("A channel is open."))
def open_channels() -> Iterator[Finding]:
    """One that is in use, whose breaker is closed, and that does not wait."""
    now = clock.now()
    configured = channels.configured()
    if not any(channel.may_carry(now) for channel in configured):
        yield NO_WAY_OUT.found()
    for channel in configured:
        if channel.breaker_opened_at:
            yield BROKEN.found(channel=channel.name, why=channel.breaker_reason)
        elif channel.is_active and not channel.may_carry(now):
            yield WAITS.found(channel=channel.name)


@check(AREA, _("The pace fits the number of readers."))
def pace() -> Iterator[Finding]:
    """Set where there are many, and enough for all of them before an edition expires."""
    counts = newest_counts()
    for channel in channels.configured():
        if channel.rate is None:
            if counts and max(counts.values()) > MANY and leads_out(channel):
                yield NO_PACE.found(channel=channel.name, readers=max(counts.values()))
            continue
        yield from too_slow(channel, channel.rate, counts)


def too_slow(channel: Channel, rate: float, counts: dict[Newsletter, int]) -> Iterator[Finding]:
    for newsletter, readers in counts.items():
        seconds = readers / rate
        if seconds > newsletter.expires_after.total_seconds():
            yield TOO_SLOW.found(
                channel=channel.name,
                newsletter=newsletter.name,
                rate=f"{rate:g}",
                readers=readers,
                hours=round(seconds / 3600),
            )


def newest_counts() -> dict[Newsletter, int]:
    """Readers, as the clock last counted them."""
    days = ReaderDay.objects.filter(newsletter=OuterRef("pk")).order_by("-date")
    in_print = Newsletter.objects.taking_readers()
    counted = in_print.annotate(readers=Subquery(days.values("confirmed_count")[:1]))
    newsletters = in_print.in_bulk()
    counts = counted.exclude(readers=None).values_list("pk", "readers")
    return {newsletters[key]: count for key, count in counts}


def leads_out(channel: Channel) -> bool:
    return way_out(settings.CHANNELS[channel.name]).scheme != "maildir"


@check(AREA, _("This database mails for this site."))
def installation() -> Iterator[Finding]:
    """And is no copy of another site's."""
    if is_copy():
        theirs = Installation.objects.values_list("site_url", flat=True).first() or ""
        yield COPY.found(theirs=theirs, ours=settings.SITE_URL)


@check(AREA, _("Every channel can carry the addresses that are taken."))
def addresses() -> Iterator[Finding]:
    """With SMTPUTF8, each of them has to be a relay: no provider's API says that it can."""
    for name, url in settings.CHANNELS.items():
        if settings.SMTPUTF8 and way_out(url).scheme not in (*SMTP_PORTS, "maildir"):
            yield NO_UTF8.found(channel=name)
