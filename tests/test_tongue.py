"""A text in another language of Latin letters than was asked for."""

import pytest

from papers.models import Verdict
from papers.summarise.checks import tongue
from papers.summarise.draft import Draft

TEXTS = {
    "en": "We propose a new way to detect sounds in a video, and it is better than all the others.",
    "de": "Die Autoren stellen ein Modell vor, mit dem der Klang von Videos erkannt wird und "
    "nicht nur das Bild.",
    "fr": "Les auteurs proposent une méthode pour la détection du son dans les vidéos, et elle "
    "est plus rapide que les autres.",
    "es": "Los autores proponen un método para la detección del sonido en los vídeos, que es más "
    "rápido que las otras.",
    "it": "Gli autori propongono un metodo per il suono nei video, che è più rapido di quello "
    "della letteratura e non usa una rete.",
    "pt": "Os autores propõem um método para a detecção do som em vídeos, que não é mais lento do "
    "que os outros.",
    "nl": "De auteurs stellen een methode voor om het geluid in een video te herkennen, die "
    "sneller is dan de andere.",
}


def found(language: str, text: str) -> list[Verdict]:
    return [each.level for each in tongue.check(Draft(language, {"whats_new": text}))]


@pytest.mark.parametrize("asked", TEXTS)
def test_a_language_is_taken_for_its_own_and_english_for_no_other(asked):
    assert found(asked, TEXTS[asked]) == []
    assert found(asked, TEXTS["en"]) == ([] if asked == "en" else [Verdict.BLOCK])


@pytest.mark.parametrize("written", [code for code in TEXTS if code != "en"])
def test_a_part_in_another_language_blocks_an_english_summary(written):
    parts = {"whats_new": TEXTS["en"], "technical_details": TEXTS[written]}

    (finding,) = tongue.check(Draft("en", parts))

    assert (finding.level, finding.reason) == (Verdict.BLOCK, "language.words")


def test_english_is_known_for_none_of_a_language_whose_words_are_not_listed():
    swedish = "Författarna föreslår en metod som känner igen ljud i filmer och är snabb."

    assert found("sv", swedish) == []
    assert found("sv", TEXTS["en"]) == [Verdict.BLOCK]


@pytest.mark.parametrize("language", ["ko", "ja", "ru"])
def test_names_in_a_text_of_another_script_are_no_language(language):
    assert (
        found(language, "FoleyCrafter는 The Sound of Silence와 Lord of the Rings로 실험합니다.")
        == []
    )
