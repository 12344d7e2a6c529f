"""Drafts held against their sources: the twelve seeds, and real pairs that fit or were swapped."""

from collections import defaultdict
from datetime import date

import pytest

from papers.models import Verdict
from papers.summarise.checks.terms import Terms
from papers.summarise.draft import Draft
from papers.summarise.judge import judge
from papers.summarise.known import Known
from papers.summarise.pool import Pool
from tests.corpus import Pair, pairs, papers, pool_of

PASS, REVIEW, BLOCK = Verdict.PASS, Verdict.REVIEW, Verdict.BLOCK
CAUGHT, FALSE_ALARMS = 0.95, 0.015
INVENTED = {"2407.02477", "2407.02687"}  # as somebody read them
SEEDS = {
    "2407.01370": (PASS, []),
    "2407.02371": (REVIEW, ["512", "STDiT"]),
    "2407.01489": (PASS, []),
    "2407.02490": (REVIEW, ["95%", "LLaMA-3-8B", "GLM-4-9B", "Yi-9B"]),
    "2407.02398": (PASS, []),
    "2406.19568": (REVIEW, ["90%", "70%", "80%", "RAFT", "UniDepth", "Runway-Gen2"]),
    "2407.02477": (BLOCK, []),
    "2406.19238": (PASS, []),
    "2407.01494": (PASS, []),
    "2407.01920": (REVIEW, ["7.97%", "11.76%"]),
    "2407.02489": (PASS, []),
    "2407.01791": (REVIEW, ["17,235", "8", "24", "12", "PNG"]),
}


@pytest.fixture(scope="module")
def seeds(shared_data) -> list[Pair]:
    return pairs(shared_data, [shared_data / "seed-2024-07-03.md"])


@pytest.fixture(scope="module")
def weeks(shared_data):
    return pool_of(shared_data, date(2024, 7, 3))


def test_the_seeds_get_the_verdicts_that_somebody_who_read_them_gave(seeds, weeks):
    found = {
        pair.paper.paper_id: judge(pair.draft, pair.paper.source, weeks).verdict for pair in seeds
    }

    assert found == {name: verdict for name, (verdict, _strings) in SEEDS.items()}


def test_a_seed_to_be_looked_at_names_the_strings_to_look_at(seeds, weeks):
    for pair in seeds:
        findings = judge(pair.draft, pair.paper.source, weeks).findings
        said = {
            str(finding.words.get("number") or finding.words.get("name")) for finding in findings
        }
        assert said >= set(SEEDS[pair.paper.paper_id][1])


def test_without_other_papers_the_invented_seed_is_blocked_by_its_names_and_no_other(seeds):
    found = [p.paper.paper_id for p in seeds if judge(p.draft, p.paper.source).verdict is BLOCK]

    assert found == ["2407.02477"]


def test_every_seed_under_another_seeds_paper_is_caught(seeds, weeks):
    verdicts = [
        judge(own.draft, other.paper.source, weeks).verdict
        for own in seeds
        for other in seeds
        if own is not other
    ]

    assert len(verdicts) == 132
    assert verdicts.count(BLOCK) >= CAUGHT * 132
    assert verdicts.count(PASS) == 0


def test_among_the_papers_of_their_own_day_alone_the_seeds_are_told_apart(seeds):
    day = Pool((pair.paper.title, pair.paper.abstract) for pair in seeds)
    right = [
        p.paper.paper_id for p in seeds if judge(p.draft, p.paper.source, day).verdict is BLOCK
    ]
    wrong = [
        judge(own.draft, other.paper.source, day).verdict
        for own in seeds
        for other in seeds
        if own is not other
    ]

    assert right == ["2407.02477"]
    assert wrong.count(BLOCK) >= CAUGHT * len(wrong)


def swapped(found: list[Pair]) -> list[tuple[Pair, Pair]]:
    """Each with the papers of up to five others of its day."""
    days = defaultdict(list)
    for pair in found:
        days[pair.day].append(pair)
    return [
        (pair, day[(n + step) % len(day)])
        for day in days.values()
        for n, pair in enumerate(day)
        for step in range(1, min(len(day), 6))
    ]


def test_korean_summaries_that_were_swapped_are_blocked_and_right_ones_are_not(shared_data):
    found = pairs(shared_data)
    pools = {day: pool_of(shared_data, day) for day in {pair.day for pair in found}}
    right = [
        judge(pair.draft, pair.paper.source, pools[pair.day]).verdict
        for pair in found
        if pair.paper.paper_id not in INVENTED
    ]
    wrong = [
        judge(pair.draft, other.paper.source, pools[pair.day]).verdict
        for pair, other in swapped(found)
    ]

    assert len(right) > 30 and len(wrong) > 150
    assert right.count(BLOCK) <= FALSE_ALARMS * len(right)
    assert wrong.count(BLOCK) >= CAUGHT * len(wrong)
    assert PASS not in wrong


def test_english_sentences_that_were_swapped_are_blocked_and_right_ones_are_not(shared_data):
    """One sentence of the Hub's own a paper: far less to go by than three parts."""
    found = [
        Pair(paper.day, paper, Draft("en", dict.fromkeys(PARTS, paper.one_sentence)))
        for paper in papers(shared_data).values()
        if paper.one_sentence
    ]
    pools = {day: pool_of(shared_data, day) for day in {pair.day for pair in found}}
    right = [judge(pair.draft, pair.paper.source, pools[pair.day]).verdict for pair in found]
    wrong = [
        judge(pair.draft, other.paper.source, pools[pair.day]).verdict
        for pair, other in swapped(found)
    ]

    assert len(right) > 500
    assert right.count(BLOCK) <= FALSE_ALARMS * len(right)
    assert wrong.count(BLOCK) >= CAUGHT * len(wrong)


PARTS = ("whats_new", "technical_details", "performance_highlights")
TITLE = "HayStack: Reading Long Documents"
ABSTRACT = (
    "Long documents are hard to read. We introduce HayStack, a benchmark of 92 questions over "
    "1,500 documents, built with SummEval. HayStack tells retrieval from reading; GPT-4 answers "
    "41% of it, and a tuned Llama reaches 52%."
)


@pytest.mark.parametrize(
    ("named", "known"),
    [("retrieving", True), ("LD", True), ("BERT", False), ("hay-stack", True), ("LDs", True)],
)
def test_a_name_is_known_by_its_letters_its_stems_or_as_initials(named, known):
    assert Known(TITLE, ABSTRACT).knows(named) is known


def test_a_papers_own_names_stand_before_its_titles_colon_or_behind_what_it_presents():
    assert Known(TITLE, ABSTRACT).own_names == ["HayStack"]


def test_a_short_name_is_not_said_by_letters_in_the_middle_of_others(seeds):
    source = seeds[0].paper.source
    draft = Draft("ko", {"whats_new": "via CPU로 돌립니다."})
    terms = Terms(draft, type(source)("ACP: Something Else", "via CPU", "abstract"))

    assert terms.own_names_said == []
