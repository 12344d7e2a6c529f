"""What the languages of an entry do not agree on, in pairs written for it."""

import pytest
from django.urls import reverse
from django.utils.translation import override

from newsletter.models import Edition, Newsletter
from newsletter.preflight import preflight
from papers.models import Summary
from papers.summarise.agreement import differences, sentences
from papers.summarise.draft import Draft
from tests.factories import make_edition, make_paper, make_summary


def said(korean: str, english: str, **others: str) -> list[str]:
    texts = {"ko": korean, "en": english} | others
    drafts = {code: Draft(code, {"whats_new": text}) for code, text in texts.items()}
    with override("en"):
        return sentences(differences(drafts))


@pytest.mark.parametrize(
    ("korean", "english"),
    [
        ("20억 개의 토큰을 읽습니다.", "It reads 2 billion tokens."),
        ("정확도가 12.5 % 올랐습니다.", "Accuracy rises by 12.5%."),
        ("논문 1만 2천 편을 모았습니다.", "It gathers 12,000 papers."),
        ("15만 6,240개의 소포입니다.", "There are 156k parcels."),
        ("두 가지 방법을 씁니다.", "It has two methods."),
        ("다섯 가지 과제에서 앞섭니다.", "It leads on five tasks."),
        ("소포의 50 %가 도착합니다.", "Half of the parcels arrive."),
        ("GPT-4보다 낫습니다.", "It beats GPT-4."),
        ("LLM을 미세 조정합니다.", "It fine-tunes large language models."),
        ("LLM을 씁니다.", "AI-based methods use VLMs."),
        ("RLHF로 학습합니다.", "It learns by reinforcement learning from human feedback."),
        ("3D 장면입니다.", "A scene in three dimensions."),
        ("트랜스포머를 씁니다.", "Transformers are used."),
        ("지연 시간을 30 % 줄입니다.", "It cuts latency by 30%."),
        ("", ""),
    ],
)
def test_what_says_the_same_is_not_a_difference(korean, english):
    assert said(korean, english) == []


@pytest.mark.parametrize(
    ("korean", "english", "expected"),
    [
        (
            "정확도가 12 % 올랐습니다.",
            "Accuracy rises.",
            ["In 한국어 and not in English: 12 %"],
        ),
        (
            "2억 개의 토큰을 읽습니다.",
            "It reads 2 billion tokens.",
            ["In 한국어 and not in English: 2억", "In English and not in 한국어: 2 billion"],
        ),
        (
            "OpenMap-1M에서 GPT-4를 앞섭니다.",
            "It leads.",
            ["In 한국어 and not in English: OpenMap-1M, GPT-4"],
        ),
        (
            "소포를 찾습니다.",
            "ParcelNet finds 9,000 parcels.",
            ["In English and not in 한국어: 9,000, ParcelNet"],
        ),
        (
            "지연이 30 % 늘었습니다.",
            "It falls by 30%.",
            ["In opposite ways: 한국어 “지연이 30 % 늘었습니다” / English “It falls by 30%”"],
        ),
    ],
)
def test_a_difference_names_the_string_and_who_says_it(korean, english, expected):
    assert said(korean, english) == expected


def test_of_three_languages_those_that_lack_it_are_named_together():
    assert said("12 % 낫습니다.", "Better by 12%.", de="Besser.") == [
        "In 한국어 and English and not in Deutsch: 12 % = 12%"
    ]
    assert said("12 % 낫습니다.", "Better.", de="Besser.") == [
        "In 한국어 and not in English and Deutsch: 12 %"
    ]


def test_sentences_of_the_abstract_in_another_edition_are_left_out():
    drafts = {
        "ko": Draft("en", {"whats_new": "It finds 9 of 10 parcels."}),
        "en": Draft("en", {"whats_new": "It finds most parcels."}),
    }

    assert differences(drafts) == []


MODEL = {"writer": Summary.Writer.MODEL}


def make_two(paper, **fields):
    """A Korean summary with a number that the English one lacks."""
    korean = make_summary(paper, "ko", whats_new="소포 12 %를 찾습니다.", **MODEL | fields)
    english = make_summary(
        paper,
        "en",
        whats_new="It finds parcels.",
        technical_details="Each way has a number.",
        performance_highlights="",
        **MODEL,
    )
    Summary.objects.filter(paper=paper).update(technical_details="", performance_highlights="")
    return korean, english


def warnings(edition: Edition) -> list[str]:
    with override("en"):
        findings = preflight(edition).findings
    return [each.sentence for each in findings if each.check == "languages"]


@pytest.fixture
def bilingual(db) -> Newsletter:
    newsletter = Newsletter.objects.get(slug=Newsletter.DEFAULT_SLUG)
    assert {"ko", "en"} <= set(newsletter.languages)
    return newsletter


def test_preflight_names_the_paper_the_language_and_the_string(bilingual):
    agreeing, other = make_paper(), make_paper()
    make_two(other)

    edition = make_edition(bilingual, papers=[agreeing, other])

    assert warnings(edition) == ["No. 2: In 한국어 and not in English: 12 %"]


@pytest.mark.parametrize(
    "fields",
    [
        {"writer": Summary.Writer.EXTRACT, "text_language": "en"},
        {"whats_new": "", "technical_details": "", "performance_highlights": ""},
    ],
)
def test_preflight_compares_no_excerpts_and_nothing_blank(bilingual, fields):
    paper = make_paper()
    korean, _english = make_two(paper)
    Summary.objects.filter(pk=korean.pk).update(**fields)

    assert warnings(make_edition(bilingual, papers=[paper])) == []


def test_the_page_of_a_summary_shows_the_difference_and_leads_to_the_other_language(desk):
    korean, english = make_two(make_paper())

    page = desk.get(reverse("admin:papers_summary_change", args=[english.pk])).text

    assert "한국어에만 있고 English에는 없음: 12 %" in page
    assert reverse("admin:papers_summary_change", args=[korean.pk]) in page


def test_the_page_of_a_summary_is_silent_where_the_languages_agree(desk):
    paper = make_paper()
    summary = make_summary(paper, "ko", **MODEL)

    alone = desk.get(reverse("admin:papers_summary_change", args=[summary.pk])).text
    make_summary(
        paper, "en", whats_new="Nine of ten.", technical_details="", performance_highlights=""
    )
    agreeing = desk.get(reverse("admin:papers_summary_change", args=[summary.pk])).text

    assert 'id="agreement"' not in alone + agreeing
