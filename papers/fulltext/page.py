"""arXiv's HTML of a paper, as LaTeXML writes it, in sections."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from lxml import etree, html

from papers.fulltext.document import LONGEST_HEADING, Document, Section, Unusable
from papers.fulltext.maths import plain
from papers.sources.text import may_stay, one_line

Asked = Callable[[html.HtmlElement], bool]

# A page is read in the worker itself: what a paper has beyond these is a stranger's trap.
LONGEST_PARAGRAPH = 20_000  # characters
MOST_CHARACTERS = 300_000  # of a page, as of a PDF
MOST_TAGS = 500_000  # those that end an element among them

# Beside the text: what is said elsewhere, or of others, or by nobody.
LEFT_OUT_TAGS = ["script", "style", "nav", "button", "svg", "table", "noscript", "template"]
LEFT_OUT = [
    *("ltx_bibliography", "ltx_appendix", "ltx_acknowledgements", "ltx_acknowledgement"),
    *("ltx_note", "ltx_ERROR", "ltx_tag", "ltx_eqn_eqno", "ltx_authors", "ltx_dates"),
    *("ltx_listing", "ltx_theindex", "ltx_TOC", "ltx_page_footer", "ltx_page_logo"),
]


def document_in(body: bytes, paper_id: str) -> Document:
    """Raises Unusable for what is no paper: a notice, a page that asks for patience, nothing; and
    for one of too many elements."""
    if body.count(b"<") > MOST_TAGS:
        raise Unusable("the page has too many elements")
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
    """Those of the first rank, in order, until there is more than anybody is given; what stands
    before, or without, has no heading."""
    room = MOST_CHARACTERS
    paragraphs = told(outermost(article, is_paragraph, but_not_in=is_section_or_abstract), room)
    if paragraphs:
        yield Section("", paragraphs)
    for section in outermost(article, is_section):
        room -= sum(map(len, paragraphs))
        if room <= 0:
            return
        title = next((each for each in section if has_class(each, "ltx_title")), None)
        heading = "" if title is None else one_line(folded(title), LONGEST_HEADING)
        paragraphs = told(outermost(section, is_paragraph_or_caption), room)
        yield Section(heading, paragraphs)


def outermost(
    inside: html.HtmlElement, is_wanted: Asked, but_not_in: Asked = lambda element: False
) -> Iterator[html.HtmlElement]:
    """In order, and in one walk: what lies inside of one that is wanted is a part of that."""
    walk = etree.iterwalk(inside, events=("start",))
    for _, element in walk:
        if element is inside:
            continue
        if but_not_in(element):
            walk.skip_subtree()
        elif is_wanted(element):
            walk.skip_subtree()
            yield element


def is_section(element: html.HtmlElement) -> bool:
    return element.tag == "section" and has_class(element, "ltx_section")


def is_section_or_abstract(element: html.HtmlElement) -> bool:
    return is_section(element) or has_class(element, "ltx_abstract")


def is_paragraph(element: html.HtmlElement) -> bool:
    return element.tag == "p" and has_class(element, "ltx_p")


def is_paragraph_or_caption(element: html.HtmlElement) -> bool:
    return is_paragraph(element) or element.tag == "figcaption"


def has_class(element: html.HtmlElement, name: str) -> bool:
    return name in element.get("class", "").split()


def told(found: Iterable[html.HtmlElement], room: int) -> list[str]:
    """What they say, until there is no more room."""
    texts: list[str] = []
    for element in found:
        if room <= 0:
            break
        if text := one_line(folded(element), LONGEST_PARAGRAPH):
            texts.append(text)
            room -= len(text)
    return texts


def folded(element: html.HtmlElement) -> str:
    seen = "".join(filter(may_stay, "".join(element.itertext())[:MOST_CHARACTERS]))
    text = " ".join(seen.split())
    return re.sub(r" ([.,;:)\]])", r"\1", text)  # where a citation stood before the stop


def elements(inside: html.HtmlElement, path: str) -> list[html.HtmlElement]:
    return [each for each in inside.xpath(path) if isinstance(each, html.HtmlElement)]


def having(name: str) -> str:
    """XPath: of this class."""
    return f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')"
