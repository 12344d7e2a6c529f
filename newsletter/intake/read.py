"""A file as rows: its encoding, its delimiter, its heading; a part of it in memory at a time."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import BinaryIO

from django.utils.translation import gettext as _

from newsletter.intake.headings import columns
from newsletter.spreadsheet import meant, text_of

AT_ONCE = 2_000  # rows
LONGEST_LINE = 1_000_000  # characters
DELIMITERS = ",;\t"
ENCODINGS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
# How the files of spreadsheet programs begin: a ZIP archive, and what Excel wrote before 2007.
SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class BadFile(ValueError):
    """A file that is no list of readers; the message says why."""


@dataclass(frozen=True)
class Row:
    """What stands in the columns that we know and that are not blank, by our names for them."""

    line: int
    cells: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Rejected:
    line: int
    reason: str


Piece = list[Row | Rejected]


def as_csv(rejected: Iterable[Rejected]) -> Iterator[str]:
    """The file of rejected rows, a heading first."""
    yield text_of([["line", "reason"]])
    for each in rejected:
        yield text_of([[each.line, each.reason]])


def pieces(file: BinaryIO) -> Iterator[Piece]:
    """A few thousand rows each. Raises BadFile, also in the middle: the rest cannot be read."""
    rows = read(file)
    while piece := list(islice(rows, AT_ONCE)):
        yield piece


def read(file: BinaryIO) -> Iterator[Row | Rejected]:
    """CSV with a heading; commas, semicolons or tabs between; UTF-8, or UTF-16 with its mark."""
    with closing(lines(file)) as numbered:
        heading, delimiter, skipped = next(numbered, ""), "", 1
        if heading.startswith("sep="):  # for Excel
            heading, delimiter, skipped = next(numbered, ""), heading[4:5], 2
        delimiter = delimiter or max(DELIMITERS, key=heading.count)
        names = named(next(csv.reader([heading], delimiter=delimiter), []))
        reader = csv.reader(numbered, delimiter=delimiter)
        while True:
            line = reader.line_num + skipped + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Rejected(line, str(error))
                continue
            if any(cells):
                yield Row(line, known(names, cells))


def named(heading: list[str]) -> list[str]:
    names = columns(heading)
    if "email" not in names:
        there_is = ", ".join(name.strip().lower() for name in heading)[:200] or _("nothing")
        raise BadFile(_("No column is called email; there is: %(names)s.") % {"names": there_is})
    return names


def known(names: list[str], cells: list[str]) -> dict[str, str]:
    """The first cell that is not blank counts, where several columns mean the same."""
    row: dict[str, str] = {}
    for name, cell in zip(names, cells, strict=False):
        if name and (text := meant(cell).strip()):
            row.setdefault(name, text)
    return row


def lines(file: BinaryIO) -> Generator[str]:
    start = file.read(4)
    file.seek(0)
    if start.startswith(SPREADSHEETS):
        raise BadFile(_("This is a spreadsheet, not CSV. Save it as “CSV UTF-8”."))
    encoding = next((name for mark, name in ENCODINGS.items() if start.startswith(mark)), "utf-8")
    text = io.TextIOWrapper(file, encoding, newline="")
    try:
        for number, line in enumerate(iter(partial(text.readline, LONGEST_LINE), ""), start=1):
            if len(line) == LONGEST_LINE:
                raise BadFile(_("Line %(line)s has no end.") % {"line": number})
            yield line.removeprefix("\ufeff") if number == 1 else line
    except UnicodeDecodeError as error:
        raise BadFile(_("It is not UTF-8. Save it as “CSV UTF-8”.")) from error
    finally:
        text.detach()  # the file is its owner's to close
