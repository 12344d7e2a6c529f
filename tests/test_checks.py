"""What each check catches of a text as such, and what it lets pass; and what breaks none."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papers.summarise.checks import (
    characters,
    ending,
    length,
    links,
    markup,
    parts,
    refusal,
    register,
    script,
)
from papers.summarise.draft import Claim, Draft
from papers.summarise.judge import judge
from papers.summarise.pool import Pool
from papers.summarise.source import SourceText
from tests.checked import BLOCK, HINT, KOREAN, REVIEW, SENTENCE, SOURCE, korean, said


def test_three_full_parts_that_fit_their_source_pass():
    assert judge(korean(), SOURCE).findings[0].reason in ("source.short", "terms.too_few_to_tell")
    assert [each for each in judge(korean(), SOURCE).findings if each.level is BLOCK] == []


def test_a_missing_a_blank_and_an_unknown_part_block():
    assert said(parts.check(Draft("ko", {"whats_new": SENTENCE, "technical_details": " "}))) == [
        (BLOCK, "technical_details"),
        (BLOCK, "performance_highlights"),
    ]
    assert (BLOCK, "Limitations") in said(parts.check(korean(Limitations="없습니다.")))


def test_a_part_that_says_what_another_says_is_to_be_looked_at():
    told = {"whats_new": SENTENCE, "technical_details": SENTENCE, "performance_highlights": "끝."}

    assert said(parts.check(Draft("ko", told))) == [(REVIEW, "technical_details")]


def test_a_text_of_another_make_is_only_to_be_looked_at():
    assert said(parts.check(Draft("ko", {"": SENTENCE}))) == [(REVIEW, "parts.none")]


@pytest.mark.parametrize(
    ("language", "count", "levels"),
    [
        ("ko", 59, [REVIEW]),
        ("ko", 60, []),
        ("ko", 450, []),
        ("ko", 451, [REVIEW]),
        ("en", 119, [REVIEW]),
        ("en", 120, []),
        ("en", 900, []),
        ("en", 901, [REVIEW]),
        ("zh", 40, []),
        ("de", 119, [REVIEW]),
    ],
)
def test_a_part_is_as_long_as_is_usual_in_its_language(language, count, levels):
    draft = Draft(language, {"whats_new": "가" * count})

    assert [finding.level for finding in length.check(draft)] == levels


def test_six_sentences_are_too_many():
    draft = Draft("ko", {"whats_new": "문장을 여기에 적습니다. " * 6})

    assert [finding.reason for finding in length.check(draft)] == ["length.sentences"]


@pytest.mark.parametrize(
    ("language", "text", "is_cut"),
    [
        ("ko", "성능이 좋았습니다.", False),
        ("ko", "성능이 좋았다", False),
        ("ko", "성능을 높임", False),
        ("ko", "성능이 좋습니다 (표 2 참조)", False),
        ("ko", "“좋다.”", False),
        ("ko", "성능이 좋았으며 이는", True),
        ("ko", "제안하는 방법은 기존의 Transfor", True),
        ("en", "It is good.", False),
        ("en", "It is good and", True),
        ("ja", "良い結果を示した。", False),
        ("zh", "结果很好。", False),
        ("zh", "结果很", True),
    ],
)
def test_a_part_that_stops_in_mid_sentence_blocks(language, text, is_cut):
    levels = [finding.level for finding in ending.check(Draft(language, {"whats_new": text}))]

    assert levels == ([BLOCK] if is_cut else [])


@pytest.mark.parametrize(
    ("language", "text", "word"),
    [
        ("ko", "이 방법은 обучение 과정을 개선합니다.", "обучение"),
        ("ko", "이 방법은 多變量 분석을 합니다.", "多變量"),
        ("ko", "이 방법은 カタ 분석을 합니다.", "カタ"),
        ("ko", "이 방법은 نموذج 분석을 합니다.", "نموذج"),
        ("en", "It improves 下游 applications of all kinds.", "下游"),
        ("en", "It improves 성능 of all kinds of models.", "성능"),
        ("de", "Das Verfahren verbessert модели deutlich.", "модели"),
    ],
)
def test_a_word_in_a_foreign_script_blocks_and_is_named(language, text, word):
    found = list(script.check(Draft(language, {"whats_new": text}), SOURCE))

    assert [(f.level, f.words["word"]) for f in found if f.reason == "script.foreign"] == [
        (BLOCK, word)
    ]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("ko", "豆包는 바이트댄스의 모델이며 이 논문에서 비교됩니다."),
        ("ko", "α와 β를 조절하는 방법을 제안합니다. 𝒳 공간에서 계산합니다."),
        ("ja", "本論文は長い文書を読む能力を測るベンチマークを提案する。"),
        ("zh", "我们提出了一个用于长文档的基准测试。"),
        ("de", "Wir stellen einen Maßstab für lange Dokumente vor, größer als üblich."),
        ("es", "Presentamos una evaluación para documentos largos y difíciles de leer."),
        ("ru", "Мы предлагаем новый набор HayStack для длинных документов."),
    ],
)
def test_a_languages_own_script_greek_and_what_the_source_has_pass(language, text):
    assert list(script.check(Draft(language, {"whats_new": text}), SOURCE)) == []


@pytest.mark.parametrize("language", ["ko", "ja", "zh", "ru"])
def test_an_answer_in_english_where_another_language_was_asked_for_blocks(language):
    found = script.check(Draft(language, {"whats_new": "It is a new way to read papers."}), SOURCE)

    assert said(found) == [(BLOCK, "language.other")]


@pytest.mark.parametrize(
    "text",
    [
        "죄송합니다. 제공된 텍스트가 없어 요약할 수 없습니다.",
        "논문 내용을 제공해 주시면 요약해 드리겠습니다.",
        "I'm sorry, but I cannot summarise this.",
        "As an AI language model, I have no access.",
        "Please provide the abstract of the paper.",
        "No abstract was provided.",
        "抱歉，无法总结。",
        "申し訳ありませんが、要約できません。",
        "Es tut mir leid, ich kann das nicht.",
        "Lo siento, no puedo resumir este texto.",
        "I regret that I must decline.",
        "Insufficient information to summarize it.",
        "Sure! Here is the summary you asked for.",
        "[Summary goes here].",
        "초록이 비어 있어 요약이 어렵습니다.",
        "정보가 부족하여 답변이 어렵습니다.",
        "要約することはできません。",
    ],
)
def test_a_refusal_blocks(text):
    found = refusal.check(Draft("ko", {"whats_new": text}), SOURCE)

    assert [finding.level for finding in found] == [BLOCK]


@pytest.mark.parametrize(
    "text",
    [
        "기존 방법은 정보가 부족한 상황에서 거절하는 문제가 있습니다.",
        "주어진 질문에 답이 없을 때 모델이 거절하도록 가르칩니다.",
        "The model learns to refuse when no answer is given in the text.",
    ],
)
def test_a_paper_about_refusals_is_none(text):
    assert list(refusal.check(Draft("ko", {"whats_new": text}), SOURCE)) == []


@pytest.mark.parametrize("hidden", ["evil。com", "ev\u200bil.com", "ｅｖｉｌ．ｃｏｍ"])
def test_a_link_is_seen_through_what_browsers_read_over(hidden):
    (finding,) = links.check(korean(whats_new=f"{hidden} 에서 봅니다."), SOURCE)

    assert finding.words["link"] == "evil.com"


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/x",
        "http://a.b",
        "www.evil.example",
        "mail@evil.example",
        "javascript:alert(1)",
        "evil.com",
        "github.com/evil/code",
        "bit.ly/x",
        "evil.zip",
        "203.0.113.5/login",
        "//evil.example/x",
        "ssh://evil.example/x",
    ],
)
def test_a_link_or_mail_address_that_the_source_does_not_have_blocks(link):
    found = links.check(korean(whats_new=f"코드는 {link} 에 있습니다."), SOURCE)

    assert [(f.level, f.words["link"]) for f in found] == [(BLOCK, link)]


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("paypal-login.com에서", "paypal-login.com"),
        ("bit.ly에서", "bit.ly"),
        ("evil.co.kr에서", "evil.co.kr"),
        ("t.co를", "t.co"),
        ("evil.ai에", "evil.ai"),
        ("evil.top에", "evil.top"),
        ("주소는www.evil.example에", "www.evil.example"),
        ("evil．com", "evil.com"),
        ("hay.io", "hay.io"),
    ],
)
def test_a_link_is_seen_before_a_particle_and_in_the_midst_of_another(text, link):
    source = SourceText("HayStack", "See www.medhay.io and https://hay.example/stack.", "abstract")
    found = links.check(korean(whats_new=text), source)

    assert [(f.level, f.words["link"]) for f in found] == [(BLOCK, link)]


@pytest.mark.parametrize(
    "text",
    [
        *("https://hay.example/stack", "Together.ai와 GPT-4.5", "v1.5/v2", "Node.js로", "3.5배."),
        *("hay.example/stack에", "https://hay.example/에", "e.g. Fig.2", "train.py와 README.md를"),
        *(
            "main.rs",
            "run.sh에",
            "Qwen2.5로",
            "U.S.",
            "i.e.",
            "vs.GPT",
            "합니다.Also",
            "torch.nn을",
        ),
    ],
)
def test_a_link_of_the_source_and_what_only_looks_like_one_pass(text):
    assert list(links.check(korean(whats_new=text), SOURCE)) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [("a\u202eb", "U+202E"), ("a\u200bb", "U+200B"), ("a\x00b", "U+0000"), ("a\ufffd", "U+FFFD")],
)
def test_a_character_that_nobody_sees_is_named_by_its_number(text, code):
    (found,) = characters.check(korean(whats_new=text))

    assert (found.level, found.words["code"]) == (REVIEW, code)


@pytest.mark.parametrize(
    "text",
    [
        "**굵게**",
        "<b>굵게</b>",
        "`````",
        "[글](주소)",
        r"\textbf 글",
        '{"whats_new": "글"',
        "&amp;",
    ],
)
def test_what_is_left_of_markup_is_to_be_looked_at(text):
    assert {f.level for f in markup.check(korean(whats_new=text), SOURCE)} == {REVIEW}


def test_markup_that_the_source_has_passes():
    assert list(markup.check(korean(whats_new="<think> 뒤에 답합니다. 2 < 3 > 1"), SOURCE)) == []


def test_mixed_endings_are_a_hint_that_shows_both():
    (found,) = register.check(korean(technical_details="방법을 제안한다. 성능을 높임."))

    assert found.level is HINT and found.words["first"].endswith("비교합니다")


texts = st.text(max_size=300) | st.text(st.characters(categories=["Cs", "Cc", "Cf", "Lo", "Nd"]))
POOL = Pool(
    ((f"Paper {n}", f"words and more of {n * 37}") for n in range(40)), [("T", "word " * 90)]
)


@settings(max_examples=150, deadline=None)
@given(texts, texts, texts, st.sampled_from(["ko", "en", "ja", "zh-hans", "de", "ru", "xx", ""]))
def test_no_text_whatever_breaks_a_check(text, title, given_text, language):
    draft = Draft(language, {"whats_new": text, title: given_text}, [Claim("x", text, text)], title)

    found = judge(draft, SourceText(title, given_text, "abstract"), POOL)

    assert all(finding.sentence for finding in found.findings)


HOSTILE = ["1", "a", "A", ".", "1,", "1.", "a-", "A1", "a.", "(", "<a", "[a](", "* ", "억", "1억 "]
HOSTILE += ["two ", "two-", "만", " ", "\n", "\\", "{", "%", "a@", "a.b", "http://", "AB (", "A b "]
HOSTILE += ["1 000 ", "^2", "×10^", "e5", "가 ", "다. ", "i'm ", "제공된 ", "&a", "$", "١"]
HOSTILE += ["🙂", "\u0301"]


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hundred_thousand_times_the_same_is_looked_through_to_the_end(piece):
    text = piece * (100_000 // len(piece))

    assert judge(Draft("ko", KOREAN | {"whats_new": text}), SourceText("T", text, "html"), POOL)
