"""The letters that a text is written in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from papers.models import Verdict
from papers.summarise.draft import Draft
from papers.summarise.finding import Finding
from papers.summarise.source import SourceText

HANGUL = r"\uac00-\ud7a3\u1100-\u11ff\u3130-\u318f"
HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
KANA = r"\u3041-\u30fa\u30fd-\u30ff\u31f0-\u31ff"
CYRILLIC, HEBREW = r"\u0400-\u052f", r"\u05d0-\u05f4"
ARABIC = r"\u0620-\u064a\u0660-\u06d3\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc"
THAI, DEVANAGARI = r"\u0e01-\u0e7f", r"\u0900-\u097f"
GREEK = r"\u0370-\u03ff\u1f00-\u1fff"
OTHERS = r"\u0530-\u058f\u0980-\u0dff\u0e80-\u0fff\u1000-\u10ff\u1200-\u137f\u1780-\u17ff"
LATIN = r"A-Za-z\u00c0-\u024f\u1e00-\u1eff"
OWN: Mapping[str, str] = {
    "ko": HANGUL,
    "zh": HAN,
    "ja": HAN + KANA,
    "ru": CYRILLIC,
    "uk": CYRILLIC,
    "ar": ARABIC,
    "he": HEBREW,
    "th": THAI,
    "hi": DEVANAGARI,
    "el": GREEK,
}
FOREIGN = [HANGUL, HAN, KANA, CYRILLIC, ARABIC, HEBREW, THAI, DEVANAGARI, OTHERS]
FEWEST = {"ko": 0.45, "zh": 0.45, "ja": 0.45}
FEWEST_LATIN = 0.9  # in other languages; also of Cyrillic and the like, names are Latin
FEWEST_OTHER = 0.45
ENOUGH = 20  # letters
MOST = 5  # words that are told
IN_PARENTHESES = re.compile(r"\([^()]{0,200}\)|（[^（）]{0,200}）")


def check(draft: Draft, source: SourceText) -> Iterator[Finding]:
    """Another language than was asked for: under 45 % of the letters outside parentheses are
    Korean (of a Latin language, under 90 % Latin); and a word in a foreign script that the source
    does not have (BLOCK both).

    Measured: none of 197 Korean entries; one of 602 English sentences, and rightly (下游).
    """
    language = draft.language[:2].lower()
    text = "\n".join([draft.lead, *draft.parts.values()])
    own = OWN.get(language, LATIN)
    letters = [letter for letter in IN_PARENTHESES.sub("", text) if letter.isalpha()]
    mine = len(re.findall(f"[{own}]", "".join(letters)))
    fewest = FEWEST.get(language, FEWEST_OTHER if language in OWN else FEWEST_LATIN)
    if len(letters) >= ENOUGH and mine < fewest * len(letters):
        share = round(100 * mine / len(letters))
        yield Finding("language", Verdict.BLOCK, "language.other", {"percent": share})
    yield from foreign(text, own, source)


def foreign(text: str, own: str, source: SourceText) -> Iterator[Finding]:
    others = "".join(script for script in FOREIGN if script not in own)
    words = dict.fromkeys(re.findall(f"[{others}]+", text))
    unknown = [word for word in words if word not in source.text and word not in source.title]
    for word in unknown[:MOST]:
        yield Finding("script", Verdict.BLOCK, "script.foreign", {"word": word})
