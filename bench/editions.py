"""A thousand editions, of two newsletters: most of them done long ago, the newest on their way."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from bench.copying import analyse, copies, execute, rows
from newsletter.approve import approve_edition
from newsletter.correction import begin_correction
from newsletter.models import Edition, Entry, Erratum, Link, Newsletter, Rendition, Report, Visit
from newsletter.sample import LANGUAGES, sample_answer, sample_texts
from papers.models import Listing, Paper, Pull, Receipt, Revision, Summary, stored_authors
from papers.summarise.draft import stored_claims
from papers.summarise.judging import keep_judgement
from tests.factories import make_paper, make_summary

NEW_PAPERS = 20  # an edition; the others were in the one before
ENTRIES = 30
ASKED = 20  # receipts of a summary, so that there are a million of them
KEPT = 3  # editions whose ledger is not pruned yet
AFTERWARDS = (Edition.State.SENDING, Edition.State.APPROVED, Edition.State.DRAFT)
NUMBER = "(papers_paper.id - %(first)s)"  # of a paper, from 0
DAY_OF = f"%(today)s::date - 1 - GREATEST(%(count)s - 1 - {NUMBER} / {NEW_PAPERS}, 0)::int"


def seed_editions(count: int, reader_count: int) -> list[Edition]:
    """The oldest first. The last is the draft; then come the approved one, the one on its way, and
    those that are done and have their ledger; and the newest of these has a correction."""
    first = seed_papers(count)
    editions = [*old_ones(count - KEPT - len(AFTERWARDS), reader_count), *new_ones(reader_count)]
    editions = Edition.objects.bulk_create(editions)
    entries_of(editions, first)
    analyse(Edition, Entry)
    *_, approved, draft = editions
    Rendition.objects.bulk_create(
        [Rendition(edition=each, language=code) for each in (approved, draft) for code in LANGUAGES]
    )
    approve_edition(approved, User.objects.first())
    execute(
        copies(
            Rendition,
            "newsletter_rendition AS template, newsletter_edition AS edition "
            "WHERE template.edition_id = %(approved)s AND edition.content_sha256 = %(hash)s",
            edition_id="edition.id",
        ),
        approved=approved.pk,
        hash="0" * 64,
    )
    links_of(editions[-len(AFTERWARDS) - KEPT : -2])
    reports(editions, reader_count)
    begin_correction(editions[-len(AFTERWARDS) - 1])
    errata(editions[: -len(AFTERWARDS)])
    return editions


def errata(editions: list[Edition]) -> None:
    """One of each edition that is done: those of the newest wait, the others are settled."""
    first = {entry.edition_id: entry for entry in Entry.objects.filter(position=1)}
    now = timezone.now()
    settled = {"settled_at": now, "how": Erratum.How.UNTOUCHED}
    Erratum.objects.bulk_create(
        Erratum(
            edition=edition,
            paper_id=first[edition.pk].paper_id,
            kind=Erratum.Kind.REVISED,
            version=2,
            found_at=now,
            **({} if edition in editions[-KEPT:] else settled),
        )
        for edition in editions
    )


def seed_papers(count: int) -> int:
    """The sample's, again and again under other ids; the key of the first."""
    for listing in sample_answer().listings:
        record = listing.paper
        facts = {"title": record.title, "abstract": record.abstract, "image_url": record.image_url}
        paper = make_paper(
            canonical_id=f"sample/{record.canonical_id}",
            authors=stored_authors(record.authors),
            **facts,
        )
        for language in LANGUAGES:
            texts = sample_texts(language).summaries[record.canonical_id]
            claims = stored_claims(texts.claims)
            summary = make_summary(paper, language, claims=claims, **texts.parts)
            keep_judgement(summary)
            summary.save()
    templates = Paper.objects.filter(canonical_id__startswith="sample/")
    names = {
        "first": templates.latest("pk").pk + 1,
        "oldest": templates.earliest("pk").pk,
        "kinds": templates.count(),
        "papers": count * NEW_PAPERS + ENTRIES - NEW_PAPERS,
        "count": count,
        "today": timezone.localdate(),
    }
    execute(
        copies(
            Paper,
            "generate_series(0, %(papers)s - 1) AS number JOIN papers_paper AS template "
            "ON template.id = %(oldest)s + number %% %(kinds)s ORDER BY number",
            canonical_id="(2001 + number / 90000) || '.' || lpad((number %% 90000)::text, 5, '0')",
        ),
        **names,
    )
    analyse(Paper, Summary)
    of_papers = f"papers_paper WHERE id >= %(first)s AND {NUMBER} >= 0"
    execute(
        rows(
            Listing,
            of_papers,
            paper_id="id",
            source="'huggingface'",
            date=DAY_OF,
            vote_count=f"{NUMBER} * 7919 %% 200",
            first_seen_at="now()",
            last_seen_at="now()",
        ),
        **names,
    )
    execute(
        copies(
            Summary,
            "papers_paper JOIN papers_summary AS template "
            f"ON template.paper_id = %(oldest)s + {NUMBER} %% %(kinds)s "
            "WHERE papers_paper.id >= %(first)s ORDER BY papers_paper.id",
            paper_id="papers_paper.id",
            written_at=f"now() - ({names['papers']} - {NUMBER}) * interval '70 minutes'",
            writer=f"CASE {NUMBER} %% 4 WHEN 0 THEN 'editor' ELSE 'extract' END",
        ),
        **names,
    )
    analyse(Summary)
    execute(
        rows(
            Revision,
            "papers_summary, generate_series(1, 3) WHERE paper_id >= %(first)s "
            f"AND (paper_id %% 20 = 0 OR paper_id - %(first)s > {names['papers'] - ENTRIES})",
            summary_id="papers_summary.id",
            at="now() - interval '1 hour'",
            by_name="'lee'",
            before="NULL",
            after="jsonb_build_object('lead', lead, 'whats_new', whats_new, 'technical_details', "
            "technical_details, 'performance_highlights', performance_highlights)",
        ),
        **names,
    )
    execute(
        rows(
            Receipt,
            f"papers_summary, generate_series(1, {ASKED}) AS number WHERE paper_id >= %(first)s "
            "ORDER BY papers_summary.id, number",
            paper_id="paper_id",
            language="language",
            source_sha256="md5(paper_id::text) || md5(language)",
            prompt_version="'1'",
            model="CASE number %% 3 WHEN 0 THEN 'openai:small' ELSE 'openai:large' END",
            state="CASE number WHEN 7 THEN 'blocked' ELSE 'written' END",
            cost_usd="0.002",
            asked_at="written_at",
            answered_at="written_at",
        ),
        **names,
    )
    for url in (
        "https://arxiv.org/abs/",
        "https://arxiv.org/pdf/",
        "https://huggingface.co/papers/",
    ):
        visited = {"url": f"'{url}' || canonical_id", "state": "'answers'", "said": "'HTTP 200 OK'"}
        execute(rows(Visit, of_papers, **visited, visited_at="now()"), **names)
    asked = {"date": "%(today)s::date - number", "source": "'huggingface'"}
    now = {"attempted_at": "now()", "succeeded_at": "now()"}
    execute(
        rows(Pull, "generate_series(1, %(count)s) AS number", **asked, **now, entry_count="20"),
        **names,
    )
    return names["first"]


def old_ones(count: int, reader_count: int) -> list[Edition]:
    """Every fifth is the weekly one's, every fiftieth was skipped; of the others the ledger is
    pruned."""
    newest = timezone.localdate() - timedelta(days=40)
    daily, weekly = newsletters()
    editions = []
    for number in range(count):
        date = newest - timedelta(days=count - number)
        newsletter = weekly if number % 5 == 4 else daily
        if number % 50 == 0:
            skipped = {"state": Edition.State.SKIPPED, "reason": "The source had no papers."}
            editions.append(Edition(newsletter=newsletter, date=date, **skipped))
            continue
        edition = gone_out(newsletter, date, reader_count)
        edition.final_counts = balance(reader_count)
        edition.pruned_at = edition.done_at + timedelta(days=30)
        editions.append(edition)
    return editions


def new_ones(reader_count: int) -> list[Edition]:
    daily, _ = newsletters()
    today = timezone.localdate()
    done = [
        gone_out(daily, today - timedelta(days=KEPT + 2 - number), reader_count)
        for number in range(KEPT)
    ]
    going = gone_out(daily, today - timedelta(days=2), reader_count)
    going.state, going.done_at, going.verified_at = Edition.State.SENDING, None, None
    going.not_before = timezone.now() - timedelta(hours=1)
    going.expires_at = timezone.now() + timedelta(hours=11)
    for edition in done:
        edition.final_counts = balance(reader_count)
    drafts = [
        Edition(newsletter=daily, date=today - timedelta(days=back), state=Edition.State.DRAFT)
        for back in (1, 0)
    ]
    return [*done, going, *drafts]


def newsletters() -> tuple[Newsletter, Newsletter]:
    return tuple(Newsletter.objects.get(slug=slug) for slug in ("daily-papers", "weekly-papers"))


def gone_out(newsletter: Newsletter, date, reader_count: int) -> Edition:
    left_at = min(newsletter.send_at(date), timezone.now() - timedelta(hours=1))
    return Edition(
        newsletter=newsletter,
        date=date,
        state=Edition.State.DONE,
        content_sha256="0" * 64,
        approved_at=left_at - timedelta(minutes=30),
        not_before=left_at,
        expires_at=left_at + timedelta(hours=12),
        audience_cutoff_at=left_at,
        audience_max_id=reader_count,
        audience_frozen_at=left_at,
        audience_count=reader_count,
        done_at=left_at + timedelta(minutes=4),
        verified_at=left_at + timedelta(minutes=9),
    )


def balance(reader_count: int) -> dict[str, int]:
    few = {"rejected": reader_count // 500, "suppressed": reader_count // 1000}
    few["assumed_sent"] = reader_count // 20_000
    return {
        "audience_count": reader_count,
        "accepted": reader_count - sum(few.values()),
        **few,
    }


def entries_of(editions: list[Edition], first: int) -> None:
    """A few with a note, and one taken out."""
    execute(
        rows(
            Entry,
            "unnest(%(editions)s::bigint[]) WITH ORDINALITY AS edition (id, number), "
            f"generate_series(1, {ENTRIES}) AS place ORDER BY number, place",
            edition_id="edition.id",
            paper_id=f"%(first)s + (edition.number - 1) * {NEW_PAPERS} + place - 1",
            position="place",
            vote_count="200 - place",
            note="CASE WHEN place %% 7 = 0 THEN 'Read this one first.' ELSE '' END",
            hidden="place = 30",
        ),
        editions=[each.pk for each in editions],
        first=first,
    )


def links_of(editions: list[Edition]) -> None:
    """Of editions whose newsletter has its links lead through this site."""
    url = "'https://arxiv.org/' || kind || '/' || canonical_id"
    execute(
        rows(
            Link,
            "newsletter_entry JOIN papers_paper ON papers_paper.id = paper_id, "
            "unnest(ARRAY['abs', 'pdf', 'html']) AS kind WHERE edition_id = ANY(%(editions)s)",
            edition_id="edition_id",
            key=f"substr(md5(edition_id || {url}), 1, 16)",
            url=url,
            target=url,
        ),
        editions=[each.pk for each in editions],
    )


def reports(editions: list[Edition], reader_count: int) -> None:
    """A row a language and channel."""
    parts = [{"language": code, "channel": "default"} for code in LANGUAGES]
    half = {name: number // 2 for name, number in balance(reader_count).items()}
    del half["audience_count"]
    told = {"hard": reader_count // 1000, "soft": reader_count // 200, "left": reader_count // 2000}
    Report.objects.bulk_create(
        Report(
            edition=each,
            sent=[part | half for part in parts] if each.done_at else [],
            told=[part | told for part in parts],
            began_at=each.audience_frozen_at,
            ended_at=each.done_at,
            counted_at=each.done_at or timezone.now(),
            due_at=None if each.pruned_at else in_an_hour(),
        )
        for each in editions
        if each.audience_frozen_at
    )


def in_an_hour() -> datetime:
    return timezone.now() + timedelta(hours=1)
