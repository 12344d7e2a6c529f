"""Where a sentence of a summary ends, in any language."""

from __future__ import annotations

import re

END = re.compile(r"(?<=[.!?…])[\"'”’)\]]?\s+|(?<=[。！？])[」』）”’]?|\n+")


def sentences(text: str) -> list[str]:
    """Roughly: by stops before a blank, by the stops of the East, and by lines."""
    return [piece.strip() for piece in END.split(text) if len(piece.strip()) > 1]
