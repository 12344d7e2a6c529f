"""The replies of a relay, out of the octets as they come (RFC 5321, 4.2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from newsletter.smtp.losses import OutOfStep

LINE = re.compile(rb"([2-5]\d\d)(?:([ -])(.*))?", re.DOTALL)
LONGEST_LINE = 4096  # octets; RFC 5321 has 512
MOST_LINES = 100


class Reply(NamedTuple):
    code: int
    text: bytes  # of all its lines, without the codes

    @property
    def is_positive(self) -> bool:
        return 200 <= self.code < 300


class ReplyReader:
    """Any split of the octets gives the same replies."""

    def __init__(self) -> None:
        self.rest = b""
        self.unread_count = 0
        self.lines: list[Reply] = []  # of a reply that goes on

    @property
    def is_drained(self) -> bool:
        """Whether nothing came after the newest reply."""
        return not (self.unread_count or self.rest or self.lines)

    def read(self, octets: bytes) -> Iterator[Reply]:
        """The replies that are whole with these octets. Raises OutOfStep at what is none."""
        *lines, self.rest = (self.rest + octets).split(b"\n")
        self.unread_count = len(lines)
        for line in lines:
            self.unread_count -= 1
            reply = self.add(line)
            if reply is not None:
                yield reply
        if len(self.rest) > LONGEST_LINE:
            raise OutOfStep("a reply that does not end")

    def add(self, line: bytes) -> Reply | None:
        """The reply that ends with this line, if one does."""
        reply, goes_on = read_line(line)
        if not (self.lines or goes_on):
            return reply
        if self.lines and reply.code != self.lines[0].code:
            raise OutOfStep("a reply with two codes")
        self.lines.append(reply)
        if goes_on:
            if len(self.lines) == MOST_LINES:
                raise OutOfStep("a reply that does not end")
            return None
        texts, self.lines = [each.text for each in self.lines], []
        return Reply(reply.code, b"\n".join(texts))


@lru_cache(256)  # a relay says the same few lines all the time
def read_line(line: bytes) -> tuple[Reply, bool]:
    """A line, and whether its reply goes on with the next."""
    parts = LINE.fullmatch(line.removesuffix(b"\r"))
    if parts is None or len(line) > LONGEST_LINE:
        raise OutOfStep("a reply that cannot be read")
    code, mark, text = parts.groups(b"")
    return Reply(int(code), text), mark == b"-"
