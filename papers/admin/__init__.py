"""What an editor sees of papers: as the sources tell them, and in words that may be rewritten."""

from papers.admin import papers, receipts, summaries

__all__ = ["papers", "receipts", "summaries"]
