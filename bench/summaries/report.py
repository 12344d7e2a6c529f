"""Figures as a table that people read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

KINDS = [
    *("swap", "number: a digit", "number: ten-fold", "number: 17 % more"),
    *("empty source", "cut ending", "foreign word", "missing part", "link"),
]
VERDICTS = ("pass", "review", "block")
WIDTH = 26
MOST_NAMED = 6


def table(groups: Mapping[str, dict[str, Any]]) -> str:
    return "\n".join(line for name, found in groups.items() for line in [*one(name, found), ""])


def one(name: str, found: dict[str, Any]) -> Iterator[str]:
    yield f"{name}: {found['answers']} answers"
    yield from verdicts(found)
    yield from planted(found["planted"])
    yield from times_and_costs(found)
    for paper, sentences in list(found["blocked"].items())[:MOST_NAMED]:
        yield f"  blocked {paper}: {' '.join(sentences)[:160]}"


def verdicts(found: dict[str, Any]) -> Iterator[str]:
    counts = found["verdicts"]
    said = "   ".join(f"{kind} {share(counts[kind], sum(counts.values()))}" for kind in VERDICTS)
    yield f"  {'as they are':{WIDTH}}{said}"
    if found["of no use"]:
        yield f"  {'of no use':{WIDTH}}{share(found['of no use'], found['answers'])}"
    if found["alarms by check"]:
        alarms = ", ".join(f"{check} {count}" for check, count in found["alarms by check"].items())
        yield f"  {'alarms by check':{WIDTH}}{alarms}"


def planted(kinds: dict[str, Any]) -> Iterator[str]:
    if kinds:
        yield f"  {'planted':{WIDTH}}{'n':>6}  {'caught':>14}  {'of these blocked':>16}"
    for kind in (kind for kind in KINDS if kind in kinds):
        each = kinds[kind]
        caught = share(each["caught"], each["planted"])
        yield f"  {kind:{WIDTH}}{each['planted']:>6}  {caught:>14}  {each['blocked']:>16}"


def times_and_costs(found: dict[str, Any]) -> Iterator[str]:
    if checks := found["milliseconds of checks"]:
        yield f"  {'checks, a summary':{WIDTH}}median {checks['median']} ms, p99 {checks['p99']} ms"
    if asked := found["asking"]:
        yield (
            f"  {'asking':{WIDTH}}${asked['dollars']:.4f}, ${asked['dollars an answer']:.6f} an "
            f"answer; {asked['tokens read']:,} tokens read, {asked['tokens written']:,} written; "
            f"{asked['tries']} tries; median {asked['seconds']['median']} s, "
            f"p99 {asked['seconds']['p99']} s"
        )
    if edited := found["words that editors changed"]:
        yield (
            f"  {'editors changed':{WIDTH}}{edited['median']:.1%} of the words, median of "
            f"{edited['compared']}"
        )


def share(count: int, of: int) -> str:
    return f"{count} ({count / of:.1%})" if of else "0"


def beside(ours: dict[str, Any], theirs: dict[str, Any], names: Sequence[str]) -> Iterator[str]:
    """Two recordings, line by line."""
    yield f"  {'':{WIDTH}}{names[0]:>20}{names[1]:>20}"
    for label, pick in COMPARED.items():
        values = [pick(found) for found in (ours, theirs)]
        if any(values):
            yield f"  {label:{WIDTH}}{values[0]:>20}{values[1]:>20}"
    for kind in KINDS:
        if kind in ours["planted"] or kind in theirs["planted"]:
            caught = [caught_of(found["planted"].get(kind)) for found in (ours, theirs)]
            yield f"  {kind:{WIDTH}}{caught[0]:>20}{caught[1]:>20}"


def caught_of(tally: dict[str, Any] | None) -> str:
    return share(tally["caught"], tally["planted"]) if tally else ""


def verdict_of(kind: str):
    return lambda found: share(found["verdicts"][kind], sum(found["verdicts"].values()))


def of_asking(key: str):
    return lambda found: str(found["asking"].get(key, ""))


COMPARED = {
    "answers": lambda found: str(found["answers"]),
    "of no use": lambda found: share(found["of no use"], found["answers"]),
    **{kind: verdict_of(kind) for kind in VERDICTS},
    "dollars an answer": of_asking("dollars an answer"),
    "tokens written": of_asking("tokens written"),
    "tries": of_asking("tries"),
    "seconds, median": lambda found: str(found["asking"].get("seconds", {}).get("median", "")),
    "editors changed, median": lambda found: str(
        found["words that editors changed"].get("median", "")
    ),
}
