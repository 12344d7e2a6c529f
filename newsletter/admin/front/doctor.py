"""What the doctor last found, for whoever may look at what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from newsletter.admin.navigation import may_see
from newsletter.doctor import Finding, Level, kept


@dataclass(frozen=True)
class Visit:
    """Its last look, in words."""

    when: str
    is_old: bool
    stops: Sequence[Finding]
    warnings: Sequence[Finding]
    hidden_stop_count: int  # of what this editor may not look at


def visit(request: HttpRequest, now: datetime) -> Visit | None:
    """Its moment in the time zone of `now`. None: nobody has looked yet."""
    last = kept.last()
    if last is None:
        return None
    areas = {complaint.area for complaint in last.complaints}
    visible = {area for area in areas if may_see(request, apps.get_model(area))}
    seen = [each.finding for each in last.complaints if each.area in visible]
    all_stops = [each for each in last.complaints if each.finding.level is Level.STOP]
    stops = [each for each in seen if each.level is Level.STOP]
    return Visit(
        when=date_format(last.at.astimezone(now.tzinfo), _("j F, H:i T")),
        is_old=last.is_old(now),
        stops=stops,
        warnings=[each for each in seen if each.level is Level.WARNING],
        hidden_stop_count=len(all_stops) - len(stops),
    )
