"""Files that commands are given."""

from pathlib import Path

from papers.sources.base import SourceError

LARGEST_FILE = 20_000_000  # bytes


def read_file(path: Path) -> bytes:
    """Raises SourceError, beginning with the path, for one that cannot be read or has no end."""
    try:
        with path.open("rb") as file:
            body = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}") from error
    if len(body) > LARGEST_FILE:
        raise SourceError(f"{path}: larger than {LARGEST_FILE:,} bytes, which no list is")
    return body
