"""Where papers are listed by date. A new source is one more file here and one more line below."""

from functools import cache

from django.utils.module_loading import import_string

from papers.sources.base import Source, SourceError
from papers.sources.categories import CATEGORIES

# With their labels, and by dotted path: who only wants to know the names loads no HTTP client.
SOURCES = {"huggingface": ("Hugging Face Daily Papers", "papers.sources.huggingface.HuggingFace")}
# Each category of arXiv is a source of its own: arxiv:cs.CL.
FAMILY = "arxiv"
ARXIV_CATEGORY = "papers.sources.arxiv_category.ArxivCategory"


def source(name: str) -> Source:
    """Raises SourceError for a name that is not registered."""
    if category := category_in(name):
        return made(ARXIV_CATEGORY, category)
    if name not in SOURCES:
        raise SourceError(f"there is no source named {name!r}; there is {known_sources()}")
    _label, path = SOURCES[name]
    return made(path)


def is_source(name: str) -> bool:
    return name in SOURCES or bool(category_in(name))


def category_in(name: str) -> str:
    """The category of arXiv that a source lists; blank for the other sources."""
    family, _, category = name.partition(":")
    return category if family == FAMILY and category in CATEGORIES else ""


def source_name(category: str) -> str:
    """Of a category of arXiv."""
    return f"{FAMILY}:{category}"


def known_sources() -> str:
    """For messages."""
    return ", ".join([*SOURCES, source_name("CATEGORY")])


@cache
def made(path: str, *about: str) -> Source:
    """One of each, with its pace and its connections."""
    one: Source = import_string(path)(*about)
    return one
