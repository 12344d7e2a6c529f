"""Glossaries: what they tell a writer, what they say of a summary, and files that are wrong."""

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import override

from papers.models import Verdict
from papers.summarise.draft import Draft
from papers.summarise.glossary import check, require_glossaries, terms, terms_in
from papers.summarise.source import SourceText

ABSTRACT = "We fine-tune a large language model on 8 GPUs; hallucinations drop by 12%."


@pytest.fixture
def own(settings, tmp_path):
    """Writes a file into the operator's folder."""
    settings.GLOSSARY_DIR = str(tmp_path)

    def write(name: str, text: str):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def found(text: str, language: str = "ko", source: str = ABSTRACT):
    draft = Draft(language, {"whats_new": text})
    return [
        (each.words["found"], each.words["write"], each.level)
        for each in check(draft, SourceText("A Model", source, "abstract"))
    ]


@pytest.mark.parametrize(
    ("term", "korean"),
    [
        ("fine-tuning", "미세 조정"),
        ("hallucination", "환각"),
        ("benchmark", "벤치마크"),
        ("reinforcement learning", "강화 학습"),
        ("inference", "추론"),
        ("reasoning", "추론"),
        ("alignment", "정렬"),
    ],
)
def test_korean_has_a_word_for_what_papers_speak_of_most(term, korean):
    assert terms("ko")[term] == korean


def test_a_language_without_a_glossary_has_no_terms_and_no_findings():
    assert (terms("fr"), found("Un modèle.", "fr")) == ({}, [])


def test_a_writer_can_be_told_only_of_the_terms_that_its_source_uses():
    assert terms_in(ABSTRACT, "ko") == {
        "fine-tuning": "미세 조정",
        "hallucination": "환각",
        "language model": "언어 모델",
        "large language model": "대규모 언어 모델",
    }


def test_a_word_that_is_avoided_is_a_hint_that_names_the_better_one():
    assert found("환상이 12 % 줄었습니다.") == [("환상", "환각", Verdict.PASS)]


def test_the_hint_says_what_to_write_in_the_editors_language():
    draft = Draft("ko", {"whats_new": "환상이 줄었습니다."})
    hint = next(check(draft, SourceText("A Model", ABSTRACT, "abstract")))

    with override("en"):
        assert hint.sentence == "“환상” for “hallucination”: our glossary writes “환각”."
    with override("ko"):
        assert "용어집" in hint.sentence


@pytest.mark.parametrize(
    "said",
    [
        "환각이 줄었습니다.",  # the wanted word
        "대규모 언어 모델을 미세 조정했습니다.",
        "대형 언어 모델을 미세조정했습니다.",  # another good word
        "순환상태를 저장합니다.",  # within another word
    ],
)
def test_good_words_get_no_hint(said):
    assert found(said) == []


def test_what_the_source_does_not_speak_of_is_left_alone():
    assert found("환상적인 소포입니다.", source="Parcels are found.") == []


def test_english_leaves_to_a_paper_what_it_writes_itself():
    said = "Models on Github."

    assert found("We show finetuning.", "en") == [("finetuning", "fine-tuning", Verdict.PASS)]
    assert found("We show finetuning.", "en", "We study finetuning.") == []
    assert found(said, "en", "The code is on GitHub.") == [("Github", "GitHub", Verdict.PASS)]


def test_an_entry_may_ask_for_a_review():
    said = "Ein Modell mit zwei Billionen Parametern."

    assert found(said, "de", "A model with 2 billion parameters.") == [
        ("Billion", "Milliarde", Verdict.REVIEW)
    ]


def test_an_operators_file_adds_terms_and_wins_over_ours(own):
    own(
        "ko.toml",
        '["fine-tuning"]\nwrite = "파인튜닝"\navoid = ["미세 조정"]\n\n[parcel]\nwrite = "소포"\n',
    )

    ours_and_theirs = terms("ko")

    assert ours_and_theirs["fine-tuning"] == "파인튜닝"
    assert ours_and_theirs["parcel"] == "소포"
    assert ours_and_theirs["hallucination"] == "환각"
    assert found("모델을 미세 조정했습니다.") == [("미세 조정", "파인튜닝", Verdict.PASS)]


def test_a_term_is_the_same_with_a_hyphen_or_a_capital(own):
    own("ko.toml", '["Fine Tuning"]\nwrite = "파인튜닝"\n')

    assert [word for term, word in terms("ko").items() if term.lower().startswith("fine")] == [
        "파인튜닝"
    ]


def test_a_blank_word_takes_a_term_out(own):
    own("ko.toml", '[hallucination]\nwrite = ""\n')

    assert "hallucination" not in terms("ko")
    assert found("환상이 줄었습니다.") == []


def test_any_other_language_is_added_by_its_name_and_a_country_has_its_languages_terms(own):
    own("pt.toml", '[benchmark]\nwrite = "benchmark"\n[inference]\nwrite = "inferência"\n')
    own("pt-br.toml", '[benchmark]\nwrite = "teste de referência"\n')

    assert terms("pt-br") == {"benchmark": "teste de referência", "inference": "inferência"}


@pytest.mark.parametrize(
    ("text", "line", "what_to_write"),
    [
        ('[token]\nwrite = "토큰\n', "line 2", ""),
        ('[token]\nwrite = "토큰"\n[token]\nwrite = "토큰"\n', "line 3", ""),
        (
            '# ours\n\n["red team"]\navoid = ["팀"]\n',
            "line 3, [red team]",
            'write = "…" is missing',
        ),
        ('[token]\nwrite = "토큰"\navoid = "토근"\n', "line 1, [token]", "a list of words"),
        ('[token]\nwrite = "토큰"\navoid = [""]\n', "line 1, [token]", "a list of words"),
        ('[token]\nwrite = "토큰"\navoid = ["토큰"]\n', "line 1", "avoided, too"),
        ('[token]\nwrite = "토큰"\nlevel = "block"\n', "line 1", '"hint" or "review"'),
        (
            '[token]\nwrite = "토큰"\navoids = []\n',
            "line 1",
            "only write, avoid and level are known",
        ),
        ('token = "토큰"\n', "line 1, [token]", "write a table"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_name_and_line(
    own, text, line, what_to_write
):
    path = own("ko.toml", text)

    said = refusal()

    assert str(path) in said and line in said and what_to_write in said


def test_a_file_that_is_named_after_no_language_is_refused(own):
    path = own("kr.toml", "")

    assert refusal().startswith(f"{path}: kr is no language.")


def test_a_folder_in_the_place_of_a_file_is_refused(own):
    path = own("de.toml", "").with_name("ko.toml")
    path.mkdir()

    assert refusal().startswith(f"{path}: ")


def test_a_folder_that_is_not_there_is_refused_with_the_variables_name(settings, tmp_path):
    settings.GLOSSARY_DIR = str(tmp_path / "nowhere")

    assert refusal() == f"GLOSSARY_DIR: {tmp_path / 'nowhere'} is no folder"


def refusal() -> str:
    with pytest.raises(ImproperlyConfigured) as refused:
        require_glossaries()
    return str(refused.value)


def test_our_own_glossaries_can_be_read():
    require_glossaries()


@pytest.mark.parametrize("language", ["ko", "en", "de"])
def test_no_glossary_avoids_what_it_writes_for_another_term(language):
    wanted = " / ".join(terms(language).values())

    assert found(wanted, language, " ".join(terms(language))) == []


def test_a_process_does_not_start_with_a_glossary_that_cannot_be_read(tmp_path):
    (tmp_path / "ko.toml").write_text("[token\n")
    started = subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        env=os.environ | {"GLOSSARY_DIR": str(tmp_path), "VAR_DIR": str(tmp_path / "var")},
        capture_output=True,
        text=True,
        check=False,
    )

    last_line = started.stderr.splitlines()[-1]

    assert started.returncode == 1
    assert f"{tmp_path / 'ko.toml'}: " in last_line and "line 1" in last_line
