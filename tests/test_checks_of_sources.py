"""What each check catches that the source does not bear out, and what it lets pass."""

import pytest

from papers.summarise.checks import (
    acronym,
    duplicate,
    evidence,
    names,
    numbers,
    source,
    stock,
    terms,
)
from papers.summarise.draft import PARTS, Claim, Draft
from papers.summarise.earlier import Earlier
from papers.summarise.source import SourceText
from tests.checked import ABSTRACT, BLOCK, HINT, KOREAN, REVIEW, SENTENCE, SOURCE, korean, said


def test_a_number_that_is_not_there_and_one_with_other_zeros_are_named_once():
    draft = korean(whats_new="7.5%와 7.5%, 그리고 15000개입니다. 4.1%라고도 합니다.")

    assert [(f.check, f.level, f.words["number"]) for f in numbers.check(draft, SOURCE)] == [
        ("numbers", REVIEW, "7.5%"),
        ("tenfold", REVIEW, "15000"),
        ("tenfold", REVIEW, "4.1%"),
    ]


def test_the_corrected_number_is_offered():
    given = SourceText("BitNet", "It has 2B parameters.", "abstract")
    (found,) = numbers.check(Draft("ko", {"whats_new": "2억 개"}), given)

    assert found.words["proposal"] == "20억"


def test_names_that_the_source_does_not_have_are_named_one_by_one():
    draft = korean(whats_new="HayStack을 LLaMA-3-8B와 PNG, Paris로 시험합니다.")

    assert [f.words["name"] for f in names.check(draft, SOURCE)] == ["LLaMA-3-8B", "PNG"]


def test_few_known_terms_and_no_name_of_its_own_are_hints_until_its_rank_is_bad():
    draft = korean(**dict.fromkeys(PARTS, "Quantum annealing으로 lattice를 풉니다."))

    assert [(f.check, f.level) for f in terms.check(draft, SOURCE)] == [
        ("terms", HINT),
        ("coined", HINT),
    ]


def test_too_few_terms_to_tell_are_to_be_looked_at():
    draft = korean(**dict.fromkeys(PARTS, "아무 이름도 없습니다."))

    assert (REVIEW, "terms.too_few_to_tell") in said(terms.check(draft, SOURCE))


def test_textbook_words_that_the_source_does_not_have_are_named():
    text = "Transformer와 multi-head 구조로 기계 번역을 합니다. 새롭습니다. 빠릅니다."
    (found,) = stock.check(Draft("ko", {"whats_new": text}), SOURCE)

    assert (found.level, found.words["concepts"]) == (REVIEW, "Transformer, multi-head, 기계 번역")


def test_praise_that_would_fit_any_paper_is_named():
    text = "뛰어난 성능을 보입니다. 최첨단입니다. 다양한 벤치마크에서 우수한 결과를 얻었습니다."

    assert [f.reason for f in stock.check(Draft("ko", {"whats_new": text}), SOURCE)] == [
        "stock.praise"
    ]


def test_a_quote_that_the_source_does_not_have_is_to_be_looked_at():
    claims = [
        Claim("whats_new", "길다", "Long documents are  hard to read"),
        Claim("whats_new", "빠르다", "It is fast."),
        Claim("whats_new", "없다"),
    ]
    found = evidence.check(Draft("ko", KOREAN, claims), SOURCE)

    assert [(f.level, f.words["quote"]) for f in found] == [(REVIEW, "It is fast.")]


def test_a_few_letters_that_stand_anywhere_are_no_sentence_to_rest_on():
    (found,) = evidence.check(Draft("ko", KOREAN, [Claim("whats_new", "길다", "Long doc")]), SOURCE)

    assert (found.level, found.reason) == (REVIEW, "evidence.short")
    assert evidence.found("a", SOURCE) is None


@pytest.mark.parametrize("quote", ["We introduce HayStack", "we introduce “haystack”, a"])
def test_a_quote_is_found_by_its_letters_and_its_place_is_told(quote):
    start, end = evidence.found(quote, SOURCE) or (0, 0)

    assert ABSTRACT[start:end].startswith("We introduce HayStack")
    assert evidence.found("“”", SOURCE) is None


def test_an_expansion_that_the_source_does_not_give_is_a_hint():
    draft = korean(whats_new="RAG(Random Access Graphs)와 ABC(Deep Long Words)를 씁니다.")

    assert [(f.level, f.reason) for f in acronym.check(draft, SOURCE)] == [
        (HINT, "acronym.other"),
        (HINT, "acronym.letters"),
    ]


def test_what_was_written_of_another_paper_is_to_be_looked_at():
    earlier = Earlier([("Another Paper", SENTENCE * 2), (SOURCE.title, SENTENCE)])
    found = list(duplicate.check(korean(), SOURCE, earlier))

    assert [(f.level, f.reason) for f in found] == [(REVIEW, "duplicate.same")]
    assert found[0].words["title"] == "Another Paper"


def test_an_empty_source_blocks_and_a_short_one_is_a_hint():
    levels = {
        text: [finding.level for finding in source.check(SourceText("T", text, "abstract"))]
        for text in ("", " \n.", "short", "long " * 100)
    }

    assert levels == {"": [BLOCK], " \n.": [BLOCK], "short": [HINT], "long " * 100: []}


def test_a_fetched_text_is_the_papers_if_its_abstract_stands_in_it():
    assert source.is_of_the_paper(f"Abstract\n{ABSTRACT.upper()}\nIntroduction", ABSTRACT)
    assert not source.is_of_the_paper("How to typeset a paper", ABSTRACT)
    assert not source.is_of_the_paper("Anything", "")
