"""What a number looks like, in one expression: names and words are matched too, to be passed by."""

import re

from papers.summarise.figures.scales import COUNTED, EAST, ENGLISH, SCALES, WORDS

DIGITS = r"\d{1,3}(?:,\d{3})++(?:\.\d++)?+|\d++(?:[.,]\d++)*+"
EASTERN = "[" + "".join(EAST) + "]"
# A unit, and not the beginning of 백본, 만큼, 천체, 조건.
NO_UNIT = "백[본색분터]|만[큼족]|천[체장]|조[각건합정사직]"
UNIT = rf"(?:(?!{NO_UNIT}){EASTERN})"
COUNTERS = "가지|개|명|편|배|단계|종|건|번|곳|차례|나라|쌍|언어|분야"
COUNTED_WORD = "|".join(COUNTED)
WORD_NUMBER = "|".join(sorted(WORDS, key=len, reverse=True))
SCALE_WORDS = {word for scales in (ENGLISH, *SCALES.values()) for word in scales}
SCALE = "|".join(map(re.escape, sorted(SCALE_WORDS, key=len, reverse=True)))

NUMBER = re.compile(
    rf"""
    (?P<name>[A-Za-z]++(?:[-_.'’]?\d[A-Za-z0-9]*+(?:[-_.'’][A-Za-z0-9]++)*+)++)
  | (?<![A-Za-z])
    (?P<words>
      (?:[Aa]\s)?(?i:{WORD_NUMBER})
      (?:(?:\s(?:and\s)?|-)(?:{WORD_NUMBER})(?![a-z]))*+
    )(?=fold|[^A-Za-z]|$)
  | (?P<word>[A-Za-zÀ-ɏ]++)
  | (?P<eastern>
      (?:{DIGITS})\s?{UNIT}
      (?:\s?(?:(?:{DIGITS})\s?)?{UNIT})*+
      (?:\s?\d,?\d{{3}}(?![\d.%,]))?+
    )
  | (?<![가-힣])
    (?P<bare_eastern>[십백천][만억조]|[백천만](?=\s))(?=\s?(?:{COUNTERS}|이상|여))
  | (?<![가-힣])(?P<counted>{COUNTED_WORD})(?=\s?(?:{COUNTERS}))
  | (?P<digits>{DIGITS}|\.\d++)
    (?: \s?(?:[×x*·]|times)\s?10\^(?P<exponent>-?\d{{1,2}})(?!\d)
      | \^(?P<own_exponent>-?\d{{1,2}})(?!\d)
      | e(?P<e>[-+]?\d{{1,2}})(?![A-Za-z\d])
      | -?(?P<letter>[KkMmBbT])(?![A-Za-z])
      | [\s-]?(?P<scale>(?i:{SCALE}))(?![A-Za-z])
    )?+
    (?P<percent>\s?(?:%|percent\b|퍼센트|프로(?![가-힣])|Prozent\b|por\sciento\b))?+
    (?P<times>\s?(?:배|倍|x(?![A-Za-z0-9])|×(?!\s?\d)|-?fold\b|times\b))?+
    """,
    re.VERBOSE,
)
IN_A_NAME = re.compile(r"(\d+(?:\.\d+)?)([KMBT]?)")
BETWEEN = re.compile(r"\s?(?:[-~∼～/]|to|and|bis|에서|부터|a|à)\s?")
