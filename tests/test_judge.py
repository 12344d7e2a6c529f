"""Summaries held against their papers: the twelve seeds as somebody read them, and swaps."""

import json

import pytest

from newsletter.documents.read import read_editions
from papers.models import Paper, Summary
from papers.summarise.judge import Source, Verdict, judge

INVENTED = "2407.02477"
ABSTRACT = (
    "Long documents are hard to read. We introduce HayStack, a benchmark of 92 questions over "
    "1,500 documents, built with SummEval. HayStack tells retrieval from reading; GPT-4 answers "
    "41% of it, and a tuned Llama reaches 52%."
)


def paper(**fields) -> Paper:
    return Paper(**({"title": "HayStack: Reading Long Documents", "abstract": ABSTRACT} | fields))


def summary(text: str, **fields) -> Summary:
    fields = {"language": "ko", "text_language": "ko", "writer": Summary.Writer.DOCUMENT} | fields
    return Summary(whats_new=text, **fields)


FITTING = "HayStack은 문서 1,500건에서 92가지를 묻습니다. GPT-4는 41%를 맞힙니다."
INVENTED_TEXT = (
    "Transformer 구조에 self-attention과 multi-head attention을 씁니다. feed-forward network와 "
    "positional encoding으로 machine translation에서 좋은 결과를 얻었습니다."
)


def test_what_names_what_the_abstract_names_passes():
    assert judge(summary(FITTING), paper()).verdict is Verdict.PASS


def test_what_names_nothing_that_the_abstract_knows_is_blocked_with_what_it_names():
    judgement = judge(summary(INVENTED_TEXT), paper())

    assert judgement.verdict is Verdict.BLOCK
    assert {"Transformer", "self-attention", "machine"} <= set(judgement.unknown)


def test_an_editors_text_is_judged_like_any_other():
    written = summary(INVENTED_TEXT, writer=Summary.Writer.EDITOR)

    assert judge(written, paper()).verdict is Verdict.BLOCK


def test_sentences_of_the_abstract_pass():
    excerpt = summary(INVENTED_TEXT, writer=Summary.Writer.EXTRACT)

    assert judge(excerpt, paper()).verdict is Verdict.PASS


def test_of_a_text_that_names_hardly_anything_nothing_can_be_said():
    assert judge(summary("긴 글을 읽는 새 방법입니다."), paper()).verdict is Verdict.REVIEW


def test_without_an_abstract_nothing_can_be_said():
    assert judge(summary(INVENTED_TEXT), paper(abstract=" ")).verdict is Verdict.REVIEW


def test_in_english_names_count_and_words_do_not():
    of_another = "With BioBERT and PubMedQA the ClinicalMix corpus of 3,200 notes is labelled."
    in_plain_words = "A careful and entirely different wording of what was found by them."
    english = {"language": "en", "text_language": "en"}

    assert judge(summary(of_another, **english), paper()).verdict is Verdict.BLOCK
    assert judge(summary(in_plain_words, **english), paper()).verdict is Verdict.REVIEW


@pytest.mark.parametrize(
    ("named", "known"),
    [
        ("1500", True),
        ("1,500", True),
        ("1501", False),
        ("41", True),
        ("retrieving", True),
        ("LD", True),  # Long Documents
        ("BERT", False),
        ("hay-stack", True),
    ],
)
def test_a_name_is_known_by_its_letters_its_stems_or_as_initials_and_a_number_as_it_is(
    named, known
):
    assert Source(ABSTRACT).knows(named) is known


@pytest.fixture(scope="module")
def seeds(shared_data):
    """The seed edition's papers with their abstracts, and its Korean summaries."""
    told = json.loads((shared_data / "seed-2024-07-03-later-scrape.json").read_text())
    abstracts = {entry["url"].rpartition("/")[2]: entry["abstract"] for entry in told["papers"]}
    (document,) = read_editions((shared_data / "seed-2024-07-03.md").read_bytes()).documents
    return {
        entry.paper_id: (
            paper(title=entry.title, abstract=abstracts[entry.paper_id]),
            summary("\n".join(section.text for section in entry.sections)),
        )
        for entry in document.entries
    }


def test_of_the_twelve_seeds_the_invented_one_is_blocked_and_no_other(seeds):
    blocked = [
        name for name, (of, text) in seeds.items() if judge(text, of).verdict is Verdict.BLOCK
    ]

    assert blocked == [INVENTED]


def test_most_seeds_are_blocked_under_another_seeds_paper(seeds):
    swaps = [
        judge(text, of).verdict
        for own, (_, text) in seeds.items()
        for other, (of, _) in seeds.items()
        if own not in (other, INVENTED)
    ]

    assert len(swaps) == 121
    assert swaps.count(Verdict.BLOCK) >= 110
    assert swaps.count(Verdict.PASS) <= 2
