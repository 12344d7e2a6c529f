"""Values that a program printed where prose was meant: `{'Speed': 'It is fast.'}`."""

import ast
import re
from collections.abc import Iterable

from newsletter.documents.folding import one_line

ESCAPE = r"\\(?:['\"\\nrt]|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})"
STRING = re.compile(rf"'(?:[^'\\]|{ESCAPE})*'|\"(?:[^\"\\]|{ESCAPE})*\"")
BETWEEN_STRINGS = re.compile(r"[\[\]{},:.\d\s-]*")
MAX_DEPTH = 4


def printed_value(text: str) -> list[object] | dict[object, object] | None:
    """The list or dict that a text is the print of; None when it is anything else.

    The text is evaluated only when it is made of strings, numbers and brackets alone, with at
    least one string in it and brackets at most `MAX_DEPTH` deep; and the value counts only when
    it has all the strings of the text: a key that stands there twice would lose one.
    """
    skeleton, string_count = STRING.subn("", text)
    if not text.startswith(("[", "{")) or not string_count or not is_value_shaped(skeleton):
        return None
    try:
        value = ast.literal_eval(text)
    except (ValueError, TypeError, SyntaxError):
        return None
    complete = isinstance(value, list | dict) and strings_in(value) == string_count
    return value if complete else None


def as_prose(text: str) -> str:
    """The text; or, if it is the print of a value, every word of it, in the order printed."""
    value = printed_value(text)
    return text if value is None else one_line(prose(value))


def prose(value: object) -> str:
    if isinstance(value, dict):
        return sentences(f"{key}: {prose(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return sentences(prose(inner) for inner in value)
    return str(value)


def is_value_shaped(skeleton: str) -> bool:
    return bool(BETWEEN_STRINGS.fullmatch(skeleton)) and depth(skeleton) <= MAX_DEPTH


def depth(skeleton: str) -> int:
    deepest = level = 0
    for sign in skeleton:
        level += (sign in "[{") - (sign in "]}")
        deepest = max(deepest, level)
    return deepest


def strings_in(value: object) -> int:
    if isinstance(value, dict):
        return sum(strings_in(key) + strings_in(inner) for key, inner in value.items())
    if isinstance(value, list):
        return sum(map(strings_in, value))
    return isinstance(value, str)


def sentences(parts: Iterable[str]) -> str:
    """Sentences follow each other; what does not end like one is parted by semicolons."""
    *before, last = [*parts] or [""]
    ended = (part if part.endswith((".", "!", "?")) else f"{part};" for part in before)
    return " ".join([*ended, last])
