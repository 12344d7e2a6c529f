"""Files of Markdown editions: bytes in, Documents out, and what was normalised on the way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from newsletter.documents.document import Document, DocumentEntry, DocumentError
from newsletter.documents.folding import unix_lines
from newsletter.documents.normalise import Line, Note, normalised
from newsletter.documents.parse import parse_editions
from newsletter.documents.write import write_markdown

MAX_BYTES = 10_000_000
MAX_LINE = 200_000  # characters: more than ten thousand authors
BOM = "\ufeff"


@dataclass(frozen=True)
class Reading:
    """What a file says, and a note for everything in it that was normalised."""

    documents: tuple[Document, ...]
    notes: tuple[Note, ...]


def read_editions(data: bytes) -> Reading:
    """The editions of a file, in its order. Without a note, writing them gives the same bytes.

    Raises DocumentError, naming the line, when the file is not made of editions.
    """
    text, notes = decoded(data)
    original = [Line(number, line) for number, line in enumerate(text.split("\n"), start=1)]
    refuse_huge(original)
    lines, line_notes = normalised(original)
    printed = parse_editions(lines)
    documents, merge_notes = merged(printed)
    notes += [*line_notes, *layout_notes(lines, printed), *merge_notes]
    return Reading(documents=tuple(documents), notes=tuple(notes))


def decoded(data: bytes) -> tuple[str, list[Note]]:
    """The text, without byte order mark and with Unix line ends."""
    if len(data) > MAX_BYTES:
        raise DocumentError(f"it has {len(data):,} bytes; an edition has at most {MAX_BYTES:,}")
    try:
        text = data.decode()
    except UnicodeDecodeError as bad:
        line = data.count(b"\n", 0, bad.start) + 1
        raise DocumentError(f"it is not UTF-8: byte {bad.object[bad.start]:#04x}", line) from bad
    unmarked = text.removeprefix(BOM)
    unix = unix_lines(unmarked)
    notes = [Note("the byte order mark left out", 1)] if unmarked != text else []
    notes += [Note("Windows line ends made Unix ones", 1)] if unix != unmarked else []
    return unix, notes


def refuse_huge(lines: Iterable[Line]) -> None:
    for line in lines:
        if len(line.text) > MAX_LINE:
            length = f"{len(line.text):,} characters"
            raise DocumentError(f"it has {length}; a line has at most {MAX_LINE:,}", line.number)


def layout_notes(lines: Sequence[Line], documents: Iterable[Document]) -> list[Note]:
    """What no rule has noted: blank lines, and lines in another order than ours."""
    written = "".join(map(write_markdown, documents)).split("\n")
    if written == [line.text for line in lines]:
        return []
    crowded = [
        Note("a blank line set before an entry", line.number)
        for before, line in pairwise(lines)
        if before.text and line.text.startswith("### ")
    ]
    printed = [line for line in lines if line.text]
    for line, ours in zip(printed, filter(None, written), strict=False):
        if line.text != ours:
            return [*crowded, Note("lines put into the order and form of the format", line.number)]
    return crowded or [Note("blank lines set as the format has them", lines[-1].number)]


def merged(documents: Iterable[Document]) -> tuple[list[Document], list[Note]]:
    """One edition a date: entries under a second heading of a date follow those of the first."""
    editions: dict[date, Document] = {}
    notes = []
    for document in documents:
        first = editions.get(document.date)
        if first:
            notes.append(Note("a second heading of the same date left out", document.line))
            document = replace(first, entries=first.entries + document.entries)
        entries, repeats = without_repeats(document.entries)
        notes += repeats
        editions[document.date] = replace(document, entries=entries)
    return [*editions.values()], notes


def without_repeats(
    entries: Iterable[DocumentEntry],
) -> tuple[tuple[DocumentEntry, ...], list[Note]]:
    """Each paper once. Raises DocumentError for a paper that is said two different things of."""
    kept: dict[str, DocumentEntry] = {}
    notes = []
    for entry in entries:
        first = kept.setdefault(entry.paper_id, entry)
        if first != entry:
            message = f"{entry.paper_id} stands on line {first.line} already, with other words"
            raise DocumentError(message, entry.line)
        if first is not entry:
            notes.append(Note("an entry that repeats an earlier one left out", entry.line))
    return tuple(kept.values()), notes
