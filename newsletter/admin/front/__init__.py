"""The desk's front page: what matters today. UNFOLD in the settings names `front_page`.

Whatever costs something was counted by the clock beforehand: the page takes a few queries, however
many readers and editions there are. Each part is there for whoever may see what it is made of.
"""

from collections.abc import Sequence
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from newsletter import clock
from newsletter.admin.front import ahead, doctor, growth, lately
from newsletter.admin.navigation import may_see
from newsletter.models import Edition, Erratum, Newsletter, Subscription

MOST_NEWSLETTERS = 12


def front_page(request: HttpRequest, context: dict[str, object]) -> dict[str, object]:
    now = clock.now()
    in_print = list(Newsletter.objects.filter(is_active=True)[:MOST_NEWSLETTERS])
    here = now.astimezone(zone_of(in_print))
    context["title"] = date_format(here, _("l, j F Y"))
    context["visit"] = doctor.visit(request, here)
    if may_see(request, Edition):
        context["ahead"] = ahead.ahead(in_print, now)
        context["lately"] = lately.lately()
        context["errata_count"] = Erratum.objects.open().count()
    if may_see(request, Subscription):
        context["growth"] = growth.growth(in_print, now)
    return context


def zone_of(newsletters: Sequence[Newsletter]) -> tzinfo:
    """By whose clock the desk works: the default newsletter's, or else the first one's."""
    first = sorted(newsletters, key=lambda each: not each.is_default)
    return ZoneInfo(first[0].time_zone) if first else UTC
