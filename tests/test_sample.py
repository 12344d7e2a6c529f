"""The sample day: its facts are the source's, its texts are our own, its numbers are right."""

import json
import re

import pytest

from newsletter.sample import sample_answer, sample_texts
from papers.summarise.draft import Draft
from papers.summarise.judge import judge
from papers.summarise.sentences import sentences as sentences_of
from papers.summarise.source import SourceText

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
# Figures that we write in another form than the abstract does.
SAME_FIGURE = {
    "100만 편": "1 million",
    "100만 토큰": "1M tokens",
    "43만 3천": "433K",
    "15만 6천": "156k",
    "세 가지 희소": "three unique",
    "3 sparse patterns": "three unique",
    "두 단계": "two-phase",
    "two steps": "two-phase",
}


@pytest.fixture(scope="module")
def sample():
    return [listing.paper for listing in sample_answer().listings]


@pytest.fixture(scope="module")
def told(shared_data):
    """The API's entries of the day, by paper."""
    entries = json.loads((shared_data / "hf_api" / "2024-07-03.json").read_text())
    return {entry["paper"]["id"]: entry for entry in entries}


@pytest.fixture(scope="module")
def seed(shared_data):
    return (shared_data / "seed-2024-07-03.md").read_text()


@pytest.fixture(scope="module")
def abstracts(shared_data):
    papers = json.loads((shared_data / "seed-2024-07-03-later-scrape.json").read_text())["papers"]
    return {p["url"].rsplit("/", 1)[1]: " ".join(p["abstract"].split()) for p in papers}


def printed(paper):
    """Every text of ours about a paper."""
    summaries = [sample_texts(language).summaries[paper.canonical_id] for language in ("ko", "en")]
    return [paper.abstract, *(text for each in summaries for text in each.parts.values())]


def test_its_papers_votes_and_authors_are_those_of_the_seed(seed, sample):
    ids = re.findall(r"arxiv\.org/abs/([\d.]+)", seed)
    votes = [int(count) for count in re.findall(r"^Vote: (\d+)$", seed, re.MULTILINE)]
    authors = [line.split(", ") for line in re.findall(r"^Authors: (.+)$", seed, re.MULTILINE)]

    counts = {each.paper.canonical_id: each.vote_count for each in sample_answer().listings}

    assert counts == dict(zip(ids, votes, strict=True))
    for paper, names in zip(
        sample, (authors[ids.index(p.canonical_id)] for p in sample), strict=True
    ):
        assert sorted(author.name for author in paper.authors) == sorted(names)


def test_every_fact_that_the_api_tells_is_told_alike(told):
    for listing in sample_answer().listings:
        entry = told.get(listing.paper.canonical_id)
        if entry is None:  # μ-Bench came later in the day
            assert listing.paper.canonical_id == "2407.01791"
            continue

        paper = listing.paper

        assert paper.title == " ".join(entry["paper"]["title"].split())
        assert [author.name for author in paper.authors] == [
            author["name"] for author in entry["paper"]["authors"]
        ]
        assert f"{paper.published_at:%Y-%m-%dT%H:%M:%S}.000Z" == entry["paper"]["publishedAt"]
        assert f"{listing.listed_at:%Y-%m-%dT%H:%M:%S}" == entry["publishedAt"][:19]
        assert listing.comment_count == entry["numComments"]
        assert paper.image_url == entry["thumbnail"]


def test_every_link_stands_in_the_papers_abstract(sample, abstracts):
    links = {p.canonical_id: p.code_url or p.project_url for p in sample}

    assert [paper for paper, link in links.items() if link] == [
        "2407.02490",
        "2407.02398",
        "2406.19568",
        "2407.01494",
        "2407.01920",
        "2407.02489",
    ]
    assert all(link in abstracts[paper] for paper, link in links.items())


def test_no_eight_words_in_a_row_are_taken_from_the_abstracts_or_the_seed(sample, abstracts, seed):
    theirs = set().union(*map(runs, [*abstracts.values(), seed]))

    for paper in sample:
        for text in printed(paper):
            assert not runs(text) & theirs, paper.canonical_id


def runs(text):
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[n : n + 8]) for n in range(len(words) - 7)}


def test_every_number_stands_in_the_abstract(sample, abstracts):
    for paper in sample:
        abstract = abstracts[paper.canonical_id]
        for text in printed(paper):
            for ours, theirs in SAME_FIGURE.items():
                if ours in text:
                    assert theirs in abstract
                    text = text.replace(ours, "")

            assert set(NUMBER.findall(text)) <= set(NUMBER.findall(abstract)), text


@pytest.mark.parametrize("language", ["ko", "en"])
def test_each_language_says_all_three_parts_of_every_paper(language, sample):
    texts = sample_texts(language)

    assert list(texts.summaries) == [paper.canonical_id for paper in sample]
    assert all(text for summary in texts.summaries.values() for text in summary.parts.values())
    assert 40 <= len(texts.preheader) <= 130


def test_korean_summaries_keep_to_one_polite_register():
    texts = sample_texts("ko")
    written = [texts.intro, texts.preheader]
    written += [text for summary in texts.summaries.values() for text in summary.parts.values()]

    endings = {sentence[-4:] for text in written for sentence in re.split(r"(?<=다\.) ", text)}

    assert {ending[-3:] for ending in endings} == {"니다."}


def test_every_statement_names_a_sentence_of_the_abstract_but_one_that_misses_something(sample):
    unnamed = set()
    for paper in sample:
        sentences = {"", *sentences_of(paper.abstract)}
        for language in ("ko", "en"):
            for claim in sample_texts(language).summaries[paper.canonical_id].claims:
                assert claim.quote in sentences, claim
                unnamed |= {claim.text} if not claim.quote else set()

    assert unnamed == {"The abstract gives no figures.", "초록에 수치는 없습니다."}


@pytest.mark.parametrize("language", ["ko", "en"])
def test_our_own_checks_find_nothing_in_the_sample(language, sample):
    texts = sample_texts(language)
    found = {}
    for paper in sample:
        summary = texts.summaries[paper.canonical_id]
        source = SourceText(paper.title, paper.abstract, "abstract")
        judgement = judge(Draft(language, summary.parts, summary.claims), source)
        if judgement.verdict != "pass":
            found[paper.canonical_id] = [finding.sentence for finding in judgement.findings]

    assert found == {}
