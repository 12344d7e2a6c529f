"""An edition in the database as a Document: what a reader in one language gets, as printed."""

from __future__ import annotations

from newsletter.documents.authors import folded_names
from newsletter.documents.document import Document, DocumentEntry
from newsletter.documents.folding import few_lines, one_line
from newsletter.documents.printed import Printed
from newsletter.documents.summaries import sections_of
from newsletter.models import Edition, Entry
from papers.models import Summary


def load_document(edition: Edition, language: str) -> Document:
    """The edition's printed entries in order; hidden ones are left out.

    What an imported document printed goes before what the paper says of itself. The texts of a
    summary, and the votes, are always those of the database: an editor may have changed them.
    """
    entries = edition.printed_entries()
    summaries = Summary.objects.by_paper([entry.paper for entry in entries], language)
    rendition = edition.renditions.whole().filter(language=language).first()
    return Document(
        name=one_line(edition.newsletter.name),
        date=edition.date,
        intro=few_lines(rendition.intro) if rendition else "",
        entries=tuple(load_entry(e, summaries.get(e.paper_id), language) for e in entries),
    )


def load_entry(entry: Entry, summary: Summary | None, language: str) -> DocumentEntry:
    printed = Printed.on(entry, language) or printed_by_us(entry)
    return DocumentEntry(
        paper_id=entry.paper.canonical_id,
        title=printed.title,
        note=few_lines(entry.note),
        image=printed.image,
        lines=printed.lines,
        vote=printed.vote if entry.vote_count is None else str(entry.vote_count),
        authors=printed.authors,
        sections=tuple(printed.in_order(sections_of(summary))) if summary else (),
    )


def printed_by_us(entry: Entry) -> Printed:
    """What stands in a document for a paper that came from a source."""
    return Printed(
        title=one_line(entry.paper.title),
        image=one_line(entry.paper.image_url),
        authors=tuple(folded_names(entry.paper.author_names)),
    )
