"""Approve: a draft's renditions are frozen, and from then on only those bytes may leave."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from newsletter.correction import UNTIMELY, is_timely
from newsletter.models import Edition, Rendition, WrongState
from newsletter.morning import LATEST
from newsletter.preflight import Finding, preflight
from newsletter.redirects import keep_links
from newsletter.render import printed_entries, render_edition
from newsletter.rendered import Rendered, content_hash, frozen_fields

if TYPE_CHECKING:
    from django.contrib.auth.models import User

logger = logging.getLogger(__name__)


class Stopped(WrongState):
    """Pre-flight stops it; the message says by what, in the active language."""

    def __init__(self, stops: Sequence[Finding]) -> None:
        count = len(stops)
        first = ngettext(
            "%(count)s thing stops this edition.", "%(count)s things stop this edition.", count
        )
        super().__init__(" ".join([first % {"count": count}, *(stop.sentence for stop in stops)]))
        self.stops = stops


def approve_edition(edition: Edition, by: User | None = None) -> Edition:
    """Freeze what readers will get, and let it go at its send time.

    `by` is the editor; None means that the newsletter sends by itself. It leaves at the send time
    of its date, or now when that has passed or it is a correction, and in either case
    `undo_seconds` later; to readers who chose an hour of their own, at that. Each mail is old news
    `expires_after` behind its time.
    Raises Stopped while pre-flight stops it, and WrongState when it is not a draft any more, has
    nothing to print, or corrects an edition that is on its way again, or too old.
    """
    if not edition.has_something_to_print:
        if edition.corrects_id:
            raise WrongState(gettext("Write what was wrong and what is right, in each language."))
        raise WrongState(gettext("There is nothing to print. Add a paper, or put one back."))
    if not is_timely(edition):
        raise WrongState(gettext(UNTIMELY))
    edition.approved_by = by  # the mail says whether an editor looked it over
    rendered = {language: render_edition(edition, language) for language in edition.languages}
    if stops := preflight(edition, rendered).stops:
        raise Stopped(stops)
    now = timezone.now()
    undo = timedelta(seconds=edition.newsletter.undo_seconds)
    with transaction.atomic():
        leave_at = edition.leaves_at(now) + undo
        edition.move(
            Edition.State.APPROVED,
            come_from=[Edition.State.DRAFT],
            approved_at=now,
            approved_by=by,
            content_sha256=content_hash(rendered),
            not_before=leave_at,
            expires_at=leave_at + LATEST + edition.newsletter.expires_after,
            reopened_at=None,
            stopped_at=None,
            hold_reason="" if edition.stopped_at else edition.hold_reason,
        )
        for language, content in rendered.items():  # behind the move, as in reopen_edition
            freeze(edition, language, content, now)
        keep_links(edition, printed_entries(edition, edition.languages[0]))
    logger.info("approved edition=%s languages=%s", edition.pk, len(rendered))
    return edition


def freeze(edition: Edition, language: str, content: Rendered, now: datetime) -> None:
    Rendition.objects.whole().update_or_create(
        edition=edition, language=language, defaults=frozen_fields(content, now)
    )


def reopen_edition(edition: Edition) -> Edition:
    """Take the approval back, so that it can be edited again: from then on it waits for an editor,
    also where its newsletter sends by itself. Raises WrongState once it leaves."""
    with transaction.atomic():
        edition.move(
            Edition.State.DRAFT,
            come_from=[Edition.State.APPROVED],
            approved_at=None,
            approved_by=None,
            reopened_at=timezone.now(),
            content_sha256="",
        )
        edition.renditions.whole().update(frozen_at=None, sha256="")
    return edition
