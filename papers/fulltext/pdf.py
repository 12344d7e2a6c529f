"""A paper's PDF in sections, as far as its lines tell where they begin."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from papers.fulltext.document import LONGEST_HEADING, Document, Section, Unusable
from papers.sources.text import may_stay, one_line

READER = Path(__file__).with_name("pdf_reader.py")
SECONDS = 30  # for the whole process

NUMBERED = re.compile(r"(?P<number>\d{1,2}|[IVX]{1,5})[.:]?\s+(?P<words>[A-Z][^.!?]{2,90})")
WELL_KNOWN = re.compile(
    r"(?:abstract|introduction|related works?|background|methods?|methodology|approach|experiments?"
    r"|results?|evaluation|discussion|conclusions?|limitations|references|bibliography"
    r"|acknowledge?ments?|appendix|appendices|supplementary materials?)[.:]?",
    re.IGNORECASE,
)
THE_END = re.compile(r"references|bibliography", re.IGNORECASE)
HYPHEN = re.compile(r"(?<=[a-z])-\n(?=[a-z])")
ROMAN = {"I": 1, "V": 5, "X": 10}


def can_be_read() -> bool:
    """Whether what reads PDFs is installed."""
    return find_spec("pypdf") is not None


def document_in(body: bytes, paper_id: str) -> Document:
    """Raises Unusable: also for a file that takes too long or too much, or is none."""
    if not body.lstrip()[:5] == b"%PDF-":
        raise Unusable("it is no PDF")
    text = text_in(body)
    told = re.search(rf"arXiv:{re.escape(paper_id)}v([1-9]\d{{0,2}})\b", text)
    sections = list(sections_in(text.replace("\f", "\n")))
    return Document(text, sections, int(told[1]) if told else 0)


def text_in(body: bytes) -> str:
    command = [sys.executable, "-I", str(READER)]
    try:
        done = subprocess.run(
            command, input=body, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Unusable(f"it was not read within {SECONDS} s") from error
    if done.returncode:
        complaint = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise Unusable(f"it cannot be read: {one_line(complaint, 200) or done.returncode}")
    text = "".join(filter(may_stay, done.stdout.decode("utf-8", "replace")))
    if not text.strip():
        raise Unusable("it has no text, only pictures")
    return text


def sections_in(text: str) -> Iterator[Section]:
    """Up to the references; what stands before the first heading is title, authors, abstract."""
    heading, lines, number = "", [], 0
    for line in text.splitlines():
        found = heading_in(line, number)
        if found is None:
            lines.append(line)
            continue
        if heading:
            yield Section(heading, paragraphs(lines))
        heading, number = found
        lines = []
        if THE_END.match(heading):
            return
    yield Section(heading, paragraphs(lines))


def heading_in(line: str, number: int) -> tuple[str, int] | None:
    """A heading and its number, where a line is one: numbers come in their order, as those of
    lists and tables do not."""
    line = one_line(line, LONGEST_HEADING)
    if WELL_KNOWN.fullmatch(line):
        return line.rstrip(".:").capitalize(), number
    found = NUMBERED.fullmatch(line)
    if found and value(found["number"]) == number + 1:
        return found["words"].strip(), number + 1
    return None


def value(number: str) -> int:
    if number.isdigit():
        return int(number)
    values = [ROMAN[letter] for letter in number]
    following = [*values[1:], 0]
    return sum(-a if a < b else a for a, b in zip(values, following, strict=True))


def paragraphs(lines: Sequence[str]) -> list[str]:
    """One, since a PDF's lines do not tell where one ends."""
    text = " ".join(HYPHEN.sub("", "\n".join(lines)).split())
    return [text] if text else []
