"""Answers as they were recorded: a line of JSON each, with the texts they were written from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from papers.summarise.draft import Claim, Draft
from papers.summarise.source import SourceText


class Unreadable(Exception):
    """A file that is no recording; the message names the file and the line."""


@dataclass(frozen=True)
class Answer:
    """What was written of a source, in a language, by a model under a version of the prompt. An
    answer without parts is one that nobody could use. Foreign ones have neither version nor cost.
    """

    paper: str
    source_sha256: str
    model: str
    language: str
    parts: Mapping[str, str]
    prompt_version: str = ""
    claims: Sequence[Mapping[str, str]] = ()
    state: str = "written"
    try_count: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: str = "0"
    seconds: float = 0.0

    @property
    def key(self) -> tuple[str, str]:
        """What another answer has to share to be compared with."""
        return self.paper, self.language

    @property
    def draft(self) -> Draft:
        return Draft(self.language, self.parts, [Claim(**claim) for claim in self.claims])

    @property
    def cost(self) -> Decimal:
        return Decimal(self.cost_usd)


@dataclass
class Recording:
    answers: list[Answer] = field(default_factory=list)
    sources: dict[str, SourceText] = field(default_factory=dict)  # by hash


def read(path: Path) -> Recording:
    """Raises Unreadable."""
    recording = Recording()
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            row = json.loads(line)
            if "answer" in row:
                recording.answers.append(answer_of(row["answer"]))
            else:
                source = SourceText(**row["source"])
                recording.sources[source.sha256] = source
        except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError) as error:
            wanted = 'a line is {"answer": {…}} or {"source": {…}}, as --record writes them'
            raise Unreadable(f"{path}, line {number}: {wanted} ({error})") from None
    return recording


def answer_of(told: Mapping[str, Any]) -> Answer:
    """Raises one of many errors where it is none."""
    answer = Answer(**told)
    texts = [*answer.parts.keys(), *answer.parts.values(), answer.language, answer.paper]
    if not all(isinstance(text, str) for text in texts):
        raise ValueError("a text is missing")
    if not (answer.draft and answer.cost.is_finite()):
        raise ValueError(f"it cost {answer.cost}")
    return answer


def write(path: Path, recording: Recording) -> None:
    rows: Iterable[dict[str, object]] = [
        *({"source": asdict(source)} for source in recording.sources.values()),
        *({"answer": asdict(answer)} for answer in recording.answers),
    ]
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text("".join(lines), encoding="utf-8")
