"""The abstract's own sentences, sorted: judged on the twelve seeds, and held to on every abstract.

ROLES is a reader's judgement of each seed's sentences: B background or outlook, C contribution,
M method, R result, A availability; two letters where both are fair.
"""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papers.summarise.extract import Extract, extract, pieces
from papers.summarise.sentences import folded

ROLES = {
    "2407.01370": "B B C CM M M M R R R B",
    "2407.02371": "B B B B B B C CM CM CM R",
    "2407.01489": "B B B B C M R MR CM B B",
    "2407.02490": "B B B C M M M M R A",
    "2407.02477": "B B B B B B C MR M CR",
    "2407.02489": "C CM M M R C A",
    "2406.19238": "B B B C M CM R R",
    "2407.02398": "B B C M CM R A",
    "2407.01920": "B B B C R CM R A",
    "2406.19568": "B C M R R MR CM R R A",
    "2407.01494": "C B C M M M M R A",
    "2407.01791": "B B B C MR R R R A",
}
PARTS = {"whats_new": "C", "technical_details": "M", "performance_highlights": "R"}


def parts(found: Extract):
    return [found.whats_new, found.technical_details, found.performance_highlights]


@pytest.fixture(scope="session")
def seeds(shared_data):
    papers = json.loads((shared_data / "seed-2024-07-03-later-scrape.json").read_text())["papers"]
    return {paper["url"].rsplit("/", 1)[1]: paper["abstract"] for paper in papers}


@pytest.fixture(scope="session")
def abstracts(shared_data):
    entries = [
        entry["paper"]
        for path in sorted(shared_data.glob("hf_api*/*.json"))
        for entry in json.loads(path.read_text())
    ]
    return {paper["id"]: paper["summary"] for paper in entries}


def test_of_the_seeds_36_parts_all_but_one_are_as_a_reader_would_sort_them(seeds):
    wrong = []

    for paper, judged in ROLES.items():
        roles = dict(zip(pieces(seeds[paper]), judged.split(), strict=True))
        for part, letter in PARTS.items():
            printed = getattr(extract(seeds[paper]), part)
            told = any(letter in role for role in roles.values())
            if bool(printed) != told or not all(letter in roles[text] for text in printed):
                wrong.append((paper, part))

    # What method it states stands in the sentence that the findings begin with.
    assert wrong == [("2407.01791", "technical_details")]


def test_every_printed_sentence_stands_in_the_abstract_in_its_order(abstracts):
    for paper, abstract in abstracts.items():
        for part in parts(extract(abstract)):
            places = [folded(abstract).find(text) for text in part]

            assert -1 not in places, paper
            assert places == sorted(places) and len(part) <= 2, paper


def test_every_abstract_says_something_new_and_most_fill_all_three_parts(abstracts):
    extracts = [extract(abstract) for abstract in abstracts.values()]

    filled = [[bool(part) for part in parts(found)] for found in extracts]
    shares = [sum(column) / len(extracts) for column in zip(*filled, strict=True)]
    all_three = sum(map(all, filled)) / len(extracts)

    assert len(extracts) == 1131
    assert shares[0] == 1
    assert shares[1] > 0.93
    assert shares[2] > 0.88
    assert all_three > 0.83


@given(
    st.text() | st.lists(st.sampled_from([*"We propose. Results show 5% (e.g. ;\n\\"])).map("".join)
)
def test_of_any_text_only_its_own_pieces_are_printed(text):
    found = extract(text)

    assert all(piece in folded(text) for part in parts(found) for piece in part)
    assert bool(found.whats_new) == bool(folded(text))


def test_a_part_that_the_abstract_does_not_tell_stays_empty():
    found = extract("Letters get lost. We propose a map of every street.")

    assert found == Extract(whats_new=("We propose a map of every street.",))


def test_findings_in_a_list_are_results_and_a_long_sentence_is_cut_at_its_semicolons():
    first = (
        "We find that: i) parcels which are wrapped in brown paper arrive a day later than those"
        " in white paper, whatever the weather, the season and the day of the week;"
    )
    second = "ii) a parcel with two addresses arrives at neither of them, be they far or near;"
    third = (
        "iii) dogs delay 12% of all the parcels that pass a garden gate, and cats none at all,"
        " which nobody had expected before the study began."
    )

    found = extract(f"We study parcels. {first} {second} {third}")

    assert found.performance_highlights == (first, third)


def test_without_a_cue_the_first_sentence_is_what_is_new():
    assert extract("Parcels rest. Dogs bark.").whats_new == ("Parcels rest.",)
