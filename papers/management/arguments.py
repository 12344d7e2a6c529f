"""What several commands are told."""

from argparse import ArgumentTypeError
from datetime import date


def iso_day(text: str) -> date:
    """A date as 2024-07-03."""
    try:
        return date.fromisoformat(text)
    except ValueError as bad:
        raise ArgumentTypeError(f"{text!r} is not a date; write it as 2024-07-03") from bad
