"""Names that the source does not know."""

from __future__ import annotations

import re
from collections.abc import Iterator

from papers.models import Verdict
from papers.summarise.checks.terms import Terms
from papers.summarise.draft import Draft
from papers.summarise.finding import Finding
from papers.summarise.source import SourceText

NAME = re.compile(r"(?=.*[A-Z].*[A-Z]|.*[A-Z].*\d|.*\d.*[A-Z])")


def check(draft: Draft, source: SourceText) -> Iterator[Finding]:
    """A name with two capitals, or a capital and a digit, that the source does not have (REVIEW,
    one for each).

    Measured: one of 602 English sentences; of Korean entries written from the full text and held
    against the abstract, two in three.
    """
    for name in Terms(draft, source).unknown:
        if NAME.match(name):
            yield Finding("names", Verdict.REVIEW, "names.unseen", {"name": name})
