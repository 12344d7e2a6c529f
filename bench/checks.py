"""What the checks of one summary take: `.venv/bin/python -m bench.checks`.

Held against its abstract, and against a text of 20,000 characters that nobody has read before, as
with a paper's first language; among 300 papers. In milliseconds of the processor.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median, quantiles

ANSWERS = Path(__file__).parent.parent.parent / "shared" / "data" / "hf_api"
POOL = 300
LONG = 20_000  # characters
PART = 400
MOST_MILLISECONDS = 20


def main() -> None:
    os.environ |= {"DJANGO_SETTINGS_MODULE": "newsletter.settings", "DATABASE_URL": "sqlite://"}
    import django

    django.setup()
    papers = list(listed())
    print(f"{len(papers)} summaries, among {POOL} papers; milliseconds of the processor")
    measure("an abstract", papers, lambda number, abstract: abstract)
    everything = " ".join(abstract for _title, abstract, _line in papers)

    def long(number: int, abstract: str) -> str:
        start = number * 977 % (len(everything) - LONG)
        return f"{abstract} {everything[start : start + LONG]}"[:LONG]

    worst = measure(f"{LONG:,} characters", papers, long)
    print(f"within {MOST_MILLISECONDS} ms: {'yes' if worst <= MOST_MILLISECONDS else 'NO'}")


def listed() -> Iterator[tuple[str, str, str]]:
    """Title, abstract and the Hub's own line of every paper that has one."""
    for path in sorted(ANSWERS.glob("*.json")):
        for entry in json.loads(path.read_text(encoding="utf-8")):
            paper = entry["paper"]
            if paper.get("ai_summary"):
                yield paper["title"], paper["summary"], paper["ai_summary"]


def measure(
    label: str, papers: list[tuple[str, str, str]], source: Callable[[int, str], str]
) -> float:
    from papers.summarise.draft import PARTS, Draft
    from papers.summarise.judge import judge
    from papers.summarise.pool import Pool
    from papers.summarise.source import SourceText

    pool = Pool((title, abstract) for title, abstract, _line in papers[:POOL])
    taken = []
    for number, (title, abstract, line) in enumerate(papers):
        texts = (line, abstract[:PART], abstract[-PART:])
        draft = Draft("en", dict(zip(PARTS, texts, strict=True)))
        given = SourceText(title, source(number, abstract), "abstract")
        started = time.process_time()
        judge(draft, given, pool)
        taken.append((time.process_time() - started) * 1000)
    last = quantiles(taken, n=100)[-1]
    print(f"{label}: median {median(taken):.1f}, p99 {last:.1f}, at most {max(taken):.1f}")
    return last


if __name__ == "__main__":
    main()
