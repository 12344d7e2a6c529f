"""What a check has to say of a summary, in a form that can be kept and said in any language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from papers.models import Summary, Verdict
from papers.summarise.draft import PARTS
from papers.summarise.reasons import REASONS


@dataclass(frozen=True)
class Finding:
    """`reason` names the sentence in REASONS, `words` what it is about: the very string that was
    found, and what to do about it where that is known. `level` is what it makes of a summary; a
    PASS is a hint."""

    check: str  # the check's name; kept with summaries, so never changed
    level: Verdict
    reason: str
    words: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """In the active language; a part by its name on the page."""
        words = dict(self.words)
        if words.get("part") in PARTS:
            words["part"] = str(Summary._meta.get_field(str(words["part"])).verbose_name)
        return REASONS[self.reason] % words

    def stored(self) -> dict[str, object]:
        return {
            "check": self.check,
            "level": str(self.level),
            "reason": self.reason,
            "words": dict(self.words),
        }


@dataclass(frozen=True)
class Judgement:
    """A verdict is as bad as the worst of its findings, unless a rule that asks for several of them
    says otherwise."""

    verdict: Verdict
    findings: Sequence[Finding] = ()
