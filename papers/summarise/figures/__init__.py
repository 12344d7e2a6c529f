"""Figures: every number of a summary bound to its place in the source.

A number counts as supported when the source has it at all: one that stands there but belongs to
something else passes. `docs/summaries.md` says so.
"""

from papers.summarise.figures.ledger import MISSING, Figure, ledger

__all__ = ["MISSING", "Figure", "ledger"]
