"""What a database can keep as text."""

from __future__ import annotations


def is_storable(text: str) -> bool:
    """PostgreSQL takes no NUL, and UTF-8 has no halves of pairs."""
    return not any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in text)
