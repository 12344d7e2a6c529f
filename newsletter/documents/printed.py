"""What a document printed of a paper, kept on its entry, so that it can be given back unchanged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from newsletter.documents.document import DocumentEntry, Section
from newsletter.models import Entry


@dataclass(frozen=True)
class Printed:
    """`Entry.printed` of one language: `{"ko": {"title": "…", "authors": ["…"], …}}`.

    The paper itself may say otherwise: it has its authors in their order, and no person's face
    for a picture. `labels` is the order of the sections, whose text stands in the summary.
    """

    title: str
    image: str = ""
    lines: tuple[str, ...] = ()
    vote: str = ""  # "-" where the document says that the votes are not known
    authors: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()

    @classmethod
    def of(cls, entry: DocumentEntry) -> Printed:
        return cls(
            title=entry.title,
            image=entry.image,
            lines=entry.lines,
            vote="-" if entry.vote == "-" else "",
            authors=entry.authors,
            labels=tuple(section.label for section in entry.sections),
        )

    @classmethod
    def on(cls, entry: Entry, language: str) -> Printed | None:
        """What is kept on an entry; None when no document printed it in this language."""
        kept = entry.printed.get(language)
        if kept is None:
            return None
        return cls(
            title=kept["title"],
            image=kept["image"],
            lines=tuple(kept["lines"]),
            vote=kept["vote"],
            authors=tuple(kept["authors"]),
            labels=tuple(kept["labels"]),
        )

    def to_json(self) -> dict[str, str | list[str]]:
        """The same as a database gives it back."""
        return {
            name: [*value] if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }

    def in_order(self, sections: Iterable[Section]) -> list[Section]:
        """Sections in the order printed; those that were not printed follow at the end."""
        left = [*sections]
        ordered = []
        for label in self.labels:
            section = next((section for section in left if section.label == label), None)
            if section:
                left.remove(section)
                ordered.append(section)
        return [*ordered, *left]
