"""Numbers of a summary, bound to their places in the source."""

import random
import re

import pytest

from papers.summarise.draft import Draft
from papers.summarise.figures import Figure, ledger
from papers.summarise.source import SourceText
from tests.corpus import SEED, pairs, papers

PLANTED = 0.9  # of numbers made wrong are found


def figures(text: str, source: str, language: str = "ko", title: str = "A Paper") -> list[Figure]:
    return ledger(Draft(language, {"whats_new": text}), SourceText(title, source, "abstract"))


def state(text: str, source: str, language: str = "ko") -> str:
    (only,) = figures(text, source, language)
    return only.state


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("41%를", "41% of it"),
        ("41%를", r"41\% of it"),
        ("1,500건", "1500 pages"),
        ("5.6배", "5.6x faster"),
        ("512 해상도", "$512 \\times 512$"),
        ("8배", "8x faster"),
        ("90%", "reaches top-90%"),
        ("2024년 7월 3일", "on 2024-07-03"),
    ],
)
def test_a_number_that_the_source_has_is_found(text, source):
    assert {each.state for each in figures(text, source)} <= {"found", "plain"}


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("20억", "2B"),
        ("20억 개", "two billion parameters"),
        ("305억", "a 30.5B model"),
        ("1억 2천 5백만", "125 million"),
        ("1억 2,500만", "125M"),
        ("3천만", "30 million"),
        ("백만 개", "a million clips"),
        ("6,000억", "600B tokens"),
        ("1조", "one trillion"),
        ("100만", "OpenVid-1M"),
        ("20,000개", "20k examples"),
        ("156,240개", "156k images"),
        ("25가지", "twenty-five tasks"),
        ("200개", "two hundred"),
        ("10배", "a tenfold gain"),
        ("4배", "it quadrupled"),
        ("열 개", "ten tasks"),
        ("다섯 가지", "five kinds"),
        ("백만 토큰", "1M tokens"),
        ("십억 파라미터", "1B parameters"),
        ("천만 달러", "10 million dollars"),
        ("삼백만 개", "3M clips"),
        ("이만 오천 개", "25K clips"),
        ("오백 명", "500 people"),
        ("이십오 개", "25 tasks"),
        ("서른 개", "30 tasks"),
        ("열두 개", "12 tasks"),
        ("스무 개", "20 tasks"),
        ("스물다섯 개", "25 tasks"),
        ("절반으로", "halving it"),
        ("87%", "an accuracy of 0.87"),
        ("87.3%", "87.25%"),
        ("50%", "half of them"),
        ("50만", "half a million letters"),
        ("15억", "one and a half billion tokens"),
        ("2.5배", "two and a half times"),
        ("7월", "in July"),
        ("100만", "$10^{6}$ steps"),
        ("3만", r"$3 \times 10^4$ steps"),
        ("20亿", "2B"),
    ],
)
def test_a_number_in_another_notation_is_converted(text, source):
    assert state(text, source) == "converted"


def test_what_is_left_of_a_hundred_is_derived():
    assert state("59%가 틀렸습니다", "41% are right") == "derived"


def test_both_ends_of_a_range_have_its_unit():
    states = [each.state for each in figures("10억~30억", "1-3 billion")]

    assert states == ["converted", "converted"]


def test_one_two_three_and_the_numbers_of_a_list_are_plain():
    assert [each.state for each in figures("2가지: (4) 그림, 3 표", "words")] == ["plain"] * 3


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("7개", "six of them"),
        ("서른 개", "12 datasets"),
        ("오백 명", "450 people"),
        ("절반으로", "by 80%"),
        ("23.01%", "23.09%"),
        ("157%", "156%"),
        ("3억 30백만", "303 million documents"),
        ("8개", "80 tasks"),
        ("100%", "99.5% of them"),
        ("2020년", "in 2018"),
        ("156", "155.1 of them"),
        ("70%", "LLaMA-2-70B"),
        ("7배", "Mistral-7B"),
    ],
)
def test_a_number_that_the_source_has_not_is_unsupported(text, source):
    assert state(text, source) == "unsupported"


@pytest.mark.parametrize(
    ("text", "source", "language", "proposal"),
    [
        ("2억", "2B", "ko", "20억"),
        ("30.5억", "30.5B", "ko", "305억"),
        ("241억", "241B", "ko", "2,410억"),
        ("600억", "600B", "ko", "6,000억"),
        ("2.8억", "28B", "ko", "280억"),
        ("1,200만", "120M", "ko", "1억 2,000만"),
        ("2亿", "2B", "zh", "20亿"),
        ("1.5M", "15 million", "en", "15M"),
        ("5.6%", "56%", "en", "56%"),
        ("1,5 Milliarden", "15B", "de", "15 Milliarden"),
        ("2 миллиона", "2B", "ru", "2000 миллиона"),
    ],
)
def test_other_zeros_are_told_with_what_was_meant(text, source, language, proposal):
    (only,) = figures(text, source, language)

    assert (only.state, only.proposal) == ("tenfold", proposal)


@pytest.mark.parametrize("name", ["GPT-4", "3D 모델", "Qwen2.5-7B", "H100", "T2V", "GLM-4-9B"])
def test_digits_of_a_name_are_no_number(name):
    assert [each for each in figures(f"{name}을", "nothing") if each.state != "plain"] == []


@pytest.mark.parametrize(
    ("text", "source"),
    [("1.500 Seiten", "1500 pages"), ("3,5 %", "3.5%"), ("2 Milliarden", "2B")],
)
def test_german_has_its_point_and_comma_the_other_way_round(text, source):
    assert state(text, source, "de") == "converted"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "구조 개선",
            "만일 명확하면",
            "사이 개수",
            "조건 개선",
            "백엔드 개발",
            "이미지 장",
            "사실 여부",
        ),
        *(
            "오류 개선",
            "이것만 개",
            "천천히",
            "일만 개선",
            "이 구조 이상",
            "절반 이상",
            "이상 여부",
        ),
    ],
)
def test_syllables_that_only_look_like_numbers_are_none(text):
    assert figures(text, "nothing") == []


def test_each_figure_says_where_it_stands_here_and_there():
    text, source = "모두 20억 개입니다.", "It has 2B of them."
    (only,) = figures(text, source)

    assert text[only.start : only.end] == only.text == "20억"
    assert source[only.source_start :].startswith(only.source_text)
    assert only.source_text == "2B"


def test_what_stands_in_the_title_alone_has_no_place_in_the_text():
    (only,) = figures("20억", "words", title="BitNet 2B")

    assert (only.state, only.source_start) == ("converted", -1)


def summaries(data):
    """Korean and English ones, each with its paper."""
    everything = [*pairs(data), *pairs(data, [data / f"seed-{SEED}.md"])]
    for pair in everything:
        yield "ko", pair.paper.source, "\n".join(pair.draft.parts.values())
    for paper in papers(data).values():
        if paper.one_sentence:
            yield "en", paper.source, paper.one_sentence


def wrong(number: str, dice: random.Random) -> list[str]:
    """A digit changed, ten times more or less, a sixth more."""
    value = float(number.replace(",", ""))
    place = dice.choice([n for n, each in enumerate(number) if each.isdigit()])
    digit = str((int(number[place]) + dice.randint(1, 9)) % 10)
    changed = number[:place] + ("7" if place == 0 and digit == "0" else digit) + number[place + 1 :]
    decimals = len(number.partition(".")[2])
    times = f"{value * 10:.{decimals}f}" if dice.random() < 0.5 else f"{value / 10:g}"
    return [each for each in (changed, times, f"{value * 1.17:.{decimals}f}") if each != number]


def test_of_numbers_made_wrong_nine_in_ten_are_found(shared_data):
    dice, found = random.Random(7), []
    for language, source, text in summaries(shared_data):
        for figure in ledger(Draft(language, {"all": text}), source):
            number = re.search(r"\d[\d,]*(?:\.\d+)?", figure.text)
            if figure.state not in ("found", "converted") or not number:
                continue
            for other in wrong(number[0], dice):
                spoilt = text[: figure.start] + figure.text.replace(number[0], other, 1)
                spoilt += text[figure.end :]
                (again,) = [
                    each
                    for each in ledger(Draft(language, {"all": spoilt}), source)
                    if each.start == figure.start
                ][:1] or [None]
                found.append(again is not None and again.state in ("unsupported", "tenfold"))

    assert len(found) > 200
    assert sum(found) >= PLANTED * len(found)


def test_of_numbers_in_summaries_of_abstracts_hardly_one_is_unsupported(shared_data):
    states = [
        figure.state
        for language, source, text in summaries(shared_data)
        if language == "en"
        for figure in ledger(Draft(language, {"all": text}), source)
    ]

    assert len(states) > 90
    assert states.count("unsupported") + states.count("tenfold") <= 0.01 * len(states)
