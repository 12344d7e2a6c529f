"""What is left of markup."""

from __future__ import annotations

import re
from collections.abc import Iterator

from papers.models import Verdict
from papers.summarise.draft import Draft
from papers.summarise.finding import Finding
from papers.summarise.source import SourceText

LEFT = re.compile(
    r"</?[A-Za-z!][^<>\n]{0,80}>|<script\b"  # HTML
    r"|&(?:[a-z]{2,8}|#x?[0-9a-fA-F]{1,6});"
    r"|\*\*|(?<!_)__(?=\w)|```|^\#{1,6}\s"  # Markdown
    r"|\[[^\[\]\n]{1,100}\](?:\([^()\s]{1,200}\)|\[\w{0,20}\])"
    r"|(?<!\S)\*[^\s*][^*\n]{0,100}\*(?!\w)|`[^`\n]{1,100}`|^\|.*\|$"
    r"|\\[A-Za-z]{2,20}\b|(?<!\\)\\n"  # LaTeX, and a line's end that was written out
    r"|^[ \t]*+[{\[][ \t]*+\"|\"[ \t]?:[ \t]?\"|\{\{|\}\}"  # JSON, and what was to be filled in
    r"|\[/?INST\]|<\|[\w ]{1,30}\|>",
    re.MULTILINE,
)
MOST = 4


def check(draft: Draft, source: SourceText) -> Iterator[Finding]:
    """HTML, Markdown, LaTeX or JSON where plain words should stand, unless the source has the very
    same (REVIEW).

    Measured: one of 197 Korean entries.
    """
    text = "\n".join([draft.lead, *draft.parts.values()])
    left = dict.fromkeys(found.strip() for found in LEFT.findall(text))
    for found in list(left)[:MOST]:
        if found not in source.text and found not in source.title:
            yield Finding("markup", Verdict.REVIEW, "markup.left", {"markup": found})
