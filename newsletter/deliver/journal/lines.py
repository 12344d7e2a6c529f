"""What a journal's lines say, and when they can be trusted.

A *start* line stands before the first octet of a message leaves, an *outcome* line when it is
known; each has a checksum. The first line names the slice and the place it was written in: the
boot of the machine and the inode of the file, or the run of the Redis server. A journal that is
torn or cut short, that is a copy, or that may have lost its end with the machine's power is not
*whole*: then everything without a noted outcome may have left.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache

from newsletter.outcome import Outcome, Result


class StillHeld(Exception):
    """The sender that writes this journal is alive."""


class Fenced(OSError):
    """Somebody took this journal over: its sender is held for dead, and must not go on."""


@dataclass
class Notes:
    """What a journal says of its slice."""

    started: set[int] = field(default_factory=set)
    results: dict[int, Result] = field(default_factory=dict)
    is_whole: bool = False  # whoever is not in `started` has surely not been sent to


def first_line(fence: int, place: str) -> bytes:
    return line(b'["slice",[%d,%b]]' % (fence, json.dumps(place).encode()))


def start_line(delivery_id: int) -> bytes:
    return line(b'["start",%d]' % delivery_id)


def outcome_line(delivery_id: int, result: Result) -> bytes:
    return line(b'["outcome",[%d,%b]]' % (delivery_id, told(result)))


@lru_cache  # most results are alike, and every mail has one
def told(result: Result) -> bytes:
    said = [result.outcome.value, result.code, result.message_id, result.is_suspect]
    return json.dumps(said).encode()


def line(text: bytes) -> bytes:
    return b"%08x %b\n" % (zlib.crc32(text), text)


def read(lines: Iterable[bytes], fence: int, place: str, count: int = 1) -> Notes:
    """What the intact lines say. Whole if all are intact, there are at least `count` of them, and
    the first one names this place; nothing if it names another slice, or none that can be told. A
    blank place is no place."""
    told = [parsed(each) for each in lines] or [None]
    first = told[0]
    if first is None or first[0] != "slice" or first[1][0] != fence:
        return Notes()
    is_here = bool(place) and first[1][1] == place
    notes = Notes(is_whole=is_here and len(told) >= count and None not in told)
    for each in told[1:]:
        if each is not None:
            note(notes, *each)
    return notes


def note(notes: Notes, kind: str, said: object) -> None:
    if kind == "start" and isinstance(said, int):
        notes.started.add(said)
    elif kind == "outcome" and isinstance(said, list):
        delivery_id, (outcome, code, message_id, is_suspect) = said
        notes.results[delivery_id] = Result(Outcome(outcome), code, message_id, is_suspect)


def parsed(text: bytes) -> list | None:  # type: ignore[type-arg]  # JSON: what it holds, its kind says
    """None when it is not what was written."""
    checksum, _, said = text.rstrip(b"\n").partition(b" ")
    with suppress(ValueError):
        if text.endswith(b"\n") and int(checksum, 16) == zlib.crc32(said):
            return list(json.loads(said))
    return None
