"""What was measured, as figures: shares, times, costs, and how far editors went from answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from statistics import median

from bench.summaries.measure import Measured, Tally
from bench.summaries.recorded import Answer
from papers.models import Verdict

MOST_NAMED = 12


def figures(measured: Measured, published: Mapping[tuple[str, str], str]) -> dict[str, object]:
    """Of one group of answers; `published`: what readers got, by paper and language."""
    count = len(measured.judged)
    alarms = Counter(
        each.check
        for judged in measured.judged
        for each in {finding.check: finding for finding in judged.findings}.values()
        if each.level is not Verdict.PASS
    )
    return {
        "language": measured.answers[0].language if measured.answers else "",
        "answers": len(measured.answers),
        "of no use": len(measured.answers) - count,
        "verdicts": {str(verdict): measured.count(verdict) for verdict in Verdict},
        "alarms by check": dict(alarms.most_common()),
        "planted": {kind: tally(each) for kind, each in measured.tallies.items()},
        "milliseconds of checks": spread([each.seconds * 1000 for each in measured.judged]),
        "asking": asking(measured.answers),
        "words that editors changed": edited(measured.answers, published),
        "blocked": {
            judged.answer.paper: judged.sentences
            for judged in measured.judged
            if judged.verdict is Verdict.BLOCK
        },
    }


def tally(found: Tally) -> dict[str, object]:
    return {
        "planted": found.planted,
        "caught": found.caught,
        "blocked": found.blocked,
        "share caught": round(found.caught / found.planted, 4),
        "missed": found.missed[:MOST_NAMED],
    }


def asking(answers: Sequence[Answer]) -> dict[str, object]:
    """What receipts say of it; nothing for answers of which none was kept."""
    asked = [answer for answer in answers if answer.try_count]
    if not asked:
        return {}
    cost = sum(answer.cost for answer in asked)
    return {
        "dollars": float(cost),
        "dollars an answer": round(float(cost) / len(asked), 6),
        "tokens read": sum(answer.input_tokens for answer in asked),
        "tokens written": sum(answer.output_tokens for answer in asked),
        "tries": sum(answer.try_count for answer in asked),
        "seconds": spread([answer.seconds for answer in asked]),
    }


def spread(values: Sequence[float]) -> dict[str, float]:
    if not values:
        return {}
    ordered = sorted(values)
    return {
        "median": round(median(ordered), 2),
        "p99": round(ordered[min(int(len(ordered) * 0.99), len(ordered) - 1)], 2),
    }


def edited(answers: Sequence[Answer], published: Mapping[tuple[str, str], str]) -> dict[str, float]:
    """Of the words of both, the share that is in one alone: 0 is as it was answered."""
    shares = [
        changed_share(" ".join(answer.parts.values()), published[answer.key])
        for answer in answers
        if answer.parts and answer.key in published
    ]
    return {"compared": len(shares), "median": round(median(shares), 3)} if shares else {}


def changed_share(before: str, after: str) -> float:
    return 1 - SequenceMatcher(None, before.split(), after.split(), autojunk=False).ratio()
