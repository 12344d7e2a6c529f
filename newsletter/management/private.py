"""Files that commands write and that hold what is nobody else's to read."""

import os
import stat
from pathlib import Path
from typing import TextIO


def private(path: Path) -> TextIO:
    """CSV for its owner alone, also where a file of before was for others."""
    return open(path, "w", newline="", encoding="utf-8", opener=for_its_owner)


def for_its_owner(path: str, flags: int) -> int:
    descriptor = os.open(path, flags, 0o600)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):  # and no pipe, no /dev/null
        os.fchmod(descriptor, 0o600)
    return descriptor
