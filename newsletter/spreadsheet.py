"""Cells that a spreadsheet program would run: kept from running, and read back as they were.

Source: OWASP, CSV injection; ASVS 1.2.10.
"""

import re

RUNS = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
KEPT = re.compile(r"'+[=+\-@\t\r＝＋－＠]")


def neutral(cell: str) -> str:
    """With an apostrophe before it, where a spreadsheet program would take it for a formula."""
    return f"'{cell}" if RUNS.match(cell) else cell


def meant(cell: str) -> str:
    """What `neutral` was given."""
    return cell[1:] if KEPT.match(cell) else cell
