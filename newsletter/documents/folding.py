"""The forms of text that fit a document of lines; folding twice changes nothing more."""

import re

# NUL cannot be stored by PostgreSQL, a lone surrogate by nobody, and neither can be printed.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def one_line(text: str) -> str:
    """Text on one line: every run of white space and control characters is one blank."""
    return " ".join(CONTROL.sub(" ", text).split())


def few_lines(text: str) -> str:
    """Text that may have lines, none of them blank, none with blanks at its end."""
    lines = CONTROL.sub(" ", unix_lines(text)).split("\n")
    return "\n".join(line.rstrip() for line in lines if line.strip()).lstrip()


def unix_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
