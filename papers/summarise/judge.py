"""Whether a summary is of its paper at all: what it names and counts is looked for in the abstract.

It finds what was invented, or belongs to another paper: such a text names next to nothing that the
abstract knows. It does not find a wrong relation between things that both name.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from unicodedata import normalize

from papers.models import Paper, Summary

FEW = 0.35  # of what is named; of healthy Korean summaries one in twenty knows less
HARDLY_ANY = 0.15
ENOUGH = 3  # names and numbers; of fewer nothing can be said

WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-'’.+][A-Za-z0-9]+)*\+{0,2}")
NUMBER = re.compile(r"(?<![\w.,-])\d+(?:[.,]\d+)*")
PARENTHESES = re.compile(r"\(([A-Z][\w-]{1,15})\)")
PRESENTS = re.compile(
    r"\b(?:propos|introduc|present|develop|releas)\w*\s+(?:\w+\s){0,2}?([A-Z][\w-]*[A-Z0-9][\w-]*)"
)
ENDINGS = re.compile(r"(?<=\w{4})(?:ations?|ings?|als?|ies|ers?|ed|es|s|e|y)$")
SENTENCE = re.compile(r"(?<=[.!?])\s+")
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


class Verdict(Enum):
    PASS = "pass"
    REVIEW = "review"  # somebody should hold it against its paper
    BLOCK = "block"  # it is not of this paper, as far as can be told


@dataclass(frozen=True)
class Judgement:
    verdict: Verdict
    unknown: Sequence[str] = ()  # what the summary names, and the abstract does not


def judge(summary: Summary, paper: Paper) -> Judgement:
    """Hold a summary against the title and abstract of its paper.

    Sentences of the abstract pass. Without an abstract, or where hardly anything is named, nothing
    can be said, and somebody should look.
    """
    text = text_of(summary)
    if summary.is_excerpt or not text.strip():
        return Judgement(Verdict.PASS)
    if not paper.abstract.strip():
        return Judgement(Verdict.REVIEW)
    source = source_of(f"{paper.title}\n{paper.abstract}")
    named = list(dict.fromkeys(evidence(text, summary.text_language)))
    unknown = tuple(each for each in named if not source.knows(each))
    if len(named) < ENOUGH:
        return Judgement(Verdict.REVIEW, unknown)
    known = 1 - len(unknown) / len(named)
    own_names = set(coined(paper))
    says_none = not any(squeezed(name) in squeezed(text) for name in own_names)
    is_strange = known < (FEW if own_names else HARDLY_ANY) and says_none
    if is_strange or len(unknown) == len(named):
        return Judgement(Verdict.BLOCK, unknown)
    return Judgement(Verdict.REVIEW if known < FEW else Verdict.PASS, unknown)


def text_of(summary: Summary) -> str:
    """All that it says, but for what it quotes of others."""
    lead = [] if summary.lead_by else [summary.lead]
    return "\n".join([*lead, *summary.three_parts, *(text for _label, text in summary.further)])


class Source:
    """What an abstract knows, ready to be asked often."""

    def __init__(self, text: str) -> None:
        self.letters = squeezed(text)
        self.words = [word.casefold() for word in WORD.findall(text)]
        self.stems = {stem(part) for word in self.words for part in pieces(word)}
        self.initials = "".join(part[0] for word in self.words for part in pieces(word))
        self.numbers = {plain_number(number) for number in NUMBER.findall(normalize("NFKC", text))}

    def knows(self, named: str) -> bool:
        """By its letters, by the stems of its words, or as initials of words in a row."""
        if named[0].isdigit():
            return plain_number(named) in self.numbers
        if squeezed(named) in self.letters:
            return True
        if all(stem(part) in self.stems for part in pieces(named.casefold())):
            return True
        return named.isupper() and len(named) > 1 and named.casefold() in self.initials


@lru_cache(maxsize=256)
def source_of(text: str) -> Source:
    """Kept for the paper's other languages."""
    return Source(text)


def evidence(text: str, language: str) -> Iterator[str]:
    """Names, terms and numbers. In a language of Latin script any word would be a term, so there
    only what looks like a name counts."""
    text = normalize("NFKC", text)
    terms = names(text) if is_latin(language, text) else WORD.findall(text)
    for term in terms:
        if len(term) > 1 and not COMMON.fullmatch(term):
            yield term
    yield from (number for number in NUMBER.findall(text) if number not in ("1", "2", "3"))


def is_latin(language: str, text: str) -> bool:
    """By the text itself, where it is in no language of another script."""
    if language in ("ko", "ja", "zh-hans", "zh-hant"):
        return False
    letters = [character for character in text if character.isalpha()]
    return sum(letter.isascii() for letter in letters) * 2 > len(letters)


def names(text: str) -> Iterator[str]:
    """Words with a capital or a digit within, and capital ones that do not begin a sentence."""
    for sentence in (piece for line in text.splitlines() for piece in SENTENCE.split(line)):
        for found in WORD.finditer(sentence):
            word = found[0]
            has_mark = any(character.isupper() or character.isdigit() for character in word[1:])
            if has_mark or (word[0].isupper() and found.start() > 0):
                yield word


def coined(paper: Paper) -> Iterator[str]:
    """What a paper calls its own: before the colon of its title, after “we propose”, or short and
    in parentheses."""
    before, colon, _after = paper.title.partition(":")
    if colon and len(before.split()) <= 4:
        yield from before.split() if len(before.split()) <= 2 else [before]
    yield from PRESENTS.findall(paper.abstract)
    for name in PARENTHESES.findall(paper.abstract):
        if not COMMON.fullmatch(name):
            yield name


def squeezed(text: str) -> str:
    """Its letters and digits alone, in small letters."""
    return "".join(letter for letter in normalize("NFKC", text).casefold() if letter.isalnum())


def pieces(word: str) -> Iterable[str]:
    return [part for part in re.split(r"[^a-z0-9]+", word) if part]


def stem(word: str) -> str:
    """Near enough: its first letters, without the ending of a plural or a verb."""
    return ENDINGS.sub("", word)


def plain_number(number: str) -> str:
    """Without separators of thousands, and zeros that say nothing."""
    plain = re.sub(r",(?=\d{3}(?:\D|$))", "", number).rstrip(".,")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
