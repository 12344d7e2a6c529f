"""What inboxes show of a mail before it is opened, by how wide its words are.

A phone has room for a width, not for a number of letters: Hangul takes twice that of Latin. Widths
are in em, those of Latin Helvetica's (Adobe's metrics of the core 14 fonts); fonts on phones differ
from it by a few in a hundred.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from unicodedata import combining, east_asian_width

import regex
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# From the blank to the tilde, in thousandths of an em.
HELVETICA = (
    *(278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278),
    *(556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556),
    *(1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778),
    *(667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556),
    *(333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556),
    *(556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584),
)
WIDE, ELSE, ELLIPSIS = 1.0, 0.556, 1.0
PANGRAM = "The quick brown fox jumps over the lazy dog"  # what was measured with
MOST_SHARED = 0.8  # of the words of the shorter one


def width(text: str) -> float:
    """In em."""
    return sum(width_of(character) for character in text)


def width_of(character: str) -> float:
    place = ord(character) - 32
    if 0 <= place < len(HELVETICA):
        return HELVETICA[place] / 1000
    if combining(character) or character in "\u200b\u200c\u200d\ufe0f":
        return 0.0
    return WIDE if east_asian_width(character) in "FW" else ELSE


def measured(letter_count: int) -> float:
    """The width that holds so many letters of English."""
    return letter_count * width(PANGRAM) / len(PANGRAM)


@dataclass(frozen=True)
class Inbox:
    """A list of mails: how much of a subject and a preheader has room in it, in em."""

    label: str | Promise
    subject: float
    preheader: float
    says: str | Promise  # where it is from


INBOXES = (
    Inbox(
        "iPhone Mail",
        measured(48),
        measured(99),
        gettext_lazy("as measured on an iPhone 14: 48 and 99 letters of English"),
    ),
    Inbox(
        gettext_lazy("Gmail app"),
        measured(33),
        measured(33),
        gettext_lazy(
            "the shortest subject measured on a phone: 33 letters of English; "
            "the line below it is taken to be as long"
        ),
    ),
    Inbox(
        gettext_lazy("Naver Mail app"),
        20.0,
        22.0,
        gettext_lazy("estimated from the width of a phone: nobody publishes measures"),
    ),
)


@dataclass(frozen=True)
class Cut:
    """What is seen of a text, and whether that is all of it."""

    seen: str
    is_whole: bool


@dataclass(frozen=True)
class Line:
    """A mail in an inbox."""

    inbox: Inbox
    subject: Cut
    preheader: Cut


def lines(subject: str, preheader: str) -> Iterator[Line]:
    for inbox in INBOXES:
        yield Line(inbox, cut(subject, inbox.subject), cut(preheader, inbox.preheader))


def cut(text: str, room: float) -> Cut:
    """As many whole characters as have room, with the dots that stand for the rest."""
    if width(text) <= room:
        return Cut(text, is_whole=True)
    seen, left = "", room - ELLIPSIS
    for character in regex.findall(r"\X", text):
        left -= width(character)
        if left < 0:
            break
        seen += character
    return Cut(f"{seen.rstrip()}…", is_whole=False)


def warnings(subject: str, preheader: str) -> Iterator[str]:
    """What an editor would want to change, in sentences."""
    if says_the_same(subject, preheader):
        yield _("The preheader repeats the subject: it can say something more.")
    if all(not line.subject.is_whole for line in lines(subject, preheader)):
        yield _("No phone shows the whole subject: let it begin with what matters.")


def says_the_same(subject: str, preheader: str) -> bool:
    """Whether nearly all words of one stand in the other."""
    one, other = words_in(subject), words_in(preheader)
    shorter = min(len(one), len(other))
    return shorter > 0 and len(one & other) >= MOST_SHARED * shorter


def words_in(text: str) -> set[str]:
    return set(regex.findall(r"\w+", text.casefold()))
