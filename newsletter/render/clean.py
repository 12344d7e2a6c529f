"""Strangers' texts and addresses, made fit to print: titles, abstracts, editors' notes."""

import re
from urllib.parse import urlsplit

# C0 and C1 controls but for the line break, lone surrogates, and the marks that turn the reading
# direction of everything after them (Unicode TR 36, 3.3). One C1 character makes Gmail clip a mail.
UNPRINTABLE = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
LOOKS_LIKE_A_SLOT = re.compile(r"_+(UNSUBSCRIBE_URL|ADDRESS)_+")
BLANKS = re.compile("[ \u00a0]+")
LONGEST_URL = 900  # octets: a line of a mail holds 998


def clean(text: str) -> str:
    """The text without characters that break a page, and without anything that reads as a slot."""
    text = LOOKS_LIKE_A_SLOT.sub(r"\1", UNPRINTABLE.sub(" ", text))
    return BLANKS.sub(" ", text).strip()


def one_line(text: str) -> str:
    """The same without line breaks."""
    return " ".join(clean(text).split())


def shortened(text: str, length: int) -> str:
    """At most so many characters, cut between words where there are any."""
    if len(text) <= length:
        return text
    start = text[:length]
    whole_words, blank, _ = start.rpartition(" ")
    return (whole_words if blank else start[:-1]).rstrip(" ,.;:·") + "…"


def web_url(url: str, *, schemes: tuple[str, ...] = ("https", "http")) -> str:
    """The address if it is a link that we print, else nothing.

    A slot in it would hand the reader's address to whoever owns the link.
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    is_web = parts.scheme in schemes and bool(parts.hostname)
    is_plain = clean(url) == url and len(url.encode()) <= LONGEST_URL
    return url if is_web and is_plain else ""
