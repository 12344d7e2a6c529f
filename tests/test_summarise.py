"""Summaries are written where they are missing, and only there."""

from hashlib import sha256

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from papers.mend import use_excerpt
from papers.models import Paper, Summary
from papers.summarise import due_summaries, summarise_papers
from tests.factories import DAY, make_editor, make_listing, make_paper, make_summary

pytestmark = pytest.mark.django_db

ABSTRACT = (
    "Parcels get lost. We propose a map. It leads along numbered streets. It saves 9% of time."
)


def summary_of(paper, language="ko"):
    return paper.summaries.get(language=language)


def test_an_extract_says_where_it_comes_from():
    paper = make_paper(abstract=ABSTRACT)

    written = summarise_papers([paper], "ko")

    summary = summary_of(paper)
    assert written == 1
    assert (summary.whats_new, summary.technical_details, summary.performance_highlights) == (
        "We propose a map.",
        "It leads along numbered streets.",
        "It saves 9% of time.",
    )
    assert (summary.writer, summary.text_language) == (Summary.Writer.EXTRACT, "en")
    assert (summary.source_kind, summary.source_length) == ("abstract", len(ABSTRACT))
    assert summary.source_sha256 == sha256(ABSTRACT.encode()).hexdigest()


def test_no_stated_result_leaves_its_part_blank():
    paper = make_paper(abstract="Parcels get lost. We propose a map.")

    summarise_papers([paper], "ko")

    assert summary_of(paper).performance_highlights == ""


def test_a_second_run_writes_nothing():
    papers = [make_paper(), make_paper()]
    summarise_papers(papers, "ko")
    before = list(Summary.objects.values())

    written = summarise_papers(papers, "ko")

    assert written == 0
    assert list(Summary.objects.values()) == before


def test_languages_are_summarised_apart():
    paper = make_paper()
    make_summary(paper, "ko")

    assert summarise_papers([paper], "en") == 1
    assert summary_of(paper, "ko").writer == Summary.Writer.EDITOR


def test_a_paper_without_an_abstract_gets_no_summary_and_stops_no_other(caplog):
    caplog.set_level("INFO")
    first, empty, last = make_paper(), make_paper(abstract=" "), make_paper()

    written = summarise_papers([first, empty, last], "ko")

    assert written == 2
    assert list(Paper.objects.without_summary("ko")) == [empty]
    assert f"paper={empty.canonical_id} has no summary: the abstract is empty" in caplog.text
    assert "summarised language=ko written=2 of=3" in caplog.text


def test_an_extract_follows_its_abstract():
    paper = make_paper()
    summarise_papers([paper], "ko")
    paper.abstract = "We propose a bell."
    paper.save()

    written = summarise_papers([paper], "ko")

    assert written == 1
    assert summary_of(paper).whats_new == "We propose a bell."


@pytest.mark.parametrize("writer", [Summary.Writer.EDITOR, Summary.Writer.DOCUMENT])
def test_what_a_person_or_a_document_wrote_outlives_a_new_abstract(writer):
    paper = make_paper()
    summarise_papers([paper], "ko")
    paper.summaries.update(writer=writer, whats_new="편집자의 문장입니다.")
    paper.abstract = "We propose a bell."
    paper.save()

    written = summarise_papers([paper], "ko")

    assert written == 0
    assert summary_of(paper).whats_new == "편집자의 문장입니다."


@pytest.mark.parametrize("abstract", [ABSTRACT, "We propose a bell."])
def test_the_authors_sentences_that_an_editor_chose_stay(settings, abstract):
    paper = make_paper(abstract=ABSTRACT)
    summary = make_summary(paper, "ko")
    use_excerpt(summary, make_editor("kim"), summary.written_at)
    Paper.objects.update(abstract=abstract)
    settings.LLM_MODELS = [{"provider": "nobody", "name": "asked"}]

    assert due_summaries(Paper.objects.all(), "ko", also_extracts=True) == []


@pytest.mark.parametrize(
    ("model", "by"),
    [("", "Hugging Face"), ("thinkingmachines/Inkling-Small", "Hugging Face (Inkling-Small)")],
)
def test_the_hubs_own_line_leads_and_is_attributed(model, by):
    paper = make_paper(ai_summary="A map helps parcels home.", ai_summary_model=model)

    summarise_papers([paper], "ko")

    assert (summary_of(paper).lead, summary_of(paper).lead_by) == ("A map helps parcels home.", by)


def test_a_line_that_the_hub_adds_later_is_taken_up():
    paper = make_paper()
    summarise_papers([paper], "ko")
    paper.ai_summary = "A map helps parcels home."
    paper.save()

    assert summarise_papers([paper], "ko") == 1
    assert summary_of(paper).lead == "A map helps parcels home."


def test_the_number_of_queries_does_not_grow_with_the_papers():
    counts = []
    for changed, new in ((1, 1), (10, 30)):
        Paper.objects.all().delete()
        old = [make_paper() for _ in range(changed)]
        summarise_papers(old, "ko")
        Paper.objects.update(abstract="We propose a bell.")
        for _ in range(new):
            make_paper()

        with CaptureQueriesContext(connection) as queries:
            assert summarise_papers(Paper.objects.all(), "ko") == changed + new
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 13  # half of them for changed ones: their drafts, their locks


def test_the_command_fills_every_language_of_a_date(capsys):
    listed = make_listing().paper
    make_listing(make_paper(abstract=""))
    make_listing(date=DAY.replace(day=4))

    call_command("summarise_papers", date=DAY)

    assert sorted(Summary.objects.values_list("paper", "language")) == [
        (listed.pk, "en"),
        (listed.pk, "ko"),
    ]
    counts = "2 papers, 1 summarised now, 1 left without a summary, as they have no abstract"
    assert capsys.readouterr().out.splitlines() == [f"ko: {counts}", f"en: {counts}"]


def test_the_command_reads_a_hundred_papers_at_a_time():
    Paper.objects.bulk_create(
        Paper(canonical_id=f"2407.{number:05}", title="Parcels", abstract=ABSTRACT)
        for number in range(201)
    )

    with CaptureQueriesContext(connection) as queries:
        call_command("summarise_papers", language="ko")

    read = [query["sql"] for query in queries if 'FROM "papers_paper"' in query["sql"]]
    papers = [sql for sql in read if "COUNT(" not in sql]
    assert [sql.endswith("LIMIT 100") for sql in papers] == [True] * 4  # 100, 100, 1, and none
    assert Summary.objects.count() == 201


def test_the_command_keeps_to_one_language():
    make_paper()

    call_command("summarise_papers", language="en")

    assert list(Summary.objects.values_list("language", flat=True)) == ["en"]


def test_the_command_refuses_what_is_no_date():
    with pytest.raises(CommandError, match="write it as 2024-07-03"):
        call_command("summarise_papers", "--date", "yesterday")
