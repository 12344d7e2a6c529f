"""Where papers are listed by date. A new source is one more file here and one more line below."""

from papers.sources.arxiv import Arxiv
from papers.sources.base import Source, SourceError
from papers.sources.huggingface import HuggingFace

SOURCES: dict[str, Source] = {"huggingface": HuggingFace()}
ARXIV = Arxiv()  # lists nothing for us; fills in what is missing


def source(name: str) -> Source:
    """Raises SourceError for a name that is not registered."""
    try:
        return SOURCES[name]
    except KeyError:
        known = ", ".join(SOURCES)
        raise SourceError(f"there is no source named {name!r}; there is {known}") from None
