"""What our checks say of answers as they are, and of those that an error was planted into."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bench.summaries.plant import planted
from bench.summaries.recorded import Answer
from papers.models import Verdict
from papers.summarise.draft import Draft
from papers.summarise.finding import Finding
from papers.summarise.judge import SEVERITY, judge
from papers.summarise.judging import FORM
from papers.summarise.pool import Pool
from papers.summarise.source import SourceText

NEIGHBOURS = 300  # papers in a pool
SWAPS = 5  # an answer


@dataclass(frozen=True)
class Judged:
    """An answer that can be used, and what was said of it."""

    answer: Answer
    verdict: Verdict
    findings: Sequence[Finding]
    seconds: float

    @property
    def sentences(self) -> list[str]:
        return [each.sentence for each in self.findings if each.level is not Verdict.PASS]


@dataclass
class Tally:
    """Of one kind of planted error: how many, and how many were noticed, or blocked."""

    planted: int = 0
    caught: int = 0
    blocked: int = 0
    missed: list[str] = field(default_factory=list)


@dataclass
class Measured:
    name: str
    answers: Sequence[Answer]
    judged: list[Judged] = field(default_factory=list)
    tallies: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))

    def count(self, verdict: Verdict) -> int:
        return sum(each.verdict is verdict for each in self.judged)


class Judge:
    """Holds a draft against a source, among the sources around it."""

    def __init__(self, sources: Mapping[str, SourceText]) -> None:
        """`sources` by paper: ids are given in the order in which papers appear."""
        self.order = [sources[paper] for paper in sorted(sources)]
        self.place = {source.sha256: n for n, source in enumerate(self.order)}
        self.pools: dict[int, Pool] = {}

    def __call__(self, draft: Draft, source: SourceText, near: SourceText) -> Sequence[Finding]:
        return judge(draft, source, self.pool(near)).findings

    def pool(self, source: SourceText) -> Pool:
        """Of its neighbourhood; built once."""
        number = self.place.get(source.sha256, 0) // NEIGHBOURS
        if number not in self.pools:
            near = self.order[number * NEIGHBOURS : (number + 1) * NEIGHBOURS]
            self.pools[number] = Pool((each.title, each.text) for each in near)
        return self.pools[number]

    def next_to(self, source: SourceText) -> list[SourceText]:
        """Other papers of these days."""
        place = self.place.get(source.sha256, 0)
        others = [*self.order[place + 1 :], *self.order[:place]]
        return [each for each in others if each.text][:SWAPS]


def measure(
    name: str, answers: Sequence[Answer], sources: Mapping[str, SourceText], judge: Judge
) -> Measured:
    """`sources` by hash. Nothing is planted into an answer that is blocked as it is."""
    measured = Measured(name, answers)
    for answer in answers:
        source = sources[answer.source_sha256]
        if not answer.parts:
            continue
        judge.pool(source)  # its building is not the summary's time
        began = time.process_time()
        findings = judge(answer.draft, source, source)
        seconds = time.process_time() - began
        counted = [each for each in findings if counts(each, answer)]
        measured.judged.append(Judged(answer, worst(counted), counted, seconds))
        if worst(counted) is not Verdict.BLOCK:
            plant(measured, answer, source, judge, findings)
    return measured


def plant(
    measured: Measured,
    answer: Answer,
    source: SourceText,
    judge: Judge,
    before: Sequence[Finding],
) -> None:
    """Caught is what is said now and was not said before, and is more than a hint."""
    for each in planted(answer.draft, source, judge.next_to(source)):
        after = judge(each.draft, each.source, source)
        new = [finding for finding in after if finding not in before]
        tally = measured.tallies[each.kind]
        tally.planted += 1
        tally.caught += worst(new) is not Verdict.PASS
        tally.blocked += worst(new) is Verdict.BLOCK
        if worst(new) is Verdict.PASS:
            tally.missed.append(f"{answer.paper} {each.what}".strip())


def counts(finding: Finding, answer: Answer) -> bool:
    """Who was never told of our three parts is not held to their form."""
    return bool(answer.prompt_version) or finding.check not in FORM


def worst(findings: Iterable[Finding]) -> Verdict:
    return min((each.level for each in findings), key=SEVERITY.index, default=Verdict.PASS)


def groups(answers: Iterable[Answer]) -> Iterator[tuple[str, list[Answer]]]:
    """By who wrote them, under which prompt, and in which language."""
    found: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        prompt = f", prompt {answer.prompt_version}" if answer.prompt_version else ""
        found[f"{answer.model}, {answer.language}{prompt}"].append(answer)
    yield from sorted(found.items())
