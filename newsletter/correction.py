"""A correction: a few words of the editor to those who have an edition, once each.

It is an edition of its own that has no papers and `corrects` another one. So it is previewed,
approved, sent, held, counted and verified as any edition is, by the same ledger.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_noop

from newsletter.models import Edition, Rendition, WrongState

State = Edition.State
UNTIMELY = gettext_noop(
    "Who has the edition that this corrects cannot be told now: it goes to readers still or once "
    "more, or its ledger is gone. Look at it; once it has ended, let this one go on."
)


def can_be_corrected(edition: Edition) -> bool:
    """Some have it, nobody else gets it now, and the ledger still knows who they are."""
    return (
        edition.corrects_id is None
        and edition.state in (State.DONE, State.CANCELLED)
        and edition.audience_frozen_at is not None
        and edition.pruned_at is None
        and not edition.slices.filter(settled_at=None).exists()  # a cancelled one may have some
    )


def is_timely(edition: Edition) -> bool:
    """Whether those it is for can be told now: all editions but a correction whose own edition
    goes on, or has lost its ledger, since its draft was made."""
    return edition.corrects_id is None or can_be_corrected(
        Edition.objects.get(pk=edition.corrects_id)
    )


def hold_if_untimely(edition: Edition) -> bool:
    """Put an approved correction on hold that would miss readers; whether it is. May be
    repeated."""
    if is_timely(edition):
        return False
    edition.hold(UNTIMELY)
    return True


@transaction.atomic
def begin_correction(edition: Edition) -> Edition:
    """The draft of a correction to an edition: the one that is open, or a new one, with room for
    words in each language that readers have it in. Raises WrongState when there can be none."""
    row = Edition.objects.select_for_update().select_related(None).get(pk=edition.pk)
    if not can_be_corrected(row):
        raise WrongState(f"{edition} is {row.state}; correct one that has gone out")
    if draft := row.corrections.filter(state=State.DRAFT).first():
        return draft
    draft = Edition.objects.create(
        newsletter=row.newsletter, date=row.date, corrects=row, state=State.DRAFT
    )
    Rendition.objects.bulk_create(
        Rendition(edition=draft, language=language) for language in row.languages
    )
    return draft


def printed_corrections(edition: Edition, language: str) -> list[Rendition]:
    """What the edition's page on the site says of its mistakes, the oldest first: whatever has
    begun to leave."""
    frozen = Rendition.objects.whole().filter(
        edition__corrects=edition, edition__audience_frozen_at__isnull=False, language=language
    )
    return list(frozen.select_related("edition").order_by("edition__approved_at"))
