"""Documents into the database: one transaction an edition, and the second time changes nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from newsletter.documents.document import Document, DocumentEntry
from newsletter.documents.printed import Printed
from newsletter.documents.summaries import sections_of, texts_of
from newsletter.models import Edition, Entry, Newsletter, Rendition, WrongState
from papers.models import Paper, Summary, stored_authors
from papers.revise import kept, record
from papers.sources.base import Author
from papers.sources.huggingface_entry import CARDS_HOST, is_still_upload
from papers.sources.text import web_url
from papers.summarise.judging import JUDGED, keep_judgement

logger = logging.getLogger(__name__)

State = Edition.State
OPEN = (*Edition.EDITABLE, State.SKIPPED)


@dataclass(frozen=True)
class Outcome:
    """What became of an entry."""

    paper_id: str
    is_new: bool  # the paper was not known
    is_replaced: bool  # its summary said something else
    is_changed: bool
    has_unfit_picture: bool  # a face, a video, or a picture from anywhere


@dataclass(frozen=True)
class Stored:
    """What became of a document; papers are named by their arXiv id."""

    edition: Edition
    outcomes: tuple[Outcome, ...]
    hidden: tuple[str, ...]  # papers of the edition that the document does not have
    is_changed: bool

    @property
    def new(self) -> list[str]:
        return [outcome.paper_id for outcome in self.outcomes if outcome.is_new]

    @property
    def replaced(self) -> list[str]:
        return [outcome.paper_id for outcome in self.outcomes if outcome.is_replaced]

    @property
    def unfit_pictures(self) -> list[str]:
        return [outcome.paper_id for outcome in self.outcomes if outcome.has_unfit_picture]


def store_document(document: Document, newsletter: Newsletter, language: str) -> Stored:
    """Make, or make anew, the draft of the document's date, as printed.

    Entries that the document does not have are hidden, not deleted. All or nothing is stored; may
    be repeated. Raises WrongState when the edition is approved or further.
    """
    with transaction.atomic():
        edition, is_changed = open_edition(newsletter, document)
        outcomes = tuple(
            store_entry(edition, entry, position, language)
            for position, entry in enumerate(document.entries, start=1)
        )
        hidden = hide_others(edition, document.entries)
        is_changed |= store_intro(edition, language, document.intro)
        is_changed |= bool(hidden) or any(outcome.is_changed for outcome in outcomes)
        if is_changed:
            mark_changed(edition)
    logger.info("imported edition=%s entries=%s changed=%s", edition.pk, len(outcomes), is_changed)
    return Stored(edition, outcomes, hidden, is_changed)


def open_edition(newsletter: Newsletter, document: Document) -> tuple[Edition, bool]:
    """The edition of the document's date as a draft, locked, and whether it is one only now."""
    edition, is_new = Edition.objects.select_for_update().get_or_create(
        newsletter=newsletter,
        date=document.date,
        corrects=None,
        defaults={"state": State.DRAFT},
    )
    if edition.state not in OPEN:
        raise WrongState(
            f"{edition} is {edition.state}, and only a draft can be filled; "
            "take the approval back first, or import it into another newsletter"
        )
    if edition.state != State.DRAFT:
        edition.move(State.DRAFT, come_from=OPEN, reason="")
        is_new = True
    return edition, is_new


def store_entry(edition: Edition, entry: DocumentEntry, position: int, language: str) -> Outcome:
    paper, is_new = Paper.objects.get_or_create(
        canonical_id=entry.paper_id, defaults=paper_columns(entry)
    )
    is_replaced, is_written = store_summary(paper, entry, language)
    row = Entry.objects.filter(edition=edition, paper=paper).first()
    row = row or Entry(edition=edition, paper=paper)
    printed = row.printed | {language: Printed.of(entry).to_json()}
    is_changed = save_if_different(
        row,
        position=position,
        vote_count=entry.vote_count,
        note=entry.note or row.note,
        hidden=False,
        printed=printed,
    )
    return Outcome(
        paper_id=entry.paper_id,
        is_new=is_new,
        is_replaced=is_replaced,
        is_changed=is_changed or is_written,
        has_unfit_picture=entry.image not in ("", picture(entry)),
    )


def paper_columns(entry: DocumentEntry) -> dict[str, object]:
    """A paper that only the document knows, as it tells it."""
    return {
        "title": entry.title,
        "authors": stored_authors(Author(name) for name in entry.authors),
        "image_url": picture(entry),
        "origin": Paper.Origin.DOCUMENT,
    }


def picture(entry: DocumentEntry) -> str:
    """What the document printed, if it is a still picture of the paper; else its generated card."""
    url = web_url(entry.image)
    if is_still_upload(url) or url.startswith(f"https://{CARDS_HOST}/"):
        return url
    return f"https://{CARDS_HOST}/social-thumbnails/papers/{entry.paper_id}.png"


def store_summary(paper: Paper, entry: DocumentEntry, language: str) -> tuple[bool, bool]:
    """Whether a summary that said something else was replaced, and whether anything was written.

    A summary that says the same stays, with who wrote it and from which text.
    """
    texts = texts_of(entry.sections)
    summary = Summary.objects.filter(paper=paper, language=language).first()
    if not entry.sections or (summary and texts_of(sections_of(summary)) == texts):
        return False, False
    written = asdict(texts) | {
        "text_language": language,
        "writer": Summary.Writer.DOCUMENT,
        "writer_name": "",
        "lead": "",
        "lead_by": "",
        "source_kind": "",
        "source_length": 0,
        "source_sha256": "",
        "why_extract": "",
        "claims": [],
        "receipt": None,
        "written_at": timezone.now(),
    }
    judged = Summary(paper=paper, language=language, **written)
    keep_judgement(judged)
    written |= {name: getattr(judged, name) for name in JUDGED}
    stood = summary and kept(summary)
    summary, _ = Summary.objects.update_or_create(paper=paper, language=language, defaults=written)
    if stood:
        record(summary, stood, editor=None)
    return stood is not None, True


def hide_others(edition: Edition, entries: Iterable[DocumentEntry]) -> tuple[str, ...]:
    """Hide what the document does not have, and put it behind what it has."""
    named = [entry.paper_id for entry in entries]
    others = edition.printed_entries().exclude(paper__canonical_id__in=named)
    for position, entry in enumerate(others, start=len(named) + 1):
        save_if_different(entry, hidden=True, position=position)
    return tuple(entry.paper.canonical_id for entry in others)


def store_intro(edition: Edition, language: str, intro: str) -> bool:
    rendition, is_new = Rendition.objects.whole().get_or_create(edition=edition, language=language)
    return save_if_different(rendition, intro=intro or rendition.intro) or is_new


def mark_changed(edition: Edition) -> None:
    """The order stands from now on, and whoever looks at an older draft is told when approving."""
    rows = Edition.objects.filter(pk=edition.pk)
    rows.filter(curated_at=None).update(curated_at=timezone.now())
    rows.update(version=F("version") + 1)


def save_if_different(row: models.Model, **columns: object) -> bool:
    """Set the columns and save; False when that would change nothing."""
    if row.pk and all(getattr(row, name) == value for name, value in columns.items()):
        return False
    for name, value in columns.items():
        setattr(row, name, value)
    row.save()
    return True
