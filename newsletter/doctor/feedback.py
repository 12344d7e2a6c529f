"""What comes back: whether bounces and complaints would reach us."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from newsletter import clock
from newsletter.doctor.finding import Ailment, Finding, Level, check
from newsletter.models import Callback, DeliveryEvent, Slice
from newsletter.providers import SMTP_PORTS, way_out
from newsletter.track.callbacks import VIEWS, Closed, door

AREA = "newsletter.Channel"
SILENCE = timedelta(days=3)
ENOUGH = 200  # mails: of that many some provider would have told something

WE_GO_ON = _("Bounces and complaints stay unknown: mail goes on to addresses that are none.")

WEBHOOK_CLOSED = Ailment(
    "webhook-closed",
    Level.WARNING,
    _("The webhook of %(provider)s is closed: %(why)s."),
    WE_GO_ON,
    _(
        "docs/configuration.md says under “What comes back” what to set, and what to tell the "
        "provider."
    ),
)
NO_BOUNCES = Ailment(
    "no-bounces",
    Level.WARNING,
    _("Mail leaves by a relay, and BOUNCE_ADDRESS or BOUNCE_MAILBOX is not set."),
    WE_GO_ON,
    _("Set both: where bounces go, and how that mailbox is read."),
)
SILENT = Ailment(
    "provider-silent",
    Level.WARNING,
    _("%(count)s mails left in three days, and no event of any has come back."),
    WE_GO_ON,
    _("See that the provider calls %(url)s, and that the bounce mailbox can be read."),
)
UNREAD = Ailment(
    "unread-calls",
    Level.WARNING,
    _("A webhook said something that nobody could read: %(problem)s"),
    _("What it told of is not known."),
    _("Look at Unread calls on the desk."),
)


@check(AREA, _("What comes back would reach us."))
def ways_back() -> Iterator[Finding]:
    """A webhook for each provider in use, a mailbox for relays."""
    schemes = sorted({way_out(url).scheme for url in settings.CHANNELS.values()})
    for scheme in schemes:
        if scheme in VIEWS:
            try:
                door(scheme)
            except Closed as closed:
                yield WEBHOOK_CLOSED.found(provider=scheme, why=str(closed))
    if set(schemes) & set(SMTP_PORTS) and not (settings.BOUNCE_ADDRESS and settings.BOUNCE_MAILBOX):
        yield NO_BOUNCES.found()


@check(AREA, _("What came back could be read."))
def events() -> Iterator[Finding]:
    """And something came back of the mails that left."""
    since = clock.now() - SILENCE
    unread = Callback.objects.exclude(problem="").filter(received_at__gt=since).first()
    if unread:
        yield UNREAD.found(problem=unread.problem)
    if any(way_out(url).scheme == "maildir" for url in settings.CHANNELS.values()):
        return
    slices = Slice.objects.filter(claimed_at__gt=since)
    count = slices.aggregate(count=Sum("accepted_count", default=0))["count"]
    if count >= ENOUGH and not DeliveryEvent.objects.filter(received_at__gt=since).exists():
        yield SILENT.found(count=count, url=f"{settings.SITE_URL}/events/…/")
