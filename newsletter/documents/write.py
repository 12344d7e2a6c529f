"""A Document as Markdown, in the format that `read` reads."""

from newsletter.documents.authors import authors_line
from newsletter.documents.document import Document, DocumentEntry, Section


def write_markdown(document: Document) -> str:
    """The document's lines; reading them gives an equal document."""
    blocks = [f"## {document.name} ({document.date:%Y-%m-%d})", quoted(document.intro)]
    for entry in document.entries:
        blocks += entry_blocks(entry)
    return "".join(f"{block}\n\n" for block in blocks if block)


def entry_blocks(entry: DocumentEntry) -> list[str]:
    return [
        f"### [{entry.title}](https://arxiv.org/abs/{entry.paper_id})",
        quoted(entry.note),
        f"![]({entry.image})" if entry.image else "",
        "\n".join(entry.lines),
        f"Vote: {entry.vote}" if entry.vote else "",
        f"Authors: {authors_line(entry.authors)}" if entry.authors else "",
        "\n".join(bullet(section) for section in entry.sections),
    ]


def quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.split("\n")) if text else ""


def bullet(section: Section) -> str:
    label = f"**{section.label}**: " if section.label else ""
    return f"- {label}" + section.text.replace("\n", "\n  ")
