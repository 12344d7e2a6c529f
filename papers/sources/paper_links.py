"""Which paper somebody means who typed an arXiv id, or copied the address of one of its pages."""

from urllib.parse import unquote, urlsplit

from papers.sources.base import canonical_id

# What stands before the id in the addresses of a host.
PAGES = {
    "arxiv.org": ("abs", "pdf", "html", "format", "e-print", "src"),
    "huggingface.co": ("papers",),
    "hf.co": ("papers",),
    "alphaxiv.org": ("abs", "pdf", "overview"),
    "ar5iv.labs.arxiv.org": ("abs", "html"),
    "ar5iv.org": ("abs", "html"),
    "doi.org": ("10.48550",),
}
MIRRORS = ("www.", "export.", "browse.", "dx.")


def paper_named(text: str) -> str:
    """The canonical id in an id or in a link to a page of the paper, whatever version it names.

    Blank when the text is neither.
    """
    return canonical_id(text) or id_in_link(text.strip())


def is_link(text: str) -> bool:
    """Whether somebody meant an address, of whatever."""
    return "://" in text or ("/" in text and "." in host_of(text.strip()))


def id_in_link(link: str) -> str:
    try:
        path = urlsplit(with_scheme(link)).path
    except ValueError:
        return ""
    page, _, rest = unquote(path).strip("/").partition("/")
    if page.lower() not in PAGES.get(host_of(link), ()):
        return ""
    if page == "10.48550" and rest.lower().startswith("arxiv."):
        rest = rest[len("arxiv.") :]
    return canonical_id(rest.removesuffix(".pdf"))


def host_of(link: str) -> str:
    """In lower case, without what only names a mirror; blank where there is none."""
    try:
        host = urlsplit(with_scheme(link)).hostname or ""
    except ValueError:
        return ""
    for mirror in MIRRORS:
        host = host.removeprefix(mirror)
    return "" if " " in host else host


def with_scheme(link: str) -> str:
    return link if "://" in link else f"https://{link}"
