"""What an editor makes of an erratum: a correction, or nothing, with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletter.correction import begin_correction
from newsletter.curate import Curation, take
from newsletter.errata.draft import drafts
from newsletter.models import Change, Edition, Erratum, WrongState

if TYPE_CHECKING:
    from django.contrib.auth.models import User

How = Erratum.How


@transaction.atomic
def draft_correction(erratum: Erratum, editor: User) -> Edition:
    """The draft of a correction to its edition, with the words about this erratum below what stands
    there already. Nothing is sent. Raises WrongState when it was settled meanwhile, or there can be
    no correction."""
    settle(erratum, How.CORRECTION, editor)
    draft = begin_correction(erratum.edition)
    take(draft, draft.version)
    curation = Curation(draft, editor)
    for language, words in drafts(erratum).items():
        standing = curation.renditions[language].intro
        if words not in standing:
            text = "\n\n".join(filter(None, [standing, words]))
            curation.write(Change.Kind.INTRO, language, text)
    erratum.correction = draft
    erratum.save(update_fields=["correction"])
    return draft


def leave_it(erratum: Erratum, reason: str, editor: User) -> None:
    """Settle it without telling readers. Raises WrongState when it was settled meanwhile."""
    settle(erratum, How.NOTHING, editor, reason)


def settle(erratum: Erratum, how: Erratum.How, editor: User, reason: str = "") -> None:
    columns = {
        "settled_at": timezone.now(),
        "settled_by": editor,
        "settled_by_name": editor.get_username(),
        "how": how,
        "reason": reason,
        "correction": None,
    }
    if not Erratum.objects.open().filter(pk=erratum.pk).update(**columns):
        raise WrongState(_("Someone else has settled this already."))
    erratum.refresh_from_db()
