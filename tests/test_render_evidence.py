"""What a paper's page shows of the sentences and figures that its summary rests on."""

import pytest

from newsletter.render.evidence import evidence_of
from papers.models import Paper
from papers.summarise.source import SourceText, keep_reading, source_text
from tests.factories import make_paper, make_summary

pytestmark = pytest.mark.django_db

ABSTRACT = "Parcels get lost. We propose a map of 433K streets. It finds 87.5% of the parcels."


def summarised(text, quote="", *, paper=None, source=None, **fields):
    """A model's summary whose first part is one claim."""
    paper = paper or make_paper(abstract=ABSTRACT)
    source = source or source_text(paper)
    return make_summary(
        paper,
        writer="model",
        whats_new=text,
        technical_details="",
        performance_highlights="",
        claims=[{"part": "whats_new", "text": text, "quote": quote}],
        source_kind=source.kind,
        source_length=source.length,
        source_sha256=source.sha256,
        **fields,
    )


def told(evidence):
    return [(each.text, each.quote) for part in evidence.parts for each in part.statements]


def test_a_statement_stands_with_the_sentence_that_it_rests_on():
    summary = summarised("길을 모두 담은 지도입니다.", "We propose a map of 433K streets.")

    evidence = evidence_of(summary, "ko")

    assert [part.label for part in evidence.parts] == ["새로운 점"]
    assert told(evidence) == [("길을 모두 담은 지도입니다.", "We propose a map of 433K streets.")]
    assert (evidence.lang, evidence.source_lang) == ("", "en")


def test_a_sentence_that_the_source_does_not_have_is_not_shown():
    summary = summarised("길을 모두 담은 지도입니다.", "We propose a map of 434K streets.")

    assert told(evidence_of(summary, "ko")) == [("길을 모두 담은 지도입니다.", "")]


def test_sentences_are_looked_for_in_what_was_read_and_not_in_what_the_paper_says_today():
    paper = make_paper(abstract=ABSTRACT)
    full = SourceText(paper.title, f"{ABSTRACT} Every street has a number.", "html")
    keep_reading(paper, full)
    summary = summarised(
        "길마다 번호가 있습니다.", "Every street has a number.", paper=paper, source=full
    )
    Paper.objects.update(abstract="Rewritten since.")
    summary.paper.refresh_from_db()

    assert told(evidence_of(summary, "ko")) == [
        ("길마다 번호가 있습니다.", "Every street has a number.")
    ]


def test_nothing_is_guessed_where_what_was_read_is_gone():
    summary = summarised("길을 모두 담은 지도입니다.", "We propose a map of 433K streets.")
    Paper.objects.update(abstract=f"{ABSTRACT} Rewritten since.")
    summary.paper.refresh_from_db()

    assert evidence_of(summary, "ko") is None


def test_what_an_editor_has_changed_rests_on_no_sentence_any_more():
    summary = summarised("길을 모두 담은 지도입니다.", "We propose a map of 433K streets.")
    summary.claims.append({"part": "whats_new", "text": "남의 지도입니다.", "quote": ABSTRACT[:17]})

    [part] = evidence_of(summary, "ko").parts

    assert [each.text for each in part.statements] == ["길을 모두 담은 지도입니다."]
    assert not part.has_more


def test_it_says_where_a_part_says_more_than_its_statements():
    summary = summarised("길을 모두 담은 지도입니다.", "We propose a map of 433K streets.")
    summary.whats_new += " 편집자가 덧붙였습니다."

    assert evidence_of(summary, "ko").parts[0].has_more


@pytest.mark.parametrize("fields", [{"writer": "extract"}, {"writer": "document"}])
def test_an_excerpt_and_an_imported_text_rest_on_nothing_that_could_be_shown(fields):
    summary = summarised("A map of 433K streets.")
    summary.writer, summary.claims = fields["writer"], []
    if summary.writer == "document":
        summary.source_kind = summary.source_sha256 = ""

    assert evidence_of(summary, "ko") is None


def test_each_figure_is_shown_once_with_its_place_among_the_words_of_the_source():
    summary = summarised("길 43만 3천 개를 담아 87.5%를 찾습니다. 곧 87.5%입니다.")

    places = evidence_of(summary, "ko").places

    assert [(each.figure, each.text) for each in places] == [
        ("43만 3천", "433K"),
        ("87.5%", "87.5%"),
    ]
    first = places[0]
    assert first.before + first.text + first.after == (
        "Parcels get lost. We propose a map of 433K streets. It finds 87.5% of the parcels."
    )


def test_a_figure_that_the_source_does_not_have_is_named_and_counted():
    evidence = evidence_of(summarised("길 43만 3천 개를 담아 99.25%를 찾습니다."), "ko")

    assert evidence.missing == ["99.25%"]
    assert evidence.figure_count == 2


def test_words_around_a_figure_are_cut_between_words():
    long = f"{'Streets and lanes ' * 9}number 433K in all. {'Parcels travel ' * 9}".strip()
    summary = summarised("길 43만 3천 개입니다.", paper=make_paper(abstract=long))

    [place] = evidence_of(summary, "ko").places

    assert place.before.startswith("…") and place.before.endswith(" number ")
    assert place.after.startswith(" in all.") and place.after.endswith("…")
    assert {*place.before.strip("… ").split(), *place.after.strip("… ").split()} <= {*long.split()}


def test_what_it_rests_on_takes_one_query_at_most(django_assert_num_queries):
    of_abstract = summarised("길을 모두 담은 지도입니다.", "We propose a map of 433K streets.")
    paper = make_paper()
    full = SourceText(paper.title, f"{ABSTRACT} Every street has a number.", "html")
    keep_reading(paper, full)
    of_full_text = summarised("길마다 번호가 있습니다.", paper=paper, source=full)

    with django_assert_num_queries(0):
        evidence_of(of_abstract, "ko")
    with django_assert_num_queries(1):
        evidence_of(of_full_text, "ko")


def test_a_sentence_is_shown_with_its_signs_as_the_source_has_them():
    paper = make_paper(abstract=ABSTRACT.replace("It finds", "“It finds"))
    summary = summarised("8할을 찾습니다.", "it finds 87.5 OF THE PARCELS", paper=paper)

    assert told(evidence_of(summary, "ko")) == [
        ("8할을 찾습니다.", "“It finds 87.5% of the parcels.")
    ]
