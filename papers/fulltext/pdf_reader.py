"""The text of a PDF that nobody has looked at: a process of its own, which may hang, swell or die.

Standard input is the file, standard output its text in UTF-8, a form feed behind each page. It
knows nothing of Paperboy; `pdf` starts it, and ends it.
"""

import logging
import resource
import sys
from io import BytesIO

SECONDS = 20  # of the processor
MEMORY = 768 * 1024 * 1024  # bytes of addresses
MOST_PAGES = 40
MOST_CHARACTERS = 300_000


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.disable()  # a file may give cause for a million warnings
    from pypdf import PdfReader  # within the limits

    length = 0
    for page in PdfReader(BytesIO(sys.stdin.buffer.read())).pages[:MOST_PAGES]:
        text = page.extract_text()[: MOST_CHARACTERS - length]
        sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\f")
        length += len(text)
        if length >= MOST_CHARACTERS:
            return


if __name__ == "__main__":
    main()
