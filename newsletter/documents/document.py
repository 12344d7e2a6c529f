"""An edition as a document says it: what is read from Markdown, and written as Markdown."""

from dataclasses import dataclass, field
from datetime import date

PARTS = {
    "What's New": "whats_new",
    "Technical Details": "technical_details",
    "Performance Highlights": "performance_highlights",
}


class DocumentError(Exception):
    """A file that cannot be read as an edition; the message begins with the line, if it has one."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(f"line {line}: {message}" if line else message)


@dataclass(frozen=True)
class Section:
    """A bullet: its label, blank where it has none, and its text, which may have lines."""

    label: str
    text: str


@dataclass(frozen=True)
class DocumentEntry:
    paper_id: str
    title: str
    note: str = ""
    image: str = ""
    lines: tuple[str, ...] = ()  # beyond the format (a video, a second picture), as they stand
    vote: str = ""  # a number, "-" where the document says that it is not known, or not printed
    authors: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    line: int = field(default=0, compare=False)

    @property
    def vote_count(self) -> int | None:
        return int(self.vote) if self.vote.isdecimal() else None


@dataclass(frozen=True)
class Document:
    name: str
    date: date
    intro: str = ""
    entries: tuple[DocumentEntry, ...] = ()
    line: int = field(default=0, compare=False)
