"""Records of a source as rows: a paper once, a listing once a day, in a few statements each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from papers.models import Listing, Paper, stored_authors
from papers.sources.base import ListingRecord, PaperRecord

WORDS = {"title", "abstract"}  # that a new version may change
COUNTED_AGAIN = ["vote_count", "comment_count", "submitted_by", "listed_at"]


@dataclass(frozen=True)
class Stored:
    """What became of a list: its papers in their order, each once."""

    papers: Sequence[Paper]
    new_count: int  # not on this list before
    changed_count: int  # on it before, and different now


def store_listings(source: str, day: date, listings: Iterable[ListingRecord]) -> Stored:
    """The papers of a list and their place on it. May be repeated.

    Votes and comments become the newest, also when that is fewer. A paper that is no longer listed
    keeps its row, with an older `last_seen_at`. Of a paper told twice the first entry counts.
    """
    told: dict[str, ListingRecord] = {}
    for listing in listings:
        told.setdefault(listing.paper.canonical_id, listing)
    papers, touched = store_papers([listing.paper for listing in told.values()])
    before = {row.paper_id: row for row in Listing.objects.filter(source=source, date=day)}
    rows = [
        listing_row(source, day, paper, told[paper.canonical_id], before.get(paper.pk))
        for paper in papers
    ]
    changed = touched | {row.paper_id for row in rows if is_changed(row, before)}
    upsert_listings(rows)
    known = {paper.pk for paper in papers} & before.keys()
    return Stored(papers, len(papers) - len(known), len(changed & known))


def store_papers(records: Sequence[PaperRecord]) -> tuple[Sequence[Paper], set[int]]:
    """A row for each record, in their order, and the keys of those that this changed."""
    known = Paper.objects.in_bulk([r.canonical_id for r in records], field_name="canonical_id")
    papers = [known.get(r.canonical_id) or Paper(canonical_id=r.canonical_id) for r in records]
    changes = {r.canonical_id: take_over(p, r) for p, r in zip(papers, records, strict=True)}
    insert_papers(paper for paper in papers if paper.canonical_id not in known)
    changed = [paper for name, paper in known.items() if changes[name]]
    keep(changed, set().union(*(changes[paper.canonical_id] for paper in changed)))
    return papers, {paper.pk for paper in changed}


def take_over(paper: Paper, record: PaperRecord) -> set[str]:
    """Let a source's word replace ours, unsaved. What it does not tell, and what an editor has
    corrected, stays as it is. Returns the columns that changed.
    """
    kept = {*paper.corrected, *(WORDS if is_older(record, paper) else set())}
    told = {
        name: value
        for name, value in columns(record).items()
        if not is_blank(value) and name not in kept
    }
    return put(paper, told | {"origin": Paper.Origin.SOURCE})


def is_older(record: PaperRecord, paper: Paper) -> bool:
    """Whether a source tells of an older version than ours: who names none may mean the first."""
    return (record.version or 1) < paper.version


def renew(paper: Paper, record: PaperRecord) -> set[str]:
    """Let arXiv tell, unsaved, which version is its newest, whether that is withdrawn, and the
    words of one that is not the first; what an editor has corrected stays. Returns the columns that
    changed."""
    names = {"version", "revised_at", "withdrawn_at"}
    names |= WORDS if (record.version or 1) > 1 and not is_older(record, paper) else set()
    told = columns(record)
    # Authors who withdrew a version may put up another one.
    lifted = {"withdrawn_at"} if (record.version or 1) > paper.version else set()
    kept = {name for name in names if is_blank(told[name])} - lifted
    return put(paper, {name: told[name] for name in names - kept - {*paper.corrected}})


def fill_in(paper: Paper, record: PaperRecord) -> set[str]:
    """Let a source tell only what nobody told yet, unsaved. Returns the columns that changed."""
    told = columns(record)
    lacking = {name for name in told if is_blank(getattr(paper, name))}
    lacking |= {"version"} if not paper.version else set()
    return put(paper, {name: told[name] for name in lacking if not is_blank(told[name])})


def keep(papers: Iterable[Paper], names: set[str]) -> None:
    """Save these columns of many papers."""
    papers = sorted(papers, key=lambda paper: paper.pk)  # one order, so that two writers queue up
    for paper in papers:
        paper.updated_at = timezone.now()  # bulk_update passes auto_now by
    Paper.objects.bulk_update(papers, sorted(names | {"updated_at"}))


def columns(record: PaperRecord) -> dict[str, object]:
    """The record as Paper keeps it."""
    return {
        "title": record.title,
        "abstract": record.abstract,
        "authors": stored_authors(record.authors),
        "organisation": record.organisation,
        "published_at": record.published_at,
        "withdrawn_at": record.withdrawn_at,
        "version": record.version,
        "revised_at": record.revised_at,
        "image_url": record.image_url,
        "project_url": record.project_url,
        "code_url": record.code_url,
        "code_star_count": record.code_star_count,
        "keywords": list(record.keywords),
        "categories": list(record.categories),
        "ai_summary": record.ai_summary,
        "ai_summary_model": record.ai_summary_model,
    }


def is_blank(value: object) -> bool:
    return value in ("", None, [])


def put(row: Paper, values: Mapping[str, object]) -> set[str]:
    changes = {name for name, value in values.items() if getattr(row, name) != value}
    for name in changes:
        setattr(row, name, values[name])
    return changes


def insert_papers(papers: Iterable[Paper]) -> None:
    """Another process may have stored the same paper since we looked: then ours is the newer."""
    Paper.objects.bulk_create(
        sorted(papers, key=lambda paper: paper.canonical_id),
        update_conflicts=True,
        unique_fields=["canonical_id"],
        update_fields=[*columns(PaperRecord("", "", [])), "origin", "updated_at"],
    )


def listing_row(
    source: str, day: date, paper: Paper, told: ListingRecord, before: Listing | None
) -> Listing:
    return Listing(
        paper=paper,
        source=source,
        date=day,
        vote_count=told.vote_count,
        comment_count=told.comment_count,
        submitted_by=told.submitted_by or (before.submitted_by if before else ""),
        listed_at=told.listed_at or (before.listed_at if before else None),
        last_seen_at=timezone.now(),
    )


def is_changed(row: Listing, before: Mapping[int, Listing]) -> bool:
    old = before.get(row.paper_id)
    return bool(old) and any(getattr(old, n) != getattr(row, n) for n in COUNTED_AGAIN)


def upsert_listings(rows: Iterable[Listing]) -> None:
    Listing.objects.bulk_create(
        sorted(rows, key=lambda row: row.paper_id),
        update_conflicts=True,
        unique_fields=["source", "date", "paper"],
        update_fields=[*COUNTED_AGAIN, "last_seen_at"],
    )
