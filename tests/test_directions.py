"""Which way a clause says that things go, in pairs of one statement in two languages."""

import pytest

from papers.summarise.directions import Way, ways_at

# What both say of "12", in English and in Korean, and whether they agree.
PAIRS = [
    ("It reduces latency by 12 %.", "지연 시간을 12 % 줄였습니다.", True),
    ("It reduces latency by 12 %.", "지연 시간을 12 % 늘렸습니다.", False),
    ("Accuracy rises by 12 points.", "정확도가 12점 상승했습니다.", True),
    ("Accuracy rises by 12 points.", "정확도가 12점 하락했습니다.", False),
    ("It outperforms the rest by 12 %.", "다른 방법보다 12 % 우수합니다.", True),
    ("It outperforms the rest by 12 %.", "다른 방법보다 12 % 뒤처집니다.", False),
    ("It falls behind by 12 %.", "12 % 앞섭니다.", False),
    (
        "Cost drops by 12 %, and accuracy grows by 5 %.",
        "비용이 12 % 줄고 정확도가 5 % 늘었습니다.",
        True,
    ),
    (
        "Cost grows by 12 %, and accuracy drops by 5 %.",
        "비용이 12 % 줄고 정확도가 5 % 늘었습니다.",
        False,
    ),
    ("Errors fall by 12 %.", "오류를 12 % 개선했습니다.", True),  # of another kind: says nothing
    ("It does not increase cost by 12 %.", "비용을 12 % 줄였습니다.", True),  # denied
    (
        "It improves accuracy with 12 % fewer tokens.",
        "토큰을 12 % 덜 쓰고 정확도를 높였습니다.",
        True,
    ),
    ("The 12 tasks are new.", "12개 과제에서 정확도가 낮아졌습니다.", True),
    ("Throughput is 12 times higher.", "처리량이 12배 높습니다.", True),
    ("Throughput is 12 times higher.", "처리량이 12배 낮습니다.", False),
    ("It cuts memory by 12 GB.", "메모리를 12 GB 절감합니다.", True),
    ("It cuts memory by 12 GB.", "메모리가 12 GB 증가합니다.", False),
    (
        "Without retraining, quality degrades by 12 %.",
        "재학습 없이는 품질이 12 % 저하됩니다.",
        True,
    ),
]


@pytest.mark.parametrize(("english", "korean", "agree"), PAIRS)
def test_both_go_the_same_way_or_not(english, korean, agree):
    ours = ways_at(english, english.index("12"), "en")
    theirs = ways_at(korean, korean.index("12"), "ko")

    assert any(way.opposite in theirs for way in ours) is not agree


def test_a_language_without_words_for_it_says_nothing():
    assert ways_at("Le coût baisse de 12 %.", 18, "fr") == set()


def test_a_clause_ends_where_the_next_begins():
    text = "Cost drops by 12 %, and recall of 1,200 rises."

    assert ways_at(text, text.index("12 %"), "en") == {Way.DOWN}
    assert ways_at(text, text.index("1,200"), "en") == {Way.UP}
