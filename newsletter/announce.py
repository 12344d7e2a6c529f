"""Announce: editors are told by mail that a draft waits, and once more when its time has passed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import get_connection
from django.db.models import QuerySet
from django.utils.translation import override

from newsletter import clock
from newsletter.links import desk_url
from newsletter.message import small_mail
from newsletter.models import Announcement, DeskLanguage, Edition
from newsletter.moments import moment_in_words
from newsletter.outcome import Outcome, send
from newsletter.preflight import preflight
from newsletter.render import render_mail
from newsletter.rendered import Rendered
from newsletter.roles import staff_who

logger = logging.getLogger(__name__)

Kind = Announcement.Kind
Writer = Callable[[Edition, Kind, str], Rendered]
GRACE = timedelta(minutes=5)  # behind the send time; who has just taken it back knows
MOST_TITLES = 3


def announce_drafts() -> int:
    """Mail what is due to editors; how many left. Each editor is told of a draft once, and once
    more when its send time has passed. What surely did not leave is tried again."""
    due, write = list(announcements_due(clock.now())), cache(announcement)
    sent = sum(announce(edition, editor, kind, write) for edition, editor, kind in due)
    if due:
        logger.info("announced sent=%s of=%s", sent, len(due))
    return sent


def announcements_due(now: datetime) -> Iterator[tuple[Edition, User, Kind]]:
    """Of drafts that are to go out; one that was built by hand for a past date is not."""
    drafts = Edition.objects.select_related("newsletter").filter(
        state=Edition.State.DRAFT,
        newsletter__is_active=True,
        not_before__isnull=False,
        expires_at__gt=now,
    )
    staff = list(editors())
    for edition in drafts:
        kind = Kind.LATE if is_late(edition, now) else Kind.DRAFT
        told = set(edition.announcements.filter(kind=kind).values_list("editor", flat=True))
        yield from ((edition, editor, kind) for editor in staff if editor.pk not in told)


def is_late(edition: Edition, now: datetime) -> bool:
    moments = [moment for moment in (edition.not_before, edition.reopened_at) if moment]
    return max(moments) + GRACE <= now


def editors() -> QuerySet[User]:
    """Who may work on editions at the desk, and can be written to."""
    return staff_who("newsletter.change_edition").exclude(email="").order_by("pk")


def announce(edition: Edition, editor: User, kind: Kind, write: Writer) -> bool:
    """Tell one editor, unless another worker does; whether it left."""
    told, is_mine = Announcement.objects.get_or_create(edition=edition, editor=editor, kind=kind)
    if not is_mine:
        return False
    mail = write(edition, kind, language_of(editor, edition))
    message = small_mail(mail, edition.newsletter, to=editor.email, dated=clock.now())
    result = send(message, get_connection())
    if result.outcome is Outcome.NOT_SENT:
        told.delete()
    if result.outcome is not Outcome.ACCEPTED:
        logger.warning("announcement=%s %s: %s", told.pk, result.outcome.value, result.code)
    return result.outcome is Outcome.ACCEPTED


def announcement(edition: Edition, kind: Kind, language: str) -> Rendered:
    """What waits, until when, and what stops it, with a button that leads to the desk. All who read
    it in a language read the same."""
    newsletter, entries = edition.newsletter, list(edition.printed_entries())
    with override(language):
        context = {
            "newsletter": newsletter,
            "edition": edition,
            "is_late": kind == Kind.LATE,
            "leaves_at": moment_in_words(edition.not_before, newsletter.time_zone),
            "waits": newsletter.approval_required or edition.reopened_at or edition.hold_reason,
            "titles": [entry.paper.short_title for entry in entries[:MOST_TITLES]],
            "more_count": max(0, len(entries) - MOST_TITLES),
            "stops": [stop.sentence for stop in preflight(edition).stops],
            "desk_url": desk_url(edition, language),
        }
    return render_mail("draft", context, language)


def language_of(editor: User, edition: Edition) -> str:
    """That in which the editor last opened the desk; else the newsletter's."""
    known = DeskLanguage.objects.filter(editor=editor).values_list("language", flat=True).first()
    spoken = dict(settings.LANGUAGES)
    return next(
        (code for code in (known, *edition.newsletter.languages) if code in spoken),
        settings.LANGUAGE_CODE,
    )
