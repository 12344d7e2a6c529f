"""Entries as they are printed: texts cleaned, addresses checked, nothing left to decide."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext, gettext_lazy, override

from newsletter.links import paper_url
from newsletter.models import Edition, Entry
from newsletter.render.clean import clean, one_line, shortened, web_url
from newsletter.render.provenance import maybe_drafted, models_behind
from newsletter.taste import Matter
from papers.models import Paper, Summary
from papers.sources import category_in

AUTHOR_LIMIT = 3
PAPERS_LANGUAGE = "en"  # titles, names and texts of our sources
LABELS = {
    "whats_new": gettext_lazy("What’s New"),
    "technical_details": gettext_lazy("Technical Details"),
    "performance_highlights": gettext_lazy("Performance Highlights"),
}


@dataclass(frozen=True)
class Part:
    """A labelled paragraph; `lang` is set only where it differs from the page's."""

    label: str
    text: str
    lang: str = ""
    style: str = ""  # or "none": it only says that there is nothing to say


@dataclass(frozen=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True)
class PrintedEntry:
    """What `email/_entry` prints. Blank fields are left out, with their labels and dots."""

    number: int
    topic: str  # of the reader's, for which it stands further up
    vote_count: int
    title: str
    name: str  # the title up to its colon, short enough to stand beside others
    title_lang: str
    own_title: str  # the paper's, where an editor's headline stands in its place
    names_lang: str
    arxiv_url: str
    page_url: str
    authors: tuple[str, ...]
    more_author_count: int
    organisation: str
    picture_url: str
    picture_alt: str
    is_withdrawn: bool
    note: str
    lead: str
    lead_by: str
    lead_lang: str
    is_excerpt: bool
    writer: str  # of Summary.Writer; blank without a summary
    is_drafted: bool  # an editor changed what a model wrote
    parts: tuple[Part, ...]
    links: tuple[Link, ...]


def printed_entries(
    edition: Edition, language: str, *, author_limit: int = AUTHOR_LIMIT
) -> list[PrintedEntry]:
    """The edition's entries in order, in one language, in two queries; in three where an editor
    changed what a model wrote."""
    entries = list(edition.printed_entries())
    papers = [entry.paper for entry in entries]
    summaries = maybe_drafted().by_paper(papers, language)
    drafted = models_behind(summaries.values())
    return [
        printed_entry(
            entry,
            summaries.get(entry.paper_id),
            number,
            language,
            author_limit,
            drafted=drafted,
        )
        for number, entry in enumerate(entries, start=1)
    ]


def matters_of(edition: Edition, language: str) -> list[Matter]:
    """What topics are looked for in, entry by entry: also in the summary that readers get."""
    papers = [entry.paper for entry in edition.printed_entries()]
    summaries = Summary.objects.by_paper(papers, language)
    return [matter(paper, summaries.get(paper.pk)) for paper in papers]


def matter(paper: Paper, summary: Summary | None) -> Matter:
    texts = [paper.title, paper.abstract, *paper.keywords]
    if summary:
        texts += summary.three_parts
    return Matter(paper.categories, "\n".join(texts))


def printed_entry(
    entry: Entry,
    summary: Summary | None,
    number: int,
    language: str,
    author_limit: int,
    *,
    drafted: Container[int] = (),
) -> PrintedEntry:
    """One entry; without a summary it is its title and its links. `drafted` are the keys of
    summaries whose words are a model's, changed by an editor."""
    paper = entry.paper
    summary = summary or Summary(text_language=language)
    headline = one_line(entry.headline(language))
    name = shortened(headline or one_line(paper.short_title), 60)
    papers_lang = other_than(language, PAPERS_LANGUAGE)
    with override(language):
        return PrintedEntry(
            number=number,
            topic="",
            vote_count=entry.vote_count or 0,
            title=headline or one_line(paper.title),
            name=name,
            title_lang="" if headline else papers_lang,
            own_title=one_line(paper.title) if headline else "",
            names_lang=papers_lang,
            arxiv_url=paper.arxiv_url,
            page_url=paper_url(paper, language),
            authors=tuple(one_line(author) for author in paper.author_names[:author_limit]),
            more_author_count=max(0, len(paper.author_names) - author_limit),
            organisation=one_line(paper.organisation),
            picture_url=picture_url(paper.image_url),
            picture_alt=gettext("Figure: %(name)s") % {"name": shortened(name, 22)},
            is_withdrawn=paper.withdrawn_at is not None,
            note=clean(entry.note),
            lead=one_line(summary.lead),
            lead_by=one_line(summary.lead_by),
            lead_lang=other_than(
                language, PAPERS_LANGUAGE if summary.lead_by else summary.text_language
            ),
            is_excerpt=summary.is_excerpt,
            writer=summary.writer,
            is_drafted=summary.pk in drafted,
            parts=tuple(printed_parts(summary, language)),
            links=tuple(printed_links(entry)),
        )


def picture_url(url: str) -> str:
    """Only what comes over TLS, but for the site's own pictures, wherever it runs."""
    own = url.startswith(f"{settings.SITE_URL}/")
    return web_url(url) if own else web_url(url, schemes=("https",))


def printed_parts(summary: Summary, language: str) -> Iterable[Part]:
    """The three parts under their labels, then what an imported edition said beyond them."""
    lang = other_than(language, summary.text_language)
    for part, label in LABELS.items():
        yield from labelled(str(label), getattr(summary, part), lang)
    if summary.is_excerpt and not summary.performance_highlights.strip():
        label, said = LABELS["performance_highlights"], gettext("The abstract states no result.")
        yield Part(str(label), said, style="none")
    for label, text in summary.further:
        yield from labelled(label, text, lang)


def labelled(label: str, text: str, lang: str) -> Iterable[Part]:
    if said := clean(text):
        yield Part(one_line(label), said, lang)


def printed_links(entry: Entry) -> Iterable[Link]:
    """Without a discussion where the source has none: a page of it may be missing."""
    paper = entry.paper
    yield Link("arXiv", paper.arxiv_url)
    yield Link("PDF", paper.pdf_url)
    if not category_in(entry.edition.newsletter.read_from):
        yield Link(counted(gettext("Discussion"), entry.comment_count), paper.discussion_url)
    if code_url := web_url(paper.code_url):
        stars = paper.code_star_count
        yield Link(counted(gettext("Code"), f"★ {short_count(stars)}" if stars else ""), code_url)


def counted(word: str, count: int | str) -> str:
    return f"{word} {count}" if count else word


def short_count(count: int) -> str:
    """640, 1.2k, 12k: as counts of stars are usually written."""
    if count < 1000:
        return str(count)
    thousands = count / 1000
    return f"{thousands:.1f}k" if thousands < 9.95 else f"{thousands:.0f}k"


def other_than(language: str, text_language: str) -> str:
    """The `lang` to mark a text with on a page of `language`: none where they agree."""
    return "" if text_language == language else text_language


def language_name(code: str) -> str:
    """A language in its own words: 한국어, English."""
    return dict(settings.LANGUAGES).get(code, code)
