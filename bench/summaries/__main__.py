"""`.venv/bin/python -m bench.summaries --help`."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

import django

BESIDE = Path(__file__).parents[2].parent / "shared" / "data"
ABOUT = """\
Replays recorded answers of a language model, or judges summaries that others wrote. Plants errors
into each (another paper's summary, wrong numbers, an empty source, a cut ending, a foreign word, a
missing part, a link), and tells how many our checks notice, what they say of the answers as they
are, how long they take, what the answers cost, and how much of them editors changed.
"""
EXAMPLES = """\
examples:
  make bench-summaries                                  what is in ../shared/data, without a key
  make bench-summaries ARGS="--papers days --record new.jsonl --language ko --most 20"
                                                        asks the model of LLM_MODEL, and pays for it
  make bench-summaries ARGS="--answers new.jsonl --against old.jsonl"
                                                        another prompt, or another model
  make bench-summaries ARGS=--stored                    what this installation was answered
"""


def main() -> int:
    asked = parsed()
    with tempfile.TemporaryDirectory() as scratch:
        if not asked.stored:
            os.environ["DATABASE_URL"] = f"sqlite:///{scratch}/bench.sqlite3"
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsletter.settings")
        django.setup()
        from bench.summaries.run import Wrong, run

        try:
            run(asked)
        except Wrong as wrong:
            print(wrong, file=sys.stderr)
            return 1
    return 0


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.summaries",
        description=ABOUT,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    given = parser.add_mutually_exclusive_group()
    given.add_argument(
        "--papers",
        type=Path,
        metavar="FOLDER",
        help="a folder with saved answers of the Hub's API (*.json) and, if there are any, "
        "editions (*.md); ../shared/data where that is there",
    )
    given.add_argument(
        "--stored", action="store_true", help="the papers and receipts of this installation"
    )
    parser.add_argument(
        "--answers", type=Path, metavar="FILE", help="recorded answers, as --record writes them"
    )
    parser.add_argument(
        "--against", type=Path, metavar="FILE", help="other answers, to stand beside these"
    )
    parser.add_argument(
        "--record",
        type=Path,
        metavar="FILE",
        help="ask the configured models about the papers, write down what they answer, judge it",
    )
    parser.add_argument(
        "--language",
        action="append",
        metavar="CODE",
        help="to be recorded; ko, unless told otherwise; may be repeated",
    )
    parser.add_argument(
        "--most",
        type=positive,
        default=200,
        metavar="N",
        help="answers of each group, or papers to record; evenly chosen; 200",
    )
    parser.add_argument("--json", action="store_true", help="all figures, and what was missed")
    asked = parser.parse_args()
    if not asked.papers and not asked.stored and BESIDE.is_dir():
        asked.papers = BESIDE
    return asked


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
