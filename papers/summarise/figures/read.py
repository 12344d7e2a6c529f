"""Reading numbers: digits and words, of the West and of the East, each with all it may mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from math import inf
from typing import NamedTuple

from papers.summarise.figures.pattern import BETWEEN, DIGITS, EASTERN, IN_A_NAME, NUMBER
from papers.summarise.figures.plain import plain
from papers.summarise.figures.scales import (
    AMBIGUOUS,
    COUNTED,
    DECIMAL_COMMA,
    EAST,
    ENGLISH,
    INSTEAD,
    LETTERS,
    SCALES,
    SPELT,
    WORDS,
)

NEAR = 6  # characters between the two numbers of a range
WIDEST = 16  # 4K and 16K are pictures, 28K is a count
LONGEST = 30  # characters; what is longer is no number that anybody reads
ENGLISH_DIGITS = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?|\.\d+")
CONTINENTAL_DIGITS = re.compile(r"\d+(?:\.\d{3})*(?:,\d+)?")
EASTERN_PIECES = re.compile(rf"{DIGITS}|{EASTERN}")
UNIT_AHEAD = re.compile(r"\s?(?:%|percent|×|x(?![a-z])|times|-?fold)")
YEAR = re.compile(r"(?:19|20)\d\d|2100")
LEFT_OVER = "$} "  # of LaTeX, behind a number


class Number(NamedTuple):
    """`text` stands from `start` to `end`; `values` is what it may mean, the likeliest first."""

    values: tuple[float, ...]
    is_percent: bool = False
    is_times: bool = False
    is_in_name: bool = False  # LLaMA-70B
    is_bare: bool = False  # nothing but a few digits: it may count things, or number them
    is_eastern: bool = False
    scale: float = 1.0
    step: float = inf  # how finely it is told: 156k to thousands, 23.09 to hundredths
    text: str = ""
    start: int = 0
    end: int = 0


def numbers(text: str, language: str = "en") -> list[Number]:
    """What a summary states, in order; digits that belong to a name (GPT-4) are none."""
    return lent(text, list(read(text, language, is_source=False)))


def source_numbers(text: str) -> list[Number]:
    """What a source, in English, gives to rest on: also in names, and in words like “half”."""
    return lent(text, list(read(text, "en", is_source=True)))


def read(text: str, language: str, *, is_source: bool) -> Iterator[Number]:
    seen = plain(text)
    for found in NUMBER.finditer(seen.text):
        for start, end, number in readings(found, language[:2].lower(), is_source=is_source):
            first, last = seen.place(start), seen.place(end)
            said = text[first:last].rstrip(LEFT_OVER)
            yield number._replace(text=said, start=first, end=first + len(said))


def readings(
    found: re.Match[str], language: str, *, is_source: bool
) -> Iterator[tuple[int, int, Number]]:
    if found["name"]:
        if is_source:
            yield from in_a_name(found)
        return
    if len(found[0]) > LONGEST * 2 or (found["word"] and not is_source):
        return
    kind = next(kind for kind in READERS if found[kind])
    if number := READERS[kind](found, language):
        yield found.start(), found.end(), number


def in_a_name(found: re.Match[str]) -> Iterator[tuple[int, int, Number]]:
    for inner in IN_A_NAME.finditer(found[0]):
        if len(inner[1]) <= LONGEST:
            value = float(inner[1])
            scale = LETTERS.get(inner[2], 1.0)
            values = (value * scale, value) if inner[2] else (value,)
            at = found.start()
            is_in_name = not UNIT_AHEAD.match(found.string, at + inner.end())
            number = Number(values, is_in_name=is_in_name, step=step_of(inner[1]) * scale)
            yield at + inner.start(), at + inner.end(), number


def of_words(found: re.Match[str], language: str) -> Number | None:
    words = re.findall("[a-z]+", found["words"].lower())
    return Number((added_up([WORDS[word] for word in words if word in WORDS]),), is_bare=True)


def of_halves(found: re.Match[str], language: str) -> Number | None:
    """Half a million, one and a half billion, two and a half."""
    whole = WORDS[found["whole"].lower()] if found["whole"] else 0
    scale = ENGLISH[found["of"].lower()] if found["of"] else 1.0
    return Number(((whole + 0.5) * scale,), scale=scale)


def added_up(values: list[float]) -> float:
    """Two hundred and five thousand: what is small is multiplied by what is large behind it."""
    total = section = 0.0
    for value in values:
        if value == 100:
            section = (section or 1) * value
        elif value >= 1000:
            total, section = total + (section or 1) * value, 0.0
        else:
            section += value
    return total + section


def of_word(found: re.Match[str], language: str) -> Number | None:
    values = INSTEAD.get(found["word"].lower())
    return Number(values) if values else None


def of_eastern(found: re.Match[str], language: str) -> Number | None:
    """1억 2천 5백만: up to a thousand units add up, and 만, 억 and 조 multiply what is before."""
    total = section = held = 0.0
    units = []
    for piece in EASTERN_PIECES.findall(found[0]):
        if piece not in EAST:
            held = float(piece.replace(",", "")) if ENGLISH_DIGITS.fullmatch(piece) else 0.0
            continue
        units.append(unit := EAST[piece])
        if unit < 1e4:
            section += (held or 1) * unit
        else:
            total, section = total + ((section + held) or 1) * unit, 0.0
        held = 0.0
    number = Number((total + section + held,), is_eastern=True)
    if len(units) > 1 or held:
        return number
    digits = EASTERN_PIECES.findall(found[0])[0]
    step = step_of(digits) * units[0] if digits[0].isdigit() else inf
    return number._replace(scale=units[0], step=step)


def of_spelt(found: re.Match[str], language: str) -> Number | None:
    """삼백만, 이십오: digits in letters stand before their units."""
    total = section = held = 0.0
    for sign in found["spelt"].replace(" ", ""):
        if sign in SPELT:
            held = SPELT[sign]
        elif (unit := EAST[sign]) < 1e4:
            section, held = section + (held or 1) * unit, 0.0
        else:
            total, section, held = total + ((section + held) or 1) * unit, 0.0, 0.0
    return Number((total + section + held,), is_eastern=True)


def of_half(found: re.Match[str], language: str) -> Number | None:
    return Number(INSTEAD["half"])


def of_counted(found: re.Match[str], language: str) -> Number | None:
    return Number((COUNTED[found["counted"]],), is_bare=True)


def of_digits(found: re.Match[str], language: str) -> Number | None:
    digits, values = found["digits"], meanings(found["digits"], language)
    if not values:
        return None
    scale = scale_of(found, language)
    scaled = tuple(value * scale for value in values)
    if found["letter"] in AMBIGUOUS and values[0] <= WIDEST:
        scaled += values
    if found["own_exponent"]:
        scaled = (*(power(value, int(found["own_exponent"])) for value in values), *values)
    has_unit = found["percent"] or found["times"] or scale != 1 or "." in digits
    is_exact = found["percent"] or (not has_unit and YEAR.fullmatch(digits))
    step = step_of_the_last(digits) if is_exact else step_of(digits) * scale
    if found["percent"] and values[0] == 100:
        step = 0.0  # nearly all is not all
    return Number(
        scaled,
        is_percent=bool(found["percent"]),
        is_times=bool(found["times"]),
        is_bare=not has_unit,
        scale=scale,
        step=step,
    )


def step_of(digits: str) -> float:
    """The worth of the last digit that says something: 0.01 of 23.09, 1000 of 156,000."""
    whole, point, _rest = digits.replace(",", "").partition(".")
    if point:
        return step_of_the_last(digits)
    return 10.0 ** (len(whole) - len(whole.rstrip("0")))


def step_of_the_last(digits: str) -> float:
    """The worth of the last digit, if it is a zero, too: nobody rounds 2018 to 2020."""
    return 10.0 ** -len(digits.partition(".")[2])


def power(value: float, exponent: int) -> float:
    """Of numbers that people write powers of."""
    return float(value**exponent) if 0 < value <= 1000 and abs(exponent) <= 40 else value


def scale_of(found: re.Match[str], language: str) -> float:
    if found["letter"]:
        return LETTERS[found["letter"]]
    if found["scale"]:
        word = found["scale"].lower()
        return SCALES.get(language, {}).get(word) or ENGLISH.get(word) or 1.0
    exponent = found["exponent"] or found["e"]
    return 10.0 ** int(exponent) if exponent else 1.0


def meanings(digits: str, language: str) -> tuple[float, ...]:
    """1,500 is one number in English, and may be two in German; 1.2.3 is none."""
    if len(digits) > LONGEST:
        return ()
    found = [digits.replace(",", "")] if ENGLISH_DIGITS.fullmatch(digits) else []
    if language in DECIMAL_COMMA and CONTINENTAL_DIGITS.fullmatch(digits):
        found.insert(0, digits.replace(".", "").replace(",", "."))
    elif not found and digits.count(",") == 1 and "." not in digits:
        found = [digits.replace(",", ".")]
    return tuple(dict.fromkeys(map(float, found)))


READERS = {
    "halves": of_halves,
    "words": of_words,
    "word": of_word,
    "eastern": of_eastern,
    "bare_eastern": of_eastern,
    "spelt": of_spelt,
    "counted": of_counted,
    "half": of_half,
    "digits": of_digits,
}


def lent(text: str, found: list[Number]) -> list[Number]:
    """1–3 billion, 5 to 10 %: the first may have the second's scale and per cent, too."""
    for n, (first, second) in enumerate(pairwise(found)):
        between = text[first.end : second.start]
        if len(between) > NEAR or not BETWEEN.fullmatch(between):
            continue
        if first.scale == 1 and second.scale != 1:
            scaled = tuple(value * second.scale for value in first.values)
            found[n] = first._replace(values=(*first.values, *scaled), is_bare=False)
        if second.is_percent and not first.is_percent:
            found[n] = found[n]._replace(is_percent=True, is_bare=False)
    return found
