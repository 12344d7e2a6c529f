"""Author names and the line of a document that they stand on."""

import json
from collections.abc import Iterable, Sequence
from itertools import groupby

from newsletter.documents.folding import one_line
from newsletter.documents.literals import printed_value

MORE = "+"  # a "+ 12" that a scraper took for a name


def authors_line(names: Sequence[str]) -> str:
    """The names as a line prints them, so that `read_authors` gives the same names back.

    Parted by ", "; a list with a name that would not survive that is printed in brackets and
    quotes, which are read exactly.
    """
    plain = ", ".join(names)
    exact = read_authors(plain) == [*names] and MORE not in names
    if exact and not stutters(names) and not is_doubled(names):
        return plain
    return json.dumps([*names], ensure_ascii=False)


def read_authors(line: str) -> list[str]:
    """The names on a line, in its order, namesakes kept."""
    return folded_names(exact_names(line) or line.split(", "))


def exact_names(line: str) -> list[str] | None:
    """The names of a line in brackets and quotes; None for a plain line."""
    value = printed_value(line)
    if not isinstance(value, list):
        return None
    names = [name for name in value if isinstance(name, str)]
    return names if len(names) == len(value) else None


def folded_names(names: Iterable[str]) -> list[str]:
    return [name for name in map(one_line, names) if name]


def stutters(names: Sequence[str]) -> bool:
    """Whether a name stands three times or more in a row."""
    return max(repetitions(names), default=0) >= 3


def is_doubled(names: Sequence[str]) -> bool:
    """Whether at least two names, and half of all, are repeated in a row: no namesakes do that."""
    runs = repetitions(names)
    repeated = [run for run in runs if run > 1]
    return len(repeated) >= 2 and 2 * len(repeated) >= len(runs)


def once_each(names: Sequence[str]) -> list[str]:
    """The names without repetitions in a row."""
    return [name for name, _ in groupby(names)]


def repetitions(names: Sequence[str]) -> list[int]:
    return [len([*run]) for _, run in groupby(names)]
