"""What was published, where it was listed, and what we say of it."""

from papers.models.listings import Listing, Pull
from papers.models.papers import Paper, PaperQuerySet, stored_authors
from papers.models.receipts import Reading, Receipt
from papers.models.summaries import Revision, Summary, SummaryQuerySet, Verdict

__all__ = [
    "Listing",
    "Paper",
    "PaperQuerySet",
    "Pull",
    "Reading",
    "Receipt",
    "Revision",
    "Summary",
    "SummaryQuerySet",
    "Verdict",
    "stored_authors",
]
