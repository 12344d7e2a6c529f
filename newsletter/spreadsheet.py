"""CSV whose cells no spreadsheet program runs, and that are read back as they were.

Source: OWASP, CSV injection; ASVS 1.2.10.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence

RUNS = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
KEPT = re.compile(r"'+[=+\-@\t\r＝＋－＠]")


def text_of(rows: Iterable[Sequence[object]]) -> str:
    """CSV (RFC 4180), each cell neutral."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([neutral(str(cell)) for cell in row] for row in rows)
    return text.getvalue()


def neutral(cell: str) -> str:
    """With an apostrophe before it, where a spreadsheet program would take it for a formula."""
    return f"'{cell}" if RUNS.match(cell) else cell


def meant(cell: str) -> str:
    """What `neutral` was given."""
    return cell[1:] if KEPT.match(cell) else cell
