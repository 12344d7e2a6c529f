"""Errata: papers that were printed, and have been withdrawn or revised since.

Once a night arXiv is asked again for what was printed lately. An editor decides what becomes of
what is found; nothing is ever sent by itself.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from newsletter.errata.differences import Words, differences
from newsletter.errata.printed import left_at, says_withdrawn
from newsletter.models import Edition, Entry, Erratum
from papers.models import Paper
from papers.sources.arxiv import ARXIV, Arxiv
from papers.sources.base import PaperRecord, SourceError, canonical_id
from papers.store import keep, renew

logger = logging.getLogger(__name__)

LOOKED_BACK = timedelta(days=60)

Kind, How = Erratum.Kind, Erratum.How


def look_for_errata(now: datetime, arxiv: Arxiv = ARXIV) -> int:
    """Ask arXiv again for what was printed in the last sixty days, and write down what stands no
    longer; how many errata wait more than before.

    May be repeated: a version of a paper is found once an edition. What arXiv does not answer is
    asked for the next night, and what we know by other ways is looked at all the same.
    """
    waiting = Erratum.objects.open().count()
    printed = {paper.canonical_id: paper for paper in printed_papers(now)}
    asked = [name for name in printed if canonical_id(name) == name]
    try:
        for names, records in arxiv.batches(asked):
            take_in([printed.pop(name) for name in names], records, now)
    except SourceError as error:
        logger.warning("errata: %s", error)
    take_in(list(printed.values()), {}, now)
    return Erratum.objects.open().count() - waiting


def printed_papers(now: datetime) -> Sequence[Paper]:
    entries = Entry.objects.filter(
        edition__in=Edition.objects.published(),
        edition__audience_frozen_at__gte=now - LOOKED_BACK,
        hidden=False,
    )
    return list(Paper.objects.filter(pk__in=entries.values("paper")).order_by("pk"))


@transaction.atomic
def take_in(papers: Sequence[Paper], records: dict[str, PaperRecord], now: datetime) -> None:
    """Keep what arXiv says of these papers now, and what that means for their editions."""
    before = {paper.pk: Words(paper.title, paper.abstract) for paper in papers}
    told = [paper for paper in papers if paper.canonical_id in records]
    changes = [renew(paper, records[paper.canonical_id]) for paper in told]
    keep([p for p, names in zip(told, changes, strict=True) if names], set().union(*changes))
    back = [paper for paper in told if paper.withdrawn_at is None]
    withdrawn = Erratum.objects.filter(paper__in=back, kind=Kind.WITHDRAWN, settled_at=None)
    withdrawn.update(settled_at=now, how=How.UNTOUCHED)
    for paper in papers:
        if paper.withdrawn_at or (paper.version > 1 and paper.revised_at):
            note(paper, before[paper.pk], now)


def note(paper: Paper, before: Words, now: datetime) -> None:
    """A row for each edition that printed it before; none twice."""
    editions = Edition.objects.published().filter(
        audience_frozen_at__gte=now - LOOKED_BACK, entries__paper=paper, entries__hidden=False
    )
    for edition in editions.select_related("newsletter"):
        if paper.withdrawn_at:
            note_withdrawn(edition, paper, now)
        elif paper.revised_at and paper.revised_at > left_at(edition):
            note_revised(edition, paper, before, now)


def note_withdrawn(edition: Edition, paper: Paper, now: datetime) -> None:
    if not says_withdrawn(edition, paper):
        Erratum.objects.get_or_create(
            edition=edition, paper=paper, kind=Kind.WITHDRAWN, version=0, defaults={"found_at": now}
        )


def note_revised(edition: Edition, paper: Paper, before: Words, now: datetime) -> None:
    about = {"edition": edition, "paper": paper, "kind": Kind.REVISED, "version": paper.version}
    if Erratum.objects.filter(**about).exists():
        return
    found = differences(edition, paper, before)
    untouched = {} if found else {"settled_at": now, "how": How.UNTOUCHED}
    stored = [difference.stored() for difference in found]
    Erratum.objects.get_or_create(
        **about, defaults={"found_at": now, "differences": stored, **untouched}
    )
    logger.info(
        "revised paper=%s version=%s edition=%s differences=%s",
        *(paper.canonical_id, paper.version, edition.pk, len(found)),
    )
