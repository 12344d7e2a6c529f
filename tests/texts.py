"""Papers' full texts as arXiv serves them: HTML in LaTeXML's markup, and small PDFs."""

from collections.abc import Iterable

ABSTRACT = (
    "Parcels get lost more often than letters. We propose Homeward, a map that numbers every street"
    " of a town. It finds nine of ten parcels within a day."
)
INTRODUCTION = "Parcels are heavier than letters, and so they are put aside first. " * 8
METHOD = "Each street gets a number, and each house another one behind it. " * 8
RESULTS = "On the town of Letterham, 92.5% of all parcels came home. " * 8
SECTIONS = [
    ("Introduction", INTRODUCTION),
    ("Related Work", "Others counted letters. " * 8),
    ("The Homeward Map", METHOD),
    ("Experiments", RESULTS),
    ("Conclusion", "Numbers help. " * 8),
]


def page(
    name: str = "2407.00001",
    *,
    abstract: str = ABSTRACT,
    sections: Iterable[tuple[str, str]] = SECTIONS,
    version: int = 1,
    behind: str = "",
) -> bytes:
    """`sections` are headings and what stands in their paragraphs, as HTML."""
    body = "".join(
        f'<section id="S{number}" class="ltx_section"><h2 class="ltx_title ltx_title_section">'
        f'<span class="ltx_tag ltx_tag_section">{number} </span>{heading}</h2>'
        f'<div class="ltx_para"><p class="ltx_p">{text}</p></div></section>'
        for number, (heading, text) in enumerate(sections, start=1)
    )
    return (
        f'<!DOCTYPE html><html lang="en"><head><base href="/html/{name}v{version}/"></head><body>'
        '<nav class="ltx_page_navbar">Back to arXiv</nav><article class="ltx_document">'
        '<h1 class="ltx_title ltx_title_document">Homeward</h1><div class="ltx_authors">Alice</div>'
        '<div class="ltx_abstract"><h6 class="ltx_title ltx_title_abstract">Abstract</h6>'
        f'<p class="ltx_p">{abstract}</p></div>{body}'
        '<section class="ltx_bibliography"><h2 class="ltx_title">References</h2>'
        '<li class="ltx_bibitem">A. Ahn. Lost 99.9% of everything.</li></section>'
        f"{behind}</article></body></html>"
    ).encode()


def pdf(*pages: list[str]) -> bytes:
    """A PDF of lines of text; one of a page without any has a page and no text."""
    kids = [4 + 2 * at for at in range(len(pages))]
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {len(pages)} /Kids [{' '.join(f'{at} 0 R' for at in kids)}] >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for at, lines in zip(kids, pages, strict=True):
        drawn = "".join(f"({escaped(line)}) Tj 0 -14 Td " for line in lines)
        stream = f"BT /F1 10 Tf 40 760 Td {drawn}ET"
        objects += [
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {at + 1} 0 R >>",
            f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        ]
    return assembled(objects)


def escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def assembled(objects: list[str]) -> bytes:
    body, offsets = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n".encode("latin-1")
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    return body + (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n"
        f"<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    ).encode("latin-1")


def lines_of(sections: Iterable[tuple[str, str]], *, width: int = 80) -> list[str]:
    """As a PDF has them: numbered headings, and text broken anywhere between two words."""
    lines = []
    for number, (heading, text) in enumerate(sections, start=1):
        lines += [f"{number} {heading}", *wrapped(text, width)]
    return lines


def wrapped(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
