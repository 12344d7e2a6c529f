"""Text from strangers, made fit for a page, a mail header and a database column."""

import unicodedata
from urllib.parse import urlsplit

JOINERS = "\u200c\u200d"  # Persian words and joined emoji need them
UNSEEN = {"Cc", "Cf", "Cs"}  # control characters, bidi and zero-width marks, lone surrogates
LONGEST_URL = 1000  # characters, as the columns


def one_line(text: str, limit: int) -> str:
    """The text on one line of at most `limit` characters, in NFC, otherwise as it was typed.

    Line breaks of every kind and runs of blanks become one blank; characters that cannot be seen
    and could reorder the line, end a header or break a column are left out.
    """
    seen = "".join(character for character in text if may_stay(character))
    return unicodedata.normalize("NFC", " ".join(seen.split()))[:limit].rstrip()


def may_stay(character: str) -> bool:
    return (
        character.isprintable()
        or character.isspace()
        or character in JOINERS
        or unicodedata.category(character) not in UNSEEN
    )


def web_url(text: str) -> str:
    """The trimmed address if it is one that a browser may open, else blank."""
    url = text.strip()
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    may_be_opened = (
        parts.scheme in {"http", "https"}
        and parts.hostname
        and "@" not in parts.netloc  # a name before the host only ever misleads
        and url.isprintable()
        and " " not in url
        and len(url) <= LONGEST_URL
    )
    return url if may_be_opened else ""
