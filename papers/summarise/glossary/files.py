"""The glossaries as files: a language each, a table each term."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured

from papers.models import Verdict

OURS = Path(__file__).parent
LEVELS = {"hint": Verdict.PASS, "review": Verdict.REVIEW}
KEYS = {"write", "avoid", "level"}
ENDING = re.compile(r"(?<=\w{3})(?:ing|ment|ations?|ions?|s)$")


@dataclass(frozen=True)
class Term:
    """A term of papers, the word for it, and the words that are not to stand for it."""

    term: str
    write: str
    avoid: tuple[str, ...] = ()
    level: Verdict = Verdict.PASS

    def avoided_in(self, text: str) -> str:
        """The first of the avoided words in a text, as it stands there; blank where there is none.
        What is part of the wanted word is not avoided."""
        for avoided in (word for word in self.avoid if word in text):
            wanted = [found.span() for found in re.finditer(re.escape(self.write), text)]
            for found in re.finditer(rf"(?<!\w){re.escape(avoided)}", text):
                if not any(start <= found.start() < end for start, end in wanted):
                    return found[0]
        return ""

    def is_used_in(self, text: str) -> bool:
        """In any of its forms: fine-tuning, fine-tuned, finetunes. Capitals alone stay capitals."""
        return self.pattern.search(text) is not None

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        if self.term.isupper():
            return re.compile(rf"(?<!\w){re.escape(self.term)}s?(?!\w)")
        *before, last = map(re.escape, re.split(r"[\s-]+", self.term))
        words = [*before, f"{ENDING.sub('', last)}\\w*"]
        return re.compile(r"(?<!\w)" + r"[\s-]*".join(words), re.IGNORECASE)


def folders_of(own_folder: str) -> list[Path]:
    """Ours first. Raises ImproperlyConfigured where the operator's is no folder."""
    if own_folder and not Path(own_folder).is_dir():
        raise ImproperlyConfigured(f"GLOSSARY_DIR: {own_folder} is no folder")
    return [OURS, Path(own_folder)] if own_folder else [OURS]


def read_folder(folder: Path, language: str) -> dict[str, Term]:
    """The terms of a language by their folded names; pt-br has those of pt, too."""
    found: dict[str, Term] = {}
    for code in dict.fromkeys([language.partition("-")[0], language]):
        path = folder / f"{code}.toml"
        if path.exists():
            found |= {folded(term.term): term for term in read_file(path)}
    return found


def read_all(folder: Path) -> None:
    for path in sorted(folder.glob("*.toml")):
        if path.stem not in LANG_INFO:
            raise ImproperlyConfigured(
                f"{path}: {path.stem} is no language. Name the file after one: ko.toml, pt-br.toml"
            )
        read_folder(folder, path.stem)


def read_file(path: Path) -> list[Term]:
    """Raises ImproperlyConfigured with the file, the line and what to write there."""
    try:
        text = path.read_text(encoding="utf-8")
        tables = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ImproperlyConfigured(f"{path}: {error}") from None
    terms = []
    for name, table in tables.items():
        if wrong := complaint(table):
            line = line_of(name, text)
            raise ImproperlyConfigured(f"{path}, line {line}, [{name}]: {wrong}")
        terms.append(term_of(name, table))
    return terms


def complaint(table: object) -> str:
    """What is wrong with a term's table; blank where nothing is."""
    if not isinstance(table, dict):
        return 'write a table: ["fine-tuning"], and below it write = "…"'
    avoid = table.get("avoid", [])
    is_list = isinstance(avoid, list) and all(isinstance(each, str) and each for each in avoid)
    complaints = {
        "only write, avoid and level are known": set(table) <= KEYS,
        'write = "…" is missing': isinstance(table.get("write"), str),
        'avoid is a list of words: avoid = ["…", "…"]': is_list,
        "what is to be written is avoided, too": table.get("write") not in avoid,
        'level is "hint" or "review"': table.get("level", "hint") in LEVELS,
    }
    return next((wrong for wrong, is_well in complaints.items() if not is_well), "")


def term_of(name: str, table: dict[str, Any]) -> Term:
    """Of a table that nothing is wrong with."""
    level = LEVELS[table.get("level", "hint")]
    return Term(name, table["write"], tuple(table.get("avoid", [])), level)


def line_of(name: str, text: str) -> int:
    """Where a term's table begins; TOML keeps no lines."""
    key = re.compile(rf"""\s*\[?\s*["']?{re.escape(name)}["']?\s*[\].=]""")
    return next((n for n, line in enumerate(text.splitlines(), 1) if key.match(line)), 1)


def folded(term: str) -> str:
    return " ".join(re.split(r"[\s-]+", term.casefold()))
