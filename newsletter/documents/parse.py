"""The lines of Markdown editions, read one by one: a format of its own, not Markdown at large.

    file     = edition+
    edition  = "## " NAME " (" YYYY-MM-DD ")"  quote*  entry+
    entry    = "### [" TITLE "](https://arxiv.org/abs/" ID ")"  quote*  fact*  section*
    quote    = "> " TEXT                      the introduction, or an editor's note
    fact     = "![](" ADDRESS ")"             the picture
             | "Vote: " (NUMBER | "-")
             | "Authors: " NAME (", " NAME)*  or a list in brackets and quotes, read exactly
             | TEXT                           anything else, kept as it stands
    section  = "- " ["**" LABEL "**: "] TEXT  ("  " TEXT)*

Blank lines part, and say nothing. Nothing is escaped: a line's first characters say what it is,
and the link of a title is the last thing on its line.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from newsletter.documents.authors import read_authors
from newsletter.documents.document import Document, DocumentEntry, DocumentError, Section
from newsletter.documents.folding import few_lines, one_line
from newsletter.documents.normalise import Line
from papers.sources.base import canonical_id

EDITION = re.compile(r"## (\S.*) \((\d{4}-\d\d-\d\d)\)")
ENTRY = re.compile(r"### \[(.*)\]\(https://arxiv\.org/abs/([^()]+)\)")
KINDS = {
    "quote": re.compile(r"> ?(.*)"),
    "picture": re.compile(r"!\[\]\((.*)\)"),
    "vote": re.compile(r"Vote:(.*)"),
    "authors": re.compile(r"Authors:(.*)"),
    "section": re.compile(r"- (.*)"),
}
LABELLED = re.compile(r"\*\*([^*\n]*[^*\s][^*\n]*)\*\*:(.*)", re.DOTALL)
YEARS = range(1991, 2200)  # arXiv began in 1991
LONGEST_TITLE = 1000  # characters
VOTES = re.compile(r"[0-9]{1,10}")
MAX_VOTES = 2_147_483_647  # what the column of the vote count holds


def parse_editions(lines: Iterable[Line]) -> list[Document]:
    """The editions on normalised lines. Raises DocumentError, naming the line."""
    before, editions = parted(lines, "## ")
    if before:
        message = f"an edition begins with '## NAME (YYYY-MM-DD)', not with {shown(before[0])}"
        raise DocumentError(message, before[0].number)
    if not editions:
        raise DocumentError("it is empty; an edition begins with '## NAME (YYYY-MM-DD)'", 1)
    return [parse_edition(*edition) for edition in editions]


def parted(lines: Iterable[Line], mark: str) -> tuple[list[Line], list[list[Line]]]:
    """What stands before the first line with a mark, and each such line with what follows it."""
    before: list[Line] = []
    blocks: list[list[Line]] = []
    for line in lines:
        if line.text.startswith(mark):
            blocks.append([line])
        elif line.text:
            (blocks[-1] if blocks else before).append(line)
    return before, blocks


def parse_edition(heading: Line, *lines: Line) -> Document:
    found = EDITION.fullmatch(heading.text)
    if not found:
        message = f"the heading of an edition is '## NAME (YYYY-MM-DD)', not {shown(heading)}"
        raise DocumentError(message, heading.number)
    intro, entries = parted(lines, "### ")
    if not entries:
        raise DocumentError(f"the edition of {found[2]} has no entries", heading.number)
    return Document(
        name=one_line(found[1]),
        date=parse_date(found[2], heading.number),
        intro=parse_intro(intro),
        entries=tuple(parse_entry(*entry) for entry in entries),
        line=heading.number,
    )


def parse_date(text: str, number: int) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError as bad:
        raise DocumentError(f"{text} is no date", number) from bad
    if found.year not in YEARS:
        years = f"{YEARS.start} to {YEARS.stop - 1}"
        raise DocumentError(f"the year of {text} is not from {years}", number)
    return found


def parse_intro(lines: list[Line]) -> str:
    quotes = [(line, KINDS["quote"].fullmatch(line.text)) for line in lines]
    for line, found in quotes:
        if not found:
            message = f"an introduction stands after '> '; this line has none: {shown(line)}"
            raise DocumentError(message, line.number)
    return few_lines("\n".join(found[1] for _, found in quotes if found))


def parse_entry(heading: Line, *lines: Line) -> DocumentEntry:
    found = ENTRY.fullmatch(heading.text)
    if not found or not canonical_id(found[2]):
        message = "the heading of an entry is '### [TITLE](https://arxiv.org/abs/ID)', not "
        raise DocumentError(message + shown(heading), heading.number)
    if len(found[1]) > LONGEST_TITLE:
        message = f"a title of {len(found[1]):,} characters; the longest may have {LONGEST_TITLE:,}"
        raise DocumentError(message, heading.number)
    kinds = sorted_lines(lines)
    return DocumentEntry(
        paper_id=canonical_id(found[2]),
        title=one_line(found[1]),
        note=few_lines("\n".join(line.text for line in kinds["quote"])),
        image=one_line(only(kinds["picture"]).text),
        lines=tuple(line.text for line in kinds["other"]),
        vote=parse_vote(only(kinds["vote"])),
        authors=tuple(read_authors(only(kinds["authors"]).text.strip())),
        sections=tuple(s for line in kinds["section"] if (s := parse_section(line.text)).text),
        line=heading.number,
    )


def sorted_lines(lines: Iterable[Line]) -> defaultdict[str, list[Line]]:
    """The lines of an entry by their kind, without the mark of the kind.

    A second picture is a line of no kind; after the first section, such lines continue the last.
    """
    kinds: defaultdict[str, list[Line]] = defaultdict(list)
    for line in lines:
        kind, text = kind_of(line.text)
        if kind == "picture" and kinds[kind]:
            kind, text = "other", line.text
        if kind == "other" and kinds["section"]:
            begun = kinds["section"].pop()
            kind, text = "section", f"{begun.text}\n{text.removeprefix('  ')}"
        kinds[kind].append(Line(line.number, text))
    return kinds


def kind_of(text: str) -> tuple[str, str]:
    for kind, pattern in KINDS.items():
        if found := pattern.fullmatch(text):
            return kind, found[1]
    return "other", text


def only(lines: list[Line]) -> Line:
    """The one line of its kind, or a blank one. Raises DocumentError at a second."""
    if len(lines) > 1:
        raise DocumentError("this entry says it twice; leave one of the two", lines[1].number)
    return lines[0] if lines else Line(0, "")


def parse_vote(line: Line) -> str:
    vote = line.text.strip()
    if vote == "-" or not line.number:
        return vote
    if not VOTES.fullmatch(vote) or int(vote) > MAX_VOTES:
        raise DocumentError(f"'Vote:' is followed by a number or '-', not by {vote!r}", line.number)
    return str(int(vote))


def parse_section(text: str) -> Section:
    found = LABELLED.fullmatch(text)
    if found:
        return Section(one_line(found[1]), few_lines(found[2]))
    return Section("", few_lines(text))


def shown(line: Line) -> str:
    return repr(line.text if len(line.text) <= 60 else f"{line.text[:60]}…")
