"""Values that a program printed where prose was meant: `{'Speed': 'It is fast.'}`."""

import ast
import re
from collections.abc import Iterable

ESCAPE = r"\\(?:['\"\\nrt]|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})"
STRING = re.compile(rf"'(?:[^'\\]|{ESCAPE})*'|\"(?:[^\"\\]|{ESCAPE})*\"")
BETWEEN_STRINGS = re.compile(r"[\[\]{},:.\d\s-]*")
MAX_DEPTH = 4


def printed_value(text: str) -> list[object] | dict[object, object] | None:
    """The list or dict that a text is the print of; None when it is anything else.

    The text is evaluated only when it is made of strings, numbers and brackets alone, with at
    least one string in it and brackets at most `MAX_DEPTH` deep.
    """
    if not text.startswith(("[", "{")) or not is_value_shaped(text):
        return None
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return None
    return value if isinstance(value, list | dict) else None


def prose(value: object) -> str:
    """A printed value as text: every word of it, keys included, in the order printed."""
    if isinstance(value, dict):
        return sentences(f"{key}: {prose(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return sentences(prose(inner) for inner in value)
    return str(value)


def is_value_shaped(text: str) -> bool:
    skeleton, string_count = STRING.subn("", text)
    return bool(
        string_count and BETWEEN_STRINGS.fullmatch(skeleton) and depth(skeleton) <= MAX_DEPTH
    )


def depth(skeleton: str) -> int:
    deepest = level = 0
    for sign in skeleton:
        level += (sign in "[{") - (sign in "]}")
        deepest = max(deepest, level)
    return deepest


def sentences(parts: Iterable[str]) -> str:
    """Sentences follow each other; what does not end like one is parted by semicolons."""
    *before, last = [*parts] or [""]
    ended = (part if part.endswith((".", "!", "?")) else f"{part};" for part in before)
    return " ".join([*ended, last])
