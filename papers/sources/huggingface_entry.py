"""One entry of the Daily Papers API, old or new, as a ListingRecord.

An entry has an outer level (the listing) and an inner one (`paper`). Both grew over the years, and
fields moved between them; what is read here is true of every form since March 2024.
"""

from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from papers.sources.base import Author, ListingRecord, PaperRecord, canonical_id
from papers.sources.fields import Fields
from papers.sources.names import LONGEST_NAME, person_name
from papers.sources.text import one_line, web_url

LONGEST_ID = 64  # characters, as the column
LONGEST_TITLE = 1000  # the longest seen has 206
LONGEST_ABSTRACT = 20_000  # the longest seen has 1,924
LONGEST_LINE = 2000
LONGEST_ORGANISATION = 300  # as the column
LONGEST_KEYWORD = 100
LONGEST_MODEL = 200  # as the column
KEYWORD_COUNT_LIMIT = 50

UPLOADS_HOST = "cdn-uploads.huggingface.co"  # pictures and videos that a submitter added
CARDS_HOST = "cdn-thumbnails.huggingface.co"  # generated pictures with the title on them
STILL_PICTURES = {".png", ".jpg", ".jpeg", ".webp"}


class UnreadableEntryError(Exception):
    """The entry lacks what a listing cannot be without. The message says what."""


def listing_from(entry: object) -> ListingRecord:
    """Raises UnreadableEntryError: no id, no title, no number of votes, an unclear withdrawal.

    Anything else that is missing or of the wrong kind is taken as not told.
    """
    outer = Fields(entry)
    inner = outer.fields("paper")
    paper = paper_from(outer, inner)
    vote_count = inner.count("upvotes")
    if vote_count is None:
        raise unreadable(inner, "upvotes", "a number of votes")
    return ListingRecord(
        paper=paper,
        vote_count=vote_count,
        comment_count=outer.count("numComments") or 0,
        submitted_by=submitter(outer, inner),
        listed_at=listed_at(outer, inner),
    )


def paper_id(entry: object) -> str:
    """The id as the entry tells it, for messages and for telling entries apart."""
    return Fields(entry).fields("paper").text("id", LONGEST_ID)


def paper_from(outer: Fields, inner: Fields) -> PaperRecord:
    name = known_id(inner)
    return PaperRecord(
        canonical_id=name,
        title=title(outer, inner),
        authors=authors(inner),
        abstract=inner.text("summary", LONGEST_ABSTRACT),
        organisation=organisation(outer, inner),
        published_at=inner.moment("publishedAt"),
        withdrawn_at=withdrawn_at(inner),
        image_url=picture(outer, inner, name),
        project_url=inner.url("projectPage"),
        code_url=inner.url("githubRepo").rstrip("/"),
        code_star_count=inner.count("githubStars"),
        keywords=inner.texts("ai_keywords", LONGEST_KEYWORD)[:KEYWORD_COUNT_LIMIT],
        ai_summary=inner.text("ai_summary", LONGEST_LINE),
        ai_summary_model=inner.text("ai_summary_model", LONGEST_MODEL),
    )


def known_id(inner: Fields) -> str:
    name = canonical_id(inner.text("id", LONGEST_ID))
    if not name:
        raise unreadable(inner, "id", "an arXiv id")
    return name


def title(outer: Fields, inner: Fields) -> str:
    """The inner one: until 2025-03-10 the outer one could differ (`$τ$-bench` for τ-bench)."""
    name = inner.text("title", LONGEST_TITLE) or outer.text("title", LONGEST_TITLE)
    if not name:
        raise unreadable(inner, "title", "a title")
    return name


def authors(inner: Fields) -> list[Author]:
    """All, in the paper's order: namesakes are two people, and a hidden one keeps its place."""
    told = [Fields(author) for author in inner.each("authors")]
    named = [(person_name(author.text("name", LONGEST_NAME)), author) for author in told]
    return [
        Author(name, hidden=author.told.get("hidden") is True) for name, author in named if name
    ]


def organisation(outer: Fields, inner: Fields) -> str:
    """Called `submitterOrganization` until 2025-10-03, and on the outer level only."""
    for told in (
        inner.fields("organization"),
        outer.fields("organization"),
        outer.fields("submitterOrganization"),
    ):
        name = told.text("fullname", LONGEST_ORGANISATION) or told.text(
            "name", LONGEST_ORGANISATION
        )
        if name:
            return name
    return ""


def withdrawn_at(inner: Fields) -> datetime | None:
    """Unlike other dates this one must be read if it is there: a withdrawn paper is not news."""
    moment = inner.moment("withdrawnAt")
    if moment is None and inner.told.get("withdrawnAt"):
        raise unreadable(inner, "withdrawnAt", "a time")
    return moment


def picture(outer: Fields, inner: Fields, name: str) -> str:
    """The first still picture the submitter added, else the generated card. Never a person.

    `mediaUrls` also holds videos and animations, and until 2024-06-12 `mediaUrl` held either kind
    of picture. Avatars lie on a host of their own, or are paths without a host.
    """
    media = [*outer.each("mediaUrls"), *inner.each("mediaUrls"), outer.told.get("mediaUrl")]
    urls = [web_url(url) for url in media if isinstance(url, str)]
    stills = [url for url in urls if is_still_upload(url)]
    cards = [url for url in (outer.url("thumbnail"), *urls) if urlsplit(url).hostname == CARDS_HOST]
    return [*stills, *cards, f"https://{CARDS_HOST}/social-thumbnails/papers/{name}.png"][0]


def is_still_upload(url: str) -> bool:
    parts = urlsplit(url)
    suffix = PurePosixPath(parts.path).suffix.lower()
    return parts.hostname == UPLOADS_HOST and suffix in STILL_PICTURES


def submitter(outer: Fields, inner: Fields) -> str:
    """Blank on some days: between 2025-03-10 and 2025-03-14 nobody was named."""
    for told in (outer.fields("submittedBy"), inner.fields("submittedOnDailyBy")):
        name = told.text("fullname", LONGEST_NAME) or told.text("name", LONGEST_NAME)
        if name:
            return name
    return ""


def listed_at(outer: Fields, inner: Fields) -> datetime | None:
    """When the paper was put on the list, if the entry tells.

    Before `submittedOnDailyAt` there was the outer `publishedAt`. Since 2025-03-10 that is the
    paper's own date moved back by some hours, so it counts only when it lies after that date.
    """
    submitted_at = inner.moment("submittedOnDailyAt")
    if submitted_at:
        return submitted_at
    moment, published_at = outer.moment("publishedAt"), inner.moment("publishedAt")
    return moment if moment and published_at and moment > published_at else None


def unreadable(inner: Fields, name: str, due: str) -> UnreadableEntryError:
    if name not in inner.told:
        return UnreadableEntryError(f"it has no {name}")
    found = one_line(repr(inner.told[name]), 60)
    return UnreadableEntryError(f"its {name} is {found}, not {due}")
