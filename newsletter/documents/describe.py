"""An edition as JSON: everything that is printed, and where each word of it comes from.

The fields are the dataclasses below and of `describe_summary`, in their order; docs/documents.md
says what they mean. A field is never left out: what is not known is null, "" or []. Fields may be
added; one that goes or changes its meaning makes a new `SCHEMA`.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from newsletter.documents.describe_summary import (
    DescribedSummary,
    Readings,
    describe_summary,
    iso,
    readings_of,
)
from newsletter.documents.printed import Printed
from newsletter.links import edition_url
from newsletter.models import Edition, Entry, Rendition
from papers.models import Paper, Summary

SCHEMA = "paperboy.edition/1"


@dataclass(frozen=True)
class DescribedLinks:
    arxiv: str
    pdf: str
    discussion: str
    project: str
    code: str


@dataclass(frozen=True)
class DescribedPaper:
    id: str
    title: str
    abstract: str
    authors: list[str]
    organisation: str
    published_at: str | None
    withdrawn_at: str | None
    image_url: str
    keywords: list[str]
    categories: list[str]
    code_star_count: int | None
    origin: str
    links: DescribedLinks


@dataclass(frozen=True)
class DescribedEntry:
    position: int
    vote_count: int | None
    comment_count: int
    note: str
    headline: str
    paper: DescribedPaper
    summary: DescribedSummary | None
    printed: Printed | None


@dataclass(frozen=True)
class DescribedNewsletter:
    slug: str
    name: str


@dataclass(frozen=True)
class DescribedEdition:
    schema: str
    newsletter: DescribedNewsletter
    date: str
    language: str
    state: str
    url: str
    subject: str
    preheader: str
    intro: str
    entries: list[DescribedEntry]


def edition_json(edition: Edition, language: str) -> str:
    """The edition in one language as a JSON document with a line break at its end.

    The same rows give the same bytes; hidden entries are left out.
    """
    return json.dumps(asdict(describe(edition, language)), ensure_ascii=False, indent=2) + "\n"


def describe(edition: Edition, language: str) -> DescribedEdition:
    entries = edition.printed_entries()
    papers = [entry.paper for entry in entries]
    summaries = Summary.objects.select_related("receipt").by_paper(papers, language)
    readings = readings_of(summaries.values())
    rendition = edition.renditions.whole().filter(language=language).first() or Rendition()
    return DescribedEdition(
        schema=SCHEMA,
        newsletter=DescribedNewsletter(edition.newsletter.slug, edition.newsletter.name),
        date=edition.date.isoformat(),
        language=language,
        state=edition.state,
        url=edition_url(edition, language),
        subject=rendition.subject,
        preheader=rendition.preheader,
        intro=rendition.intro,
        entries=[
            describe_entry(entry, position, summaries.get(entry.paper_id), readings, language)
            for position, entry in enumerate(entries, start=1)
        ],
    )


def describe_entry(
    entry: Entry, position: int, summary: Summary | None, readings: Readings, language: str
) -> DescribedEntry:
    if summary:
        summary.paper = entry.paper
    return DescribedEntry(
        position=position,
        vote_count=entry.vote_count,
        comment_count=entry.comment_count,
        note=entry.note,
        headline=entry.headline(language),
        paper=describe_paper(entry.paper),
        summary=describe_summary(summary, readings) if summary else None,
        printed=Printed.on(entry, language),
    )


def describe_paper(paper: Paper) -> DescribedPaper:
    return DescribedPaper(
        id=paper.canonical_id,
        title=paper.title,
        abstract=paper.abstract,
        authors=paper.author_names,
        organisation=paper.organisation,
        published_at=iso(paper.published_at),
        withdrawn_at=iso(paper.withdrawn_at),
        image_url=paper.image_url,
        keywords=paper.keywords,
        categories=paper.categories,
        code_star_count=paper.code_star_count,
        origin=paper.origin,
        links=DescribedLinks(
            arxiv=paper.arxiv_url,
            pdf=paper.pdf_url,
            discussion=paper.discussion_url,
            project=paper.project_url,
            code=paper.code_url,
        ),
    )
