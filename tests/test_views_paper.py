"""What the page of a paper says of its summary: who wrote it, from what, and what it rests on."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsletter.models import Edition
from papers.models import Summary
from papers.summarise.source import SourceText, keep_reading, source_text
from tests.factories import make_edition, make_paper, make_summary

pytestmark = pytest.mark.django_db

QUOTE = "We propose a map of 433K streets."
ABSTRACT = f"Parcels get lost. {QUOTE} It finds 87.5% of the parcels."


def by_model(paper, source=None, language="en", **fields):
    source = source or source_text(paper)
    keep_reading(paper, source)
    return make_summary(
        paper,
        language,
        writer="model",
        writer_name="small-model",
        whats_new="A map of 433K streets.",
        claims=[{"part": "whats_new", "text": "A map of 433K streets.", "quote": QUOTE}],
        source_kind=source.kind,
        source_length=source.length,
        source_sha256=source.sha256,
        **fields,
    )


def publish(papers, **fields):
    edition = make_edition(papers=papers)
    now = timezone.now()
    done = {"state": Edition.State.DONE, "content_sha256": "0"}
    Edition.objects.filter(pk=edition.pk).update(
        audience_frozen_at=now, done_at=now, **done, **fields
    )


def page_of(client, paper):
    return client.get(f"/en/p/{paper.canonical_id}/").text


def test_a_reader_can_unfold_the_sentence_behind_a_statement_and_the_place_of_a_figure(client):
    paper = make_paper(abstract=ABSTRACT)
    by_model(paper, performance_highlights="It finds 87.5%, not 99.25%.")
    publish([paper])

    page = page_of(client, paper)

    assert '<details class="rests"><summary>What this rests on</summary>' in page
    assert f"<p>A map of 433K streets.</p><blockquote>{QUOTE}</blockquote>" in page
    assert "2 of 3 figures stand in the source. Not found there: 99.25%." in page
    assert "<mark>433K</mark> streets." in page


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("abstract", "It was written from the abstract, 82 characters."),
        ("html", "It was written from the full text as arXiv’s HTML has it, 82 characters."),
        ("pdf", "It was written from the full text as its PDF has it, 82 characters."),
    ],
)
def test_it_says_which_model_read_what_of_which_version(client, kind, said):
    paper = make_paper(abstract=ABSTRACT, version=3)
    by_model(paper, SourceText(paper.title, ABSTRACT, kind, ["Method", "<b>Results"], 2))
    publish([paper])

    page = page_of(client, paper)

    assert "A language model (small-model) wrote it on " in page
    assert said in page
    assert 'Sections: <span lang="en">Method, &lt;b&gt;Results</span>.' in page
    assert "That was version 2 of the paper; by now there is version 3." in page


def test_it_says_that_an_editor_changed_what_a_model_wrote(client):
    paper = make_paper(abstract=ABSTRACT)
    summary = by_model(paper)
    before = {"writer": "model", "writer_name": "small-model", "written_at": "2024-07-01T09:00Z"}
    Summary.objects.update(writer="editor", writer_name="eve")
    summary.revisions.create(before=before, after={})
    publish([paper])

    page = page_of(client, paper)

    assert "(small-model) wrote it on 1 July 2024; an editor has changed it" in page
    assert "eve" not in page


def test_an_excerpt_in_place_of_a_models_text_says_no_more_than_that_it_is_one(client):
    paper = make_paper(abstract=ABSTRACT)
    make_summary(paper, "en", writer="extract", whats_new=QUOTE, why_extract="budget")
    publish([paper])

    page = page_of(client, paper)

    assert "From the authors’ own abstract, not a summary." in page
    assert "budget" not in page and "What this rests on" not in page


def test_what_strangers_wrote_into_a_source_stays_text(client):
    evil = "<script>alert(1)</script> 433K <img src=x>"
    paper = make_paper(abstract=evil)
    by_model(paper)
    Summary.objects.update(
        claims=[{"part": "whats_new", "text": "A map of 433K streets.", "quote": evil}]
    )
    publish([paper])

    page = page_of(client, paper)

    assert "<blockquote>&lt;script&gt;" in page
    assert "<script" not in page and "<img src=x" not in page


def test_the_pages_of_an_edition_load_no_source_and_say_at_their_foot_who_wrote(client):
    papers = [make_paper(abstract=ABSTRACT) for _ in range(3)]
    for paper in papers:
        by_model(paper)
    publish(papers)

    for address in ("/en/", "/en/2024-07-03/", "/en/feed/"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = client.get(address).text
        assert not [each for each in queries if "papers_reading" in each["sql"]]
    page = client.get("/en/2024-07-03/").text
    assert "Summaries are written by a language model from the abstract or the full text" in page


def test_a_papers_page_asks_as_often_beside_many_papers_as_alone(
    client, django_assert_max_num_queries
):
    papers = [make_paper(abstract=ABSTRACT) for _ in range(12)]
    for paper in papers:
        by_model(paper)
    publish(papers)

    with django_assert_max_num_queries(9):
        page_of(client, papers[5])
