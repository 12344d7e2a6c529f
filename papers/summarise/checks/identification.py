"""Whether a stranger could find the paper by its summary alone."""

from __future__ import annotations

from collections.abc import Iterator

from papers.models import Verdict
from papers.summarise.checks.terms import HARDLY_ANY, Terms, listed, text_of
from papers.summarise.draft import Draft
from papers.summarise.finding import Finding
from papers.summarise.pool import Pool
from papers.summarise.source import SourceText

HEAD = 2_500  # characters, about its abstract: a whole text is like many summaries
SURE, DOUBTFUL = 1, 3  # ranks


def check(draft: Draft, source: SourceText, pool: Pool | None) -> Iterator[Finding]:
    """Other papers of these days fit the summary better than its own: BLOCK beyond the third place
    if it names too little of its paper, too; REVIEW at the second and beyond."""
    found = Terms(draft, source)
    words: dict[str, str | int] = {"names": listed(found.unknown)}
    if pool is None or not pool.is_enough:
        if of_another_by_its_names(found):
            yield Finding("identification", Verdict.BLOCK, "identification.names", words)
        return
    if not found.named:
        return
    rank = pool.rank(text_of(draft), source.title, source.text, source.text[:HEAD])
    words |= {"rank": rank}
    if rank > DOUBTFUL and found.is_strange:
        yield Finding("identification", Verdict.BLOCK, "identification.other", words)
    elif rank > DOUBTFUL and found.says_none_of_its_own:
        words = {"rank": rank, "own": listed(found.own_names)}
        yield Finding("identification", Verdict.BLOCK, "identification.own", words)
    elif rank > SURE:
        yield Finding("identification", Verdict.REVIEW, "identification.rank", {"rank": rank})


def of_another_by_its_names(found: Terms) -> bool:
    """Without other papers to compare with: hardly anything that it names stands in its source."""
    if not found.is_enough:
        return False
    few = 0.35 if found.own_names else HARDLY_ANY
    return found.share < few and (found.says_none_of_its_own or not found.own_names)
