"""Lines of HTML that a mail can carry as they are: at most 998 octets (RFC 5322, 2.1.1)."""

import re
from collections.abc import Iterator

LONGEST = 700  # octets, which leaves room for an address and a link in their slots

# A tag, quoted values and all, or a blank of a text that a line break may replace. Browsers leave
# a line break between two Chinese or Japanese characters out (CSS Text 3, 4.1.3), so not before
# those.
TAG_OR_BLANK = re.compile(r"""(<[a-z/!](?:"[^"]*"|'[^']*'|[^<>"'])*>)|[ ](?=[!-~가-힣])""", re.I)
BEFORE_ATTRIBUTE = re.compile(r""" (?=[\w:-]+=["'])""")


def folded(html: str) -> str:
    """The same page with its long lines folded at blanks, where it has any in reach.

    A line break stands only where HTML takes it for a blank: in texts and between attributes.
    """
    return "\n".join(part for line in html.split("\n") for part in parts(line))


def parts(line: str) -> Iterator[str]:
    """One line as several, each as long as may be."""
    start = end = 0
    for blank in [*blanks(line), len(line)] if len(line.encode()) > LONGEST else []:
        if end > start and len(line[start:blank].encode()) > LONGEST:
            yield line[start:end]
            start = end + 1
        end = blank
    yield line[start:]


def blanks(line: str) -> Iterator[int]:
    """Where a line break may stand for a blank."""
    for found in TAG_OR_BLANK.finditer(line):
        if found[1]:
            yield from (blank.start() for blank in BEFORE_ATTRIBUTE.finditer(line, *found.span()))
        else:
            yield found.start()
