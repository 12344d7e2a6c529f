"""What a number looks like, in one expression. Names are matched too, to be passed by."""

import re
from collections.abc import Iterable

from papers.summarise.figures.scales import COUNTED, EAST, ENGLISH, INSTEAD, SCALES, UNITS, WORDS


def any_of(words: Iterable[str]) -> str:
    """The longest first, in small letters and with a capital: faster than ignoring case."""
    ordered = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(each) for word in ordered for each in {word, word.capitalize()})


DIGITS = r"\d{1,3}(?:,\d{3})++(?:\.\d++)?+|\d++(?:[.,]\d++)*+"
EASTERN = "[" + "".join(EAST) + "]"
# A unit, and not the beginning of 백본, 만큼, 천체, 조건.
NO_UNIT = "백[본색분터]|만[큼족]|천[체장]|조[각건합정사직]"
UNIT = rf"(?:(?!{NO_UNIT}){EASTERN})"
# Numbers in letters: 삼백만, 십이, 이만; and not 구조, 만일, 사이. What may stand behind them.
DIGIT = "[일이삼사오육칠팔구]"
SMALL = rf"(?:{DIGIT}?천)?(?:{DIGIT}?백)?(?:{DIGIT}?십{DIGIT}?)?"
LARGE = rf"(?:{DIGIT}[만억]|{SMALL}(?<=[십백천일이삼사오육칠팔구])[만억]|{SMALL}(?<=[십백천])조)"
SPELT = rf"(?:{LARGE}\s?)*(?:{LARGE}|{SMALL}(?<=[십백천]{DIGIT})|{SMALL}(?<={DIGIT}[십백천]))"
ENDS = r"(?=[의를을가은는로와과도에씩이인당]|[^가-힣]|$)"
COUNTED_BY = (
    rf"(?:(?:개|명|편|배|단계|종|건|번|장|쌍|곳|년|회|대|시간|달러|언어){ENDS}|가지|이상|여"
)
COUNTED_BY += "|토큰|파라미터|매개변수|샘플|이미지|영상|비디오|문장|문서|단어|질문|데이터|픽셀)"
COUNTERS = "가지|개|명|편|배|단계|종|건|번|곳|차례|나라|쌍|언어|분야"
LARGE_SCALES = [word for word in ENGLISH if len(word) > 2]  # written out
SCALE_WORDS = {word for scales in (ENGLISH, *SCALES.values()) for word in scales}

NUMBER = re.compile(
    rf"""
    (?<![A-Za-z])(?=[A-Za-z])
    (?: (?P<name>[A-Za-z]++(?:[-_.'’]?\d[A-Za-z0-9]*+(?:[-_.'’][A-Za-z0-9]++)*+)++)
      | (?P<halves>
          (?:(?P<whole>{any_of(UNITS.split())})\sand\sa\s)?
          [Hh]alf(?:(?:\sa)?[\s-](?P<of>{any_of(LARGE_SCALES)})|(?<=and\sa\shalf))
        )(?![a-z])
      | (?P<words>
          (?:[Aa]\s)?(?:{any_of(WORDS)})
          (?:(?:\s(?:and\s)?|-)(?:{any_of(WORDS)})(?![a-z]))*+
        )(?=fold|[^A-Za-z]|$)
      | (?P<word>{any_of(INSTEAD)})(?![A-Za-z])
    )
  | (?=[\d.])
    (?: (?P<eastern>
          (?:{DIGITS})\s?{UNIT}
          (?:\s?(?:(?:{DIGITS})\s?)?{UNIT})*+
          (?:\s?\d,?\d{{3}}(?![\d.%,]))?+
        )
      | (?P<digits>{DIGITS}|\.\d++)
        (?: \s?(?:[×x*·]|times)\s?10\^(?P<exponent>-?\d{{1,2}})(?!\d)
          | \^(?P<own_exponent>-?\d{{1,2}})(?!\d)
          | e(?P<e>[-+]?\d{{1,2}})(?![A-Za-z\d])
          | -?(?P<letter>[KkMmBbT])(?![A-Za-z])
          | [\s-]?(?P<scale>{any_of(SCALE_WORDS)})(?![A-Za-zа-яі])
        )?+
        (?P<percent>\s?(?:%|percent\b|퍼센트|프로(?![가-힣])|Prozent\b|por\sciento\b))?+
        (?P<times>\s?(?:배|倍|x(?![A-Za-z0-9])|×(?!\s?\d)|-?fold\b|times\b))?+
    )
  | (?=[가-힣])(?<![가-힣])
    (?: (?P<spelt>{SPELT})(?=\s?{COUNTED_BY})
      | (?P<bare_eastern>[백천만](?=\s))(?=\s?(?:{COUNTERS}|이상|여))
      | (?P<counted>{any_of(COUNTED)})(?=\s?(?:{COUNTERS}))
      | (?P<half>절반)(?!\s?(?:이상|이하|미만|가까|정도|수준|넘|씩))
    )
    """,
    re.VERBOSE,
)
IN_A_NAME = re.compile(r"(\d+(?:\.\d+)?)([KMBT]?)")
BETWEEN = re.compile(r"\s?(?:[-~∼～/]|to|and|bis|에서|부터|a|à)\s?")
