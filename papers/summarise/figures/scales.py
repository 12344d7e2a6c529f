"""What numbers are called: scales, words for numbers, months."""

from __future__ import annotations

from collections.abc import Mapping

LETTERS = {"k": 1e3, "K": 1e3, "M": 1e6, "B": 1e9, "b": 1e9, "T": 1e12, "m": 1e6}
AMBIGUOUS = {"k", "K", "m"}  # 4K is a picture's width, too, and 10m are metres

ENGLISH = {
    "hundred": 1e2,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
    "mn": 1e6,
    "bn": 1e9,
}
# Where a billion is not ours, and where the point parts thousands.
SCALES: Mapping[str, Mapping[str, float]] = {
    "de": {
        "tausend": 1e3,
        "million": 1e6,
        "millionen": 1e6,
        "mio.": 1e6,
        "mio": 1e6,
        "milliarde": 1e9,
        "milliarden": 1e9,
        "mrd.": 1e9,
        "mrd": 1e9,
        "billion": 1e12,
        "billionen": 1e12,
    },
    "es": {
        "mil millones": 1e9,
        "mil": 1e3,
        "millón": 1e6,
        "millones": 1e6,
        "billón": 1e12,
        "billones": 1e12,
    },
    "fr": {
        "mille": 1e3,
        "million": 1e6,
        "millions": 1e6,
        "milliard": 1e9,
        "milliards": 1e9,
        "billion": 1e12,
        "billions": 1e12,
    },
    "pt": {"mil": 1e3, "milhão": 1e6, "milhões": 1e6, "bilhão": 1e9, "bilhões": 1e9},
    "ru": {
        **dict.fromkeys(["тысяча", "тысячи", "тысяч", "тыс.", "тыс"], 1e3),
        **dict.fromkeys(["миллион", "миллиона", "миллионов", "млн"], 1e6),
        **dict.fromkeys(["миллиард", "миллиарда", "миллиардов", "млрд"], 1e9),
        **dict.fromkeys(["триллион", "триллиона", "триллионов", "трлн"], 1e12),
    },
    "uk": {
        **dict.fromkeys(["тисяча", "тисячі", "тисяч", "тис.", "тис"], 1e3),
        **dict.fromkeys(["мільйон", "мільйони", "мільйонів", "млн"], 1e6),
        **dict.fromkeys(["мільярд", "мільярди", "мільярдів", "млрд"], 1e9),
        **dict.fromkeys(["трильйон", "трильйони", "трильйонів", "трлн"], 1e12),
    },
    "it": {"mila": 1e3, "milione": 1e6, "milioni": 1e6, "miliardo": 1e9, "miliardi": 1e9},
}
DECIMAL_COMMA = {*SCALES, "nl", "pl", "ru", "uk", "sv", "da", "no", "fi", "cs", "tr", "id", "vi"}

UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
UNITS += "fifteen sixteen seventeen eighteen nineteen"
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
WORDS = {word: float(n) for n, word in enumerate(UNITS.split())}
WORDS |= {word: 10.0 * n for n, word in enumerate(TENS.split(), start=2)}
WORDS |= {word: scale for word, scale in ENGLISH.items() if len(word) > 2}

# What a source may say instead of a number; a summary need not be held to it.
INSTEAD: Mapping[str, tuple[float, ...]] = {
    "half": (50, 0.5, 2),
    "halves": (50, 0.5, 2),
    "halved": (50, 0.5, 2),
    "halving": (50, 0.5, 2),
    "quarter": (25, 0.25, 4),
    "third": (3,),
    "thirds": (3,),
    "fourth": (4,),
    "fifth": (5, 20),
    "sixth": (6,),
    "seventh": (7,),
    "eighth": (8,),
    "ninth": (9,),
    "tenth": (10, 0.1),
    "hundredth": (100, 0.01),
    "thousandth": (1000,),
    "twice": (2,),
    "double": (2, 100),
    "doubles": (2, 100),
    "doubled": (2, 100),
    "doubling": (2, 100),
    "triple": (3,),
    "triples": (3,),
    "tripled": (3,),
    "tripling": (3,),
    "quadruple": (4,),
    "quadruples": (4,),
    "quadrupled": (4,),
    "quadrupling": (4,),
    "dozen": (12,),
    "hundreds": (100,),
    "thousands": (1e3,),
    "millions": (1e6,),
    "billions": (1e9,),
    "magnitude": (10,),
}
MONTHS = "january february march april may june july august september october november december"
INSTEAD = {**INSTEAD, **{month: (float(n),) for n, month in enumerate(MONTHS.split(), start=1)}}

KOREAN = {"십": 10.0, "백": 1e2, "천": 1e3, "만": 1e4, "억": 1e8, "조": 1e12}
HAN = {"十": 10.0, "百": 1e2, "千": 1e3, "万": 1e4, "萬": 1e4, "億": 1e8, "亿": 1e8, "兆": 1e12}
EAST = KOREAN | HAN
SPELT = {sign: float(n) for n, sign in enumerate("일이삼사오육칠팔구", start=1)}
ONES = {"한": 1.0, "두": 2.0, "세": 3.0, "네": 4.0, "다섯": 5.0, "여섯": 6.0, "일곱": 7.0}
ONES |= {"여덟": 8.0, "아홉": 9.0}
TENS_COUNTED = "열 스물 서른 마흔 쉰 예순 일흔 여든 아흔"
COUNTED = {word: n for word, n in ONES.items() if n > 3} | {"스무": 20.0}
for tens, name in enumerate(TENS_COUNTED.split(), start=1):
    COUNTED |= {name: 10.0 * tens} | {name + word: 10 * tens + n for word, n in ONES.items()}
