"""One run of the bench, from what was asked for to what is printed."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import TypeVar

from django.db import DatabaseError
from django.utils.translation import override

from bench.summaries.figures import figures
from bench.summaries.folder import EDITION, read_folder
from bench.summaries.measure import Judge, Measured, groups, measure
from bench.summaries.record import CannotRecord, record
from bench.summaries.recorded import Answer, Recording, Unreadable, read, write
from bench.summaries.report import beside, table
from bench.summaries.stored import read_stored
from papers.summarise.source import SourceText

Thing = TypeVar("Thing")
Figures = dict[str, object]


class Wrong(Exception):
    """What was asked for cannot be done; the message says why, and what can."""


@dataclass
class Material:
    """What there is to judge, and to judge it by."""

    where: str
    sources: dict[str, SourceText] = field(default_factory=dict)  # by paper
    answers: Sequence[Answer] = ()
    published: Mapping[tuple[str, str], str] = field(default_factory=dict)
    passed_over: int = 0


def run(asked: argparse.Namespace) -> None:
    """Raises Wrong."""
    began = time.perf_counter()
    material = material_of(asked)
    try:
        recordings = recordings_of(asked, material)
    except (Unreadable, CannotRecord, OSError) as error:
        raise Wrong(str(error)) from None
    if not recordings:
        recordings = {"": Recording(list(material.answers))}
    found = judged(recordings, material, asked.most)
    if not any(found.values()):
        raise Wrong("nothing to judge: name a folder with --papers, or answers with --answers")
    if asked.json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        print(printed(found))
        print(ending(found, material, asked, time.perf_counter() - began))


def material_of(asked: argparse.Namespace) -> Material:
    if asked.stored:
        try:
            stored = read_stored()
        except DatabaseError as error:
            raise Wrong(f"this installation cannot be read: {error}".strip()) from None
        return Material("this installation", stored.sources, stored.answers, stored.published)
    if not asked.papers:
        return Material("no folder")
    if not asked.papers.is_dir():
        raise Wrong(f"{asked.papers} is no folder")
    folder = read_folder(asked.papers)
    published = {a.key: " ".join(a.parts.values()) for a in folder.answers if a.model == EDITION}
    return Material(
        str(asked.papers), folder.sources, folder.answers, published, folder.without_source
    )


def recordings_of(asked: argparse.Namespace, material: Material) -> dict[str, Recording]:
    """By name, that to be looked at first."""
    if asked.record:
        papers = dict(evenly(sorted(material.sources.items()), asked.most))
        write(asked.record, record(papers, asked.language or ["ko"]))
    paths = [path for path in (asked.record or asked.answers, asked.against) if path]
    is_told_by_stem = len({path.stem for path in paths}) == len(paths)
    return {path.stem if is_told_by_stem else str(path): read(path) for path in paths}


def judged(
    recordings: Mapping[str, Recording], material: Material, most: int
) -> dict[str, dict[str, Figures]]:
    """Figures by recording and group."""
    by_hash = {source.sha256: source for source in material.sources.values()}
    papers = dict(material.sources)
    for recording in recordings.values():
        by_hash |= recording.sources
        for answer in recording.answers:
            if answer.source_sha256 in by_hash:
                papers.setdefault(answer.paper, by_hash[answer.source_sha256])
    judge = Judge(papers)
    with override("en"):
        return {
            name: {
                measured.name: figures(measured, published_for(measured, material))
                for measured in measured_groups(recording, by_hash, judge, most)
            }
            for name, recording in recordings.items()
        }


def measured_groups(
    recording: Recording, by_hash: Mapping[str, SourceText], judge: Judge, most: int
) -> Iterable[Measured]:
    known = [answer for answer in recording.answers if answer.source_sha256 in by_hash]
    for name, answers in groups(known):
        chosen = evenly(sorted(answers, key=lambda answer: answer.key), most)
        yield measure(name, chosen, by_hash, judge)


def published_for(measured: Measured, material: Material) -> Mapping[tuple[str, str], str]:
    """An edition is not held against itself."""
    is_published = any(answer.model == EDITION for answer in measured.answers)
    return {} if is_published else material.published


def evenly(things: Sequence[Thing], most: int) -> Sequence[Thing]:
    """So many of them, from the first to the last."""
    if len(things) <= most:
        return things
    return [things[n * len(things) // most] for n in range(most)]


def printed(found: Mapping[str, dict[str, Figures]]) -> str:
    text = "\n".join(table(by_group) for by_group in found.values())
    if len(found) == 2:
        ours, theirs = found.values()
        for (name, one), (other_name, other) in product(ours.items(), theirs.items()):
            if one["language"] == other["language"]:
                names = name if name == other_name else f"{name} | {other_name}"
                lines = [f"beside each other: {names}", *beside(one, other, list(found)), ""]
                text += "\n".join(lines)
    return text


def ending(
    found: Mapping[str, dict[str, Figures]],
    material: Material,
    asked: argparse.Namespace,
    seconds: float,
) -> str:
    count = sum(len(by_group) for by_group in found.values())
    lines = [
        f"Judged {count} groups of answers among {len(material.sources):,} papers of "
        f"{material.where}, in {seconds:.0f} s."
    ]
    if material.passed_over:
        lines.append(
            f"{material.passed_over} summaries there are of papers whose abstract is not: they "
            "were passed over."
        )
    if asked.record:
        lines.append(f"The answers lie in {asked.record}: --answers replays them without a key.")
    lines.append("docs/summaries.md, “The bench”, says what the figures mean; --json prints all.")
    return "\n".join(lines)
