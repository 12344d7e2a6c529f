"""Words as they are compared: by their letters, by their stems, and which of them are names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from unicodedata import normalize

OTHER_SCRIPTS = {"ko", "ja", "zh", "ru", "uk", "bg", "ar", "fa", "he", "th", "hi", "el"}

# A Latin word, hyphens and all: long-context, GPT-4o, C++, Schrödinger.
WORD = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ0-9]*+(?:[-'’.+][A-Za-zÀ-ɏ0-9]++)*+\+{0,2}+")
ENDINGS = re.compile(r"(?<=\w{4})(?:ations?|ings?|als?|ies|ers?|ed|es|s|e|y)$")
PIECES = re.compile(r"[^\W_]+")
SENTENCE = re.compile(r"(?<=[.!?:])\s+|\n")
# What any paper of the field may name, and words of the language: they tell none from another.
COMMON = re.compile(
    r"(?:"
    r"ai|api|arxiv|benchmark|cnn|code|cpu|cv|data|dataset|dl|dpo|gan|github|"
    r"gpu|gpus|llm|llms|lm|lms|ml|mllm|mllms|mlp|model|models|nlp|open|rag|"
    r"rl|rlhf|rnn|sft|sota|source|vae|vlm|vlms"
    r"|"
    r"a|about|across|after|all|also|an|and|any|are|as|at|be|been|before|"
    r"between|both|but|by|can|could|during|e\.g|each|etc|first|for|from|has|"
    r"have|he|how|i|i\.e|in|into|is|it|its|may|more|most|new|no|not|of|on|"
    r"one|or|other|our|over|second|she|some|such|than|that|the|their|them|"
    r"then|there|these|they|this|those|three|through|to|two|under|use|used|"
    r"uses|using|via|vs|was|we|were|what|when|where|which|while|who|will|with|"
    r"without|you"
    r")",
    re.IGNORECASE,
)


def squeezed(text: str) -> str:
    """Its letters and digits alone, in small letters."""
    return "".join(filter(str.isalnum, normalize("NFKC", text).casefold()))


def pieces(word: str) -> list[str]:
    return PIECES.findall(word.casefold())


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Near enough: its first letters, without the ending of a plural or a verb."""
    return ENDINGS.sub("", word) if word.isascii() else word


def is_of_latin_script(language: str) -> bool:
    return language[:2].lower() not in OTHER_SCRIPTS


def terms(text: str, language: str) -> list[str]:
    """What a text names, each once, in order. In Korean or Chinese any Latin word is a term; so is
    any word of English, which sources are in; in German or Spanish only what looks like a name.
    What all papers name is left out."""
    text = normalize("NFKC", text)
    of_names = is_of_latin_script(language) and not is_english(language)
    return told(names(text) if of_names else WORD.findall(text))


def names_in(text: str, language: str) -> list[str]:
    """What a text names; in a language of Latin script only what looks like a name."""
    text = normalize("NFKC", text)
    return told(names(text) if is_of_latin_script(language) else WORD.findall(text))


def told(found: Iterable[str]) -> list[str]:
    return [term for term in dict.fromkeys(found) if len(term) > 1 and not COMMON.fullmatch(term)]


def is_english(language: str) -> bool:
    return language[:2].lower() == "en"


def names(text: str) -> Iterator[str]:
    """Words with a capital or a digit within, and capital ones that do not begin a sentence."""
    for sentence in SENTENCE.split(text):
        for found in WORD.finditer(sentence):
            word = found[0]
            if is_coined(word) or (word[0].isupper() and found.start() > 0):
                yield word


def is_coined(word: str) -> bool:
    """Whether nobody would write it so but as a name: a capital or a digit within."""
    return any(character.isupper() or character.isdigit() for character in word[1:])
