"""What a source knows: whether a name that a summary gives stands in it, in whatever form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from unicodedata import normalize

from papers.summarise.source import SourceText
from papers.summarise.words import COMMON, WORD, pieces, squeezed, stem

PARENTHESES = re.compile(r"\(([A-Z][\w-]{1,15})\)")
PRESENTS = re.compile(
    r"\b(?:propos|introduc|present|develop|releas)\w{0,9}\s+(?:\w{1,30}\s){0,2}?"
    r"([A-Z][\w-]{0,40}[A-Z0-9][\w-]{0,40})"
)
JOINTS = str.maketrans(dict.fromkeys("-'’.+", " "))  # within a word
HEAD = 4_000  # characters in which a paper names what is its own


class Known:
    """A source ready to be asked often."""

    def __init__(self, title: str, text: str) -> None:
        whole = f"{title}\n{text}"
        self.letters = squeezed(whole)
        words = (
            " ".join(WORD.findall(normalize("NFKC", whole))).casefold().translate(JOINTS).split()
        )
        self.stems = set(map(stem, set(words)))
        self.initials = "".join([word[0] for word in words if word[0].isalpha()])
        self.own_names = list(dict.fromkeys(own_names(title, text[:HEAD])))

    def knows(self, term: str) -> bool:
        """By its letters, by the stems of its words, or as initials of words in a row."""
        if squeezed(term) in self.letters:
            return True
        if all(stem(piece) in self.stems for piece in pieces(term)):
            return True
        initials = term.rstrip("s")
        return initials.isupper() and len(initials) > 1 and initials.casefold() in self.initials


@lru_cache(maxsize=64)
def kept(title: str, text: str) -> Known:
    """For the paper's other languages, and the next try."""
    return Known(title, text)


def known(source: SourceText) -> Known:
    return kept(source.title, source.text)


def own_names(title: str, text: str) -> Iterator[str]:
    """What a paper calls its own: before the colon of its title, after “we propose”, or short and
    in parentheses."""
    before, colon, _after = title.partition(":")
    words = before.split()
    of_title = words if len(words) <= 2 else [before]
    candidates = [
        *(of_title if colon and len(words) <= 4 else []),
        *PRESENTS.findall(text),
        *PARENTHESES.findall(text),
    ]
    yield from (name for name in candidates if not COMMON.fullmatch(name))
