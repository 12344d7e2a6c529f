"""A day's summaries by a language model: `.venv/bin/python -m bench.writing`.

Fifty papers of one day in three languages, asked of a stand-in over HTTP, in a process of its own,
that takes two seconds for each answer; on a SQLite of its own. Says what it took and cost. Then the
same once more with all summaries gone: what was answered is not asked again.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

PAPERS = 50
MOST_SECONDS = 60
ANSWERS = Path(__file__).parent.parent.parent / "shared" / "data" / "hf_api"
PRICE = "0.25,2"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--latency", type=float, default=2, help="seconds")
    parser.add_argument("--languages", nargs="+", default=["ko", "en", "ja"])
    options = parser.parse_args()
    command = [sys.executable, "-m", "tests.language_model", "--latency", str(options.latency)]
    with (
        TemporaryDirectory() as folder,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as stand_in,
    ):
        assert stand_in.stdout is not None
        url = stand_in.stdout.readline().strip().partition("=")[2]
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "newsletter.settings",
            "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
            "VAR_DIR": folder,
            "LLM_MODEL": "stand-in",
            "LLM_BASE_URL": url,
            "LLM_PRICE": PRICE,
        }
        try:
            measure(options.languages)
        finally:
            stand_in.terminate()


def measure(languages: list[str]) -> None:
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db.models import Sum

    from papers.models import Paper, Receipt, Summary

    call_command("migrate", verbosity=0)
    seed()
    papers = list(Paper.objects.order_by("pk")[:PAPERS])
    print(
        f"{len(papers)} papers in {len(languages)} languages, "
        f"{settings.LLM_CONCURRENCY} requests at once"
    )
    seconds = run("asked", papers, languages)
    tries = Receipt.objects.aggregate(sum=Sum("try_count"))["sum"]
    print(f"tries: {tries}, verdicts: {verdicts()}")
    Summary.objects.all().delete()
    run("asked before", papers, languages)
    print(f"within {MOST_SECONDS} s: {'yes' if seconds <= MOST_SECONDS else 'NO'}")


def seed() -> None:
    """The days with most papers, until there are enough whose abstracts are long enough."""
    from newsletter.clock import now
    from papers.fetch import store_answer
    from papers.models import Paper
    from papers.sources import source
    from papers.summarise import ENOUGH

    for path in sorted(ANSWERS.glob("*.json"), key=lambda path: -path.stat().st_size):
        answer = source("huggingface").read(path.read_bytes(), label=path.name)
        store_answer("huggingface", now().date(), answer)
        short = [paper.pk for paper in Paper.objects.all() if len(paper.abstract) < ENOUGH]
        Paper.objects.filter(pk__in=short).delete()
        if Paper.objects.count() >= PAPERS:
            return


def run(name: str, papers: list, languages: list[str]) -> float:
    from papers.summarise import summarise

    started, at_work = time.perf_counter(), time.process_time()
    told = summarise(papers, languages)
    seconds = time.perf_counter() - started
    print(
        f"{name}: {seconds:.1f} s, {time.process_time() - at_work:.1f} s of them at work; "
        f"by the model {told.by_model}, of these answered before {told.from_before}, "
        f"extracts {told.extracts.total()}, ${told.cost_usd:.4f}"
    )
    return seconds


def verdicts() -> dict[str, int]:
    from collections import Counter

    from papers.models import Summary

    return dict(Counter(Summary.objects.values_list("verdict", flat=True)))


if __name__ == "__main__":
    main()
