"""What a source of papers promises, in words that know no model and no mail."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


class SourceError(Exception):
    """The source answered, and the answer is no use: asking again gives the same.

    The message names the source, what was asked for and what came back.
    """


class SourceUnavailable(SourceError):
    """The source could not be reached or told us to wait: ask again later."""

    def __init__(self, message: str, *, wait_seconds: float | None = None) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds  # how long the source told us to wait, if it did


class UnknownPaper(SourceError):
    """The source knows no paper of that id."""


@dataclass(frozen=True)
class Author:
    name: str
    hidden: bool = False  # the source was asked not to show the name


@dataclass(frozen=True)
class PaperRecord:
    """A paper as a source tells it, text folded to single blanks. A blank field was not told."""

    canonical_id: str  # the arXiv id without its version: 2407.01370
    title: str
    authors: Sequence[Author]  # in the paper's order
    abstract: str = ""
    organisation: str = ""
    published_at: datetime | None = None
    withdrawn_at: datetime | None = None
    version: int | None = None  # arXiv's newest
    revised_at: datetime | None = None  # when that version came
    image_url: str = ""  # a picture of the paper, never of a person
    project_url: str = ""
    code_url: str = ""
    code_star_count: int | None = None
    keywords: Sequence[str] = ()
    categories: Sequence[str] = ()  # arXiv's, the primary one first
    ai_summary: str = ""  # the source's own one-line summary
    ai_summary_model: str = ""


@dataclass(frozen=True)
class ListingRecord:
    """A paper on the source's list of a date, as it stood when the source was asked."""

    paper: PaperRecord
    vote_count: int
    comment_count: int
    submitted_by: str = ""
    listed_at: datetime | None = None


@dataclass(frozen=True)
class Answer:
    """What a source said about a date, and a line for each thing in it that we could not read."""

    entry_count: int  # what the source sent, the unreadable and the repeated included
    listings: Sequence[ListingRecord]
    problems: Sequence[str] = ()


class Source(Protocol):
    """Somewhere papers are listed by date."""

    @property
    def name(self) -> str:
        """What its rows are marked with."""

    def hurried(self) -> "Source":
        """The same for somebody who waits: it gives up within seconds."""

    def today(self) -> date:
        """The newest date that the source may be asked for."""

    def fetch(self, day: date) -> Answer:
        """Everything listed on a day. Raises SourceError, or SourceUnavailable: ask again later."""

    def read(self, body: bytes, *, label: str) -> Answer:
        """The same from a saved answer; `label` names it in messages. Raises SourceError."""


def canonical_id(text: str) -> str:
    """The one id of a paper: arXiv's, new style or old, without `arXiv:` and version.

    Blank when there is none in the text. https://info.arxiv.org/help/arxiv_identifier.html
    """
    found = ARXIV_ID.fullmatch(text.strip())
    return found["id"] if found else ""


ARXIV_ID = re.compile(
    r"(?i:arxiv:)?(?P<id>\d{4}\.\d{4,5}|[a-z-]{2,16}(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?", re.ASCII
)
