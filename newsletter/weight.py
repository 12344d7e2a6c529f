"""How long a mail is, beside what Gmail shows before it clips, and what was shortened for that."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree, html

from newsletter.render.edition import ENCODED_LIMIT, HTML_LIMIT
from newsletter.rendered import Rendered
from newsletter.transfer import encoded

GMAIL_CLIPS_AT = 102_000  # octets; it is not known whether as they are read or as they travel
NEARLY = 0.9  # of one of our limits


@dataclass(frozen=True)
class Weight:
    """Of the HTML part of a mail: octets as they are read, and as they travel."""

    read: int
    travelling: int
    whole_count: int  # papers printed whole; the others are only listed
    titles: tuple[str, ...]  # of the first that are only listed, so that it is no longer

    @property
    def octets(self) -> int:
        return max(self.read, self.travelling)

    @property
    def is_clipped(self) -> bool:
        return self.octets > GMAIL_CLIPS_AT

    @property
    def read_kilobytes(self) -> int:
        return round(self.read / 1000)

    @property
    def travelling_kilobytes(self) -> int:
        return round(self.travelling / 1000)

    @property
    def is_nearly_clipped(self) -> bool:
        return self.read > NEARLY * HTML_LIMIT or self.travelling > NEARLY * ENCODED_LIMIT

    @property
    def percent(self) -> int:
        """Of what Gmail shows."""
        return 100 * self.octets // GMAIL_CLIPS_AT


def weight_of(mail: Rendered) -> Weight:
    """Of a mail as it is, frozen or not."""
    page = list(html.document_fromstring(mail.html).iter("*"))
    return Weight(
        read=len(mail.html.encode()),
        travelling=len(encoded(mail.html).body),
        whole_count=sum(element.get("class") == "no" for element in page),
        titles=tuple(in_one_line(link) for link in page if link.get("class") == "bt"),
    )


def in_one_line(element: etree._Element) -> str:
    return " ".join("".join(map(str, element.itertext())).split())
