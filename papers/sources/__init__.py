"""Where papers are listed by date. A new source is one more file here and one more line below."""

from functools import cache

from django.utils.module_loading import import_string

from papers.sources.base import Source, SourceError

# By dotted path: who only wants to know the names loads no HTTP client.
SOURCES = {"huggingface": "papers.sources.huggingface.HuggingFace"}


def source(name: str) -> Source:
    """Raises SourceError for a name that is not registered."""
    if name not in SOURCES:
        known = ", ".join(SOURCES)
        raise SourceError(f"there is no source named {name!r}; there is {known}")
    return made(SOURCES[name])


@cache
def made(path: str) -> Source:
    """One of each, with its pace and its connections."""
    one: Source = import_string(path)()
    return one
