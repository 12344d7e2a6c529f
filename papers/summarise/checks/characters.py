"""Characters that nobody sees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import category, name

from papers.models import Verdict
from papers.summarise.draft import Draft
from papers.summarise.finding import Finding

PRINTED = re.compile(r"[ -~가-힣\n]+")
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
ALLOWED = set("\n\t\r\u200c\u200d")  # joiners: Persian and emoji need them
# The sign of broken text, joiners and blanks of other categories, and line ends of their own.
UNSEEN_TOO = set("\ufffd\u034f\u115f\u1160\u2800\u3164\uffa0\u2028\u2029")
MOST = 5  # kinds that are told


def check(draft: Draft) -> Iterator[Finding]:
    """A character that cannot be seen and may turn the text around, hide words in it or break it:
    control and direction marks, lone surrogates, private ones, and the sign of broken text
    (REVIEW).

    Measured: none of 197 Korean entries and 602 English sentences.
    """
    rest = PRINTED.sub("", "".join([draft.lead, *draft.parts.values()]))
    odd = [each for each in dict.fromkeys(rest) if is_odd(each)]
    for each in odd[:MOST]:
        words: dict[str, str | int] = {"code": f"U+{ord(each):04X}", "name": name(each, "unnamed")}
        yield Finding("characters", Verdict.REVIEW, "characters.unseen", words)


def is_odd(character: str) -> bool:
    if character in ALLOWED:
        return False
    return character in UNSEEN_TOO or category(character) in UNSEEN
