"""arXiv's HTML of a paper, as LaTeXML writes it, in sections."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree, html

from papers.fulltext.document import LONGEST_HEADING, Document, Section, Unusable
from papers.fulltext.maths import plain
from papers.sources.text import may_stay, one_line

LONGEST_PARAGRAPH = 20_000  # characters

# Beside the text: what is said elsewhere, or of others, or by nobody.
LEFT_OUT_TAGS = ["script", "style", "nav", "button", "svg", "table", "noscript", "template"]
LEFT_OUT = [
    *("ltx_bibliography", "ltx_appendix", "ltx_acknowledgements", "ltx_acknowledgement"),
    *("ltx_note", "ltx_ERROR", "ltx_tag", "ltx_eqn_eqno", "ltx_authors", "ltx_dates"),
    *("ltx_listing", "ltx_theindex", "ltx_TOC", "ltx_page_footer", "ltx_page_logo"),
]


def document_in(body: bytes, paper_id: str) -> Document:
    """Raises Unusable for what is no paper: a notice, a page that asks for patience, nothing."""
    article = article_in(body)
    if article is None:
        raise Unusable("the page holds no paper")
    tidy(article)
    sections = list(sections_in(article))
    return Document(folded(article), sections, version_in(body, paper_id))


def article_in(body: bytes) -> html.HtmlElement | None:
    parser = html.HTMLParser(encoding="utf-8")
    try:
        page = html.document_fromstring(body, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):  # it is empty
        return None
    found = elements(page, f".//*[{having('ltx_document')}]")
    return found[0] if found else None


def version_in(body: bytes, paper_id: str) -> int:
    """The page names itself with its version, in its address and at its margin."""
    told = re.search(re.escape(paper_id.encode()) + rb"v([1-9]\d{0,2})\b", body)
    return int(told[1]) if told else 0


def tidy(article: html.HtmlElement) -> None:
    """Leave out what is no text, and say formulas in a line. What stands behind them stays."""
    for formula in list(article.iter("math")):
        say(formula, plain(formula.get("alttext", "")))
    for cite in elements(article, f".//cite[not({having('ltx_citemacro_citet')})]"):
        say(cite, "")
    unwanted = " or ".join(having(name) for name in LEFT_OUT)
    for element in elements(article, f".//*[{unwanted}]"):
        say(element, "")
    for element in list(article.iter(*LEFT_OUT_TAGS)):
        say(element, "")


def say(element: html.HtmlElement, words: str) -> None:
    """Words in the place of an element."""
    for inside in list(element):
        element.remove(inside)
    element.text = words


def sections_in(article: html.HtmlElement) -> Iterator[Section]:
    """Those of the first rank, in order; what stands before, or without, has no heading."""
    is_section = having("ltx_section")
    outside = elements(
        article,
        f".//p[{having('ltx_p')} and not(ancestor::section[{is_section}]) "
        f"and not(ancestor::*[{having('ltx_abstract')}])]",
    )
    if paragraphs := told(outside):
        yield Section("", paragraphs)
    for section in elements(article, f".//section[{is_section}]"):
        titles = elements(section, f"./*[{having('ltx_title')}]")
        heading = one_line(folded(titles[0]), LONGEST_HEADING) if titles else ""
        inside = elements(section, f".//p[{having('ltx_p')}] | .//figcaption")
        yield Section(heading, told(inside))


def told(found: list[html.HtmlElement]) -> list[str]:
    texts = (one_line(folded(element), LONGEST_PARAGRAPH) for element in found)
    return [text for text in texts if text]


def folded(element: html.HtmlElement) -> str:
    seen = "".join(filter(may_stay, "".join(element.itertext())))
    text = " ".join(seen.split())
    return re.sub(r" ([.,;:)\]])", r"\1", text)  # where a citation stood before the stop


def elements(inside: html.HtmlElement, path: str) -> list[html.HtmlElement]:
    return [each for each in inside.xpath(path) if isinstance(each, html.HtmlElement)]


def having(name: str) -> str:
    """XPath: of this class."""
    return f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')"
