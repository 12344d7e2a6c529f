"""Names of people as they write them, whatever a catalogue made of the accents."""

import re
import unicodedata

from papers.sources.text import one_line

LONGEST_NAME = 200  # characters

ACCENTS = {
    "'": "\u0301",
    "`": "\u0300",
    "^": "\u0302",
    '"': "\u0308",
    "~": "\u0303",
    "=": "\u0304",
    ".": "\u0307",
    "u": "\u0306",
    "v": "\u030c",
    "H": "\u030b",
    "c": "\u0327",
    "d": "\u0323",
    "r": "\u030a",
    "k": "\u0328",
    "b": "\u0331",
}
LETTERS = {
    "ss": "ß",
    "ae": "æ",
    "AE": "Æ",
    "oe": "œ",
    "OE": "Œ",
    "aa": "å",
    "AA": "Å",
    "o": "ø",
    "O": "Ø",
    "l": "ł",
    "L": "Ł",
    "i": "ı",
    "j": "ȷ",
}
# \'e  \'{e}  {\'e}  \'\i  \c{c}  \v s: an accent that is a letter is parted from its base.
TEX_ACCENT = re.compile(r"""\\(?:(['`^"~=.])|([uvHcdrkb])(?=[\s{]))\s*\{?\\?(\w)\}?""")
TEX_LETTER = re.compile(r"\\(ss|ae|AE|oe|OE|aa|AA|o|O|l|L|i|j)(?![A-Za-z])(?:\{\}|\s(?=\w))?")


def person_name(text: str) -> str:
    """The name on one line, its TeX accents as the letters they stand for."""
    name = TEX_ACCENT.sub(accented, text)
    name = TEX_LETTER.sub(lambda letter: LETTERS[letter[1]], name)
    if name != text:
        name = name.replace("{", "").replace("}", "")
    return one_line(name, LONGEST_NAME)


def accented(found: re.Match[str]) -> str:
    letter = unicodedata.normalize("NFC", found[3] + ACCENTS[found[1] or found[2]])
    only_quoted = found[1] and len(letter) > 1  # O\'Brien: there is no such letter
    return f"{found[1]}{found[3]}" if only_quoted else letter


def once_encoded(text: str) -> str:
    """Text that was encoded as UTF-8 twice, read again: `WÃ¼bben` is Wübben. Else unchanged.

    Safe, because bytes that form valid UTF-8 beyond ASCII are never meant as Latin-1 letters: each
    such letter would stand before a sign like `¼` or a control character.
    """
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text
