"""Drafts held against their sources: the twelve seeds as somebody read them, and swaps."""

import json

import pytest

from newsletter.documents.read import read_editions
from papers.models import Verdict
from papers.summarise.draft import Draft
from papers.summarise.judge import judge
from papers.summarise.known import Known
from papers.summarise.source import SourceText

INVENTED = "2407.02477"
TITLE = "HayStack: Reading Long Documents"
ABSTRACT = (
    "Long documents are hard to read. We introduce HayStack, a benchmark of 92 questions over "
    "1,500 documents, built with SummEval. HayStack tells retrieval from reading; GPT-4 answers "
    "41% of it, and a tuned Llama reaches 52%."
)


@pytest.mark.parametrize(
    ("named", "known"),
    [
        ("retrieving", True),
        ("LD", True),  # Long Documents
        ("BERT", False),
        ("hay-stack", True),
    ],
)
def test_a_name_is_known_by_its_letters_its_stems_or_as_initials(named, known):
    assert Known(TITLE, ABSTRACT).knows(named) is known


@pytest.fixture(scope="module")
def seeds(shared_data):
    """The seed edition's abstracts, and its Korean summaries."""
    told = json.loads((shared_data / "seed-2024-07-03-later-scrape.json").read_text())
    abstracts = {entry["url"].rpartition("/")[2]: entry["abstract"] for entry in told["papers"]}
    (document,) = read_editions((shared_data / "seed-2024-07-03.md").read_bytes()).documents
    return {
        entry.paper_id: (
            SourceText(entry.title, abstracts[entry.paper_id], "abstract"),
            Draft("ko", {section.label: section.text for section in entry.sections}),
        )
        for entry in document.entries
    }


def test_of_the_twelve_seeds_the_invented_one_is_blocked_and_no_other(seeds):
    blocked = [
        name
        for name, (source, draft) in seeds.items()
        if judge(draft, source, None).verdict is Verdict.BLOCK
    ]

    assert blocked == [INVENTED]


def test_most_seeds_are_blocked_under_another_seeds_paper(seeds):
    swaps = [
        judge(draft, source, None).verdict
        for own, (_, draft) in seeds.items()
        for other, (source, _) in seeds.items()
        if own not in (other, INVENTED)
    ]

    assert len(swaps) == 121
    assert swaps.count(Verdict.BLOCK) >= 110
    assert swaps.count(Verdict.PASS) <= 2
