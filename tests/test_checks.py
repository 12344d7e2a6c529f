"""Each check by itself: what it catches, and what it lets pass."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papers.models import Verdict
from papers.summarise.checks import (
    acronym,
    characters,
    duplicate,
    ending,
    evidence,
    length,
    links,
    markup,
    names,
    numbers,
    parts,
    refusal,
    register,
    script,
    source,
    stock,
    terms,
)
from papers.summarise.draft import PARTS, Claim, Draft
from papers.summarise.earlier import Earlier
from papers.summarise.judge import judge
from papers.summarise.pool import Pool
from papers.summarise.source import SourceText

REVIEW, BLOCK, HINT = Verdict.REVIEW, Verdict.BLOCK, Verdict.PASS
ABSTRACT = (
    "Long documents are hard to read. We introduce HayStack, a benchmark of 92 questions over "
    "1,500 documents (see https://hay.example/stack). Retrieval Augmented Generation (RAG) helps: "
    "GPT-4 answers 41% of it. 豆包 and <think> are named."
)
SOURCE = SourceText("HayStack: Reading Long Documents", ABSTRACT, "abstract")
SENTENCE = (
    "이 논문은 긴 문서를 읽는 능력을 재는 HayStack을 제안하고 "
    "여러 모델로 실험하여 결과를 비교합니다."
)
KOREAN = dict.fromkeys(PARTS, SENTENCE)


def korean(**others: str) -> Draft:
    return Draft("ko", KOREAN | others)


def said(findings) -> list[tuple[Verdict, str]]:
    return [(finding.level, str(finding.words.get("part", finding.reason))) for finding in findings]


def test_three_full_parts_that_fit_their_source_pass():
    assert judge(korean(), SOURCE).findings[0].reason in ("source.short", "terms.too_few_to_tell")
    assert [each for each in judge(korean(), SOURCE).findings if each.level is BLOCK] == []


def test_a_missing_a_blank_and_an_unknown_part_block():
    assert said(parts.check(Draft("ko", {"whats_new": SENTENCE, "technical_details": " "}))) == [
        (BLOCK, "technical_details"),
        (BLOCK, "performance_highlights"),
    ]
    assert said(parts.check(korean(Limitations="없습니다."))) == [(BLOCK, "Limitations")]


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


@pytest.mark.parametrize("quote", ["We introduce HayStack", "we introduce “haystack”, a"])
def test_a_quote_is_found_by_its_letters_and_its_place_is_told(quote):
    start, end = evidence.found(quote, SOURCE) or (0, 0)

    assert ABSTRACT[start:end].startswith("We introduce HayStack")
    assert evidence.found("“”", SOURCE) is None


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
HOSTILE += [
    "1 000 ",
    "^2",
    "×10^",
    "e5",
    "가 ",
    "다. ",
    "i'm ",
    "제공된 ",
    "&a",
    "$",
    "١",
    "🙂",
    "\u0301",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hundred_thousand_times_the_same_is_looked_through_to_the_end(piece):
    text = piece * (100_000 // len(piece))

    assert judge(Draft("ko", KOREAN | {"whats_new": text}), SourceText("T", text, "html"), POOL)
