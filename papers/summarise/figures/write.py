"""Writing a number as its neighbours are written: 20억 where 2억 stood, 25M where 2.5M stood."""

from __future__ import annotations

import re

from papers.summarise.figures.read import Number
from papers.summarise.figures.scales import HAN

DIGITS = re.compile(r"\d[\d.,]*")
KOREAN = [(10**12, "조"), (10**8, "억"), (10**4, "만")]


def written_like(number: Number, value: float) -> str:
    """The value in the number's own notation; blank where that cannot be told."""
    if number.is_eastern:
        return in_ten_thousands(value, number.text)
    digits = DIGITS.search(number.text)
    if not digits:
        return ""
    own = number.values[0] / number.scale
    scaled = own * (value / number.values[0])
    return number.text[: digits.start()] + readable(scaled, digits[0]) + number.text[digits.end() :]


def in_ten_thousands(value: float, text: str) -> str:
    """1억 2,500만, with the characters that the text has for them."""
    units = [(size, next((c for c in text if HAN.get(c) == size), sign)) for size, sign in KOREAN]
    if any(character in HAN for character in text):
        units = [(size, sign if sign in HAN else chinese(size)) for size, sign in units]
    rest, pieces = round(value), []
    for size, sign in units:
        count, rest = divmod(rest, size)
        if count:
            pieces.append(f"{count:,}{sign}")
    if rest or not pieces:
        pieces.append(f"{rest:,}")
    return " ".join(pieces)


def chinese(size: float) -> str:
    return next(sign for sign, value in HAN.items() if value == size)


def readable(value: float, like: str) -> str:
    """Without zeros that say nothing, with separators where it is long or the other had them."""
    rounded = f"{value:.10g}"
    plain = f"{float(rounded):,.6f}".rstrip("0").rstrip(".")
    return plain if abs(value) >= 10_000 or "," in like else plain.replace(",", "")
