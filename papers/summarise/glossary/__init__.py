"""Glossaries: in which words summaries of a language put the terms of their papers.

One table drives both what a writer is told and what is looked at afterwards. Ours lie beside this
module; an operator's own, in the folder GLOSSARY_DIR, add to them and win over them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from django.conf import settings

from papers.summarise.draft import Draft
from papers.summarise.finding import Finding
from papers.summarise.glossary.files import Term, folders_of, read_all, read_folder
from papers.summarise.source import SourceText

__all__ = ["check", "require_glossaries", "terms", "terms_in"]

ABSTRACTS_ARE_IN = "en"


def terms(language: str) -> Mapping[str, str]:
    """What to write for each term in a language: {"fine-tuning": "미세 조정"}. Empty for one
    that has no glossary."""
    return {term.term: term.write for term in glossary(language)}


def terms_in(text: str, language: str) -> Mapping[str, str]:
    """Those of them that a text uses."""
    return {term.term: term.write for term in glossary(language) if term.is_used_in(text)}


def check(draft: Draft, source: SourceText) -> Iterator[Finding]:
    """Finds terms of the source in words that the glossary avoids; one finding a term.

    A hint, unless its entry asks for a review. It catches what the glossary lists and nothing else:
    of 209 Korean entries that it was held against, 19 have an avoided word. 15 of these are
    mistranslations, in 3 it stands for another word, which the source tells, and 1 is a false alarm
    (더 큰 언어 모델, a larger one). What the source itself writes so, in the same language, is left
    to it.
    """
    said = "\n".join([draft.lead, *draft.parts.values()])
    read = f"{source.title}\n{source.text}"
    for term in glossary(draft.language):
        found = term.avoided_in(said)
        is_quoted = draft.language == ABSTRACTS_ARE_IN and found in read
        if found and not is_quoted and term.is_used_in(read):
            words = {"found": found, "term": term.term, "write": term.write}
            yield Finding("glossary", term.level, "glossary.avoided", words)


def glossary(language: str) -> tuple[Term, ...]:
    return merged(language, settings.GLOSSARY_DIR)


@cache
def merged(language: str, own_folder: str) -> tuple[Term, ...]:
    """Read once a process. A later table wins over an earlier one; without a word it takes the
    term out."""
    found: dict[str, Term] = {}
    for folder in folders_of(own_folder):
        found |= read_folder(folder, language)
    return tuple(term for term in found.values() if term.write)


def require_glossaries() -> None:
    """Raises ImproperlyConfigured with the file and the line that cannot be read. For the start of
    a process: what is read later has been read before."""
    for folder in folders_of(settings.GLOSSARY_DIR):
        read_all(folder)
