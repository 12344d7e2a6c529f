"""Override: a named editor lets something pass that pre-flight stops, and says why."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from newsletter.models import Edition, Override, Overtaken, WrongState
from newsletter.preflight import preflight

if TYPE_CHECKING:
    from django.contrib.auth.models import User

logger = logging.getLogger(__name__)


def override_stop(edition: Edition, fingerprint: str, by: User, reason: str) -> Override:
    """Keep an editor's word for what stops the edition now, and for nothing else.

    Raises WrongState, with a sentence for the editor: without a reason, where the stop is not there
    any more, or the edition has moved on since it was read.
    """
    if not reason.strip():
        raise WrongState(_("Write why it may go out all the same; the reason is kept."))
    stops = {each.fingerprint: each for each in preflight(edition).stops}
    if fingerprint not in stops:
        raise WrongState(_("That does not stop the edition any more. Please look again."))
    with transaction.atomic():
        row = Edition.objects.filter(
            pk=edition.pk, version=edition.version, state=Edition.State.DRAFT
        )
        if not row.update(version=F("version") + 1):
            raise Overtaken
        word = Override.objects.create(
            edition=edition,
            check_name=stops[fingerprint].check,
            fingerprint=fingerprint,
            sentence=stops[fingerprint].sentence,
            reason=reason.strip(),
            by=by,
            by_name=by.get_username(),
        )
    edition.refresh_from_db()
    logger.info("override edition=%s check=%s by=%s", edition.pk, word.check_name, by.pk)
    return word
