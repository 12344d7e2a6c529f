"""Where a summary's text comes from, as far as its columns alone do not tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from papers.models import Reading, Revision, Summary
from papers.models.summaries import SummaryQuerySet
from papers.summarise.judging import stands

Writer = Summary.Writer


@dataclass(frozen=True)
class Model:
    """A language model that wrote a text, and when."""

    name: str
    written_at: datetime


def drafted_by(summary: Summary) -> Model | None:
    """The model of whose words an editor made this; None where they are the editor's alone."""
    return models_behind([summary]).get(summary.pk)


def models_behind(summaries: Iterable[Summary]) -> dict[int, Model]:
    """Of whose words editors made these, by the summary's key; in one query, and none where no
    editor did, or all of them are known to be of no model's words."""
    by_editors = [
        each.pk
        for each in summaries
        if each.writer == Writer.EDITOR and getattr(each, "is_maybe_drafted", True)
    ]
    if not by_editors:
        return {}
    histories: dict[int, list[Revision]] = {pk: [] for pk in by_editors}
    for revision in Revision.objects.filter(summary__in=by_editors).defer("after"):
        histories[revision.summary_id].append(revision)
    found = {pk: model_in(history) for pk, history in histories.items()}
    return {pk: model for pk, model in found.items() if model}


def maybe_drafted() -> SummaryQuerySet:
    """Summaries that know whether a model's words stood there at any time."""
    by_model = Revision.objects.filter(summary=OuterRef("pk"), before__writer=Writer.MODEL)
    return Summary.objects.annotate(is_maybe_drafted=Exists(by_model))


def model_in(history: Iterable[Revision]) -> Model | None:
    """Who wrote what editors changed since; the newest comes first."""
    undone = set()
    for revision in history:
        if revision.pk in undone:
            continue
        if revision.undoes_id:
            undone.add(revision.undoes_id)
            continue
        before = revision.before
        if before and before["writer"] == Writer.MODEL:
            return Model(before["writer_name"], datetime.fromisoformat(before["written_at"]))
        if not before or before["writer"] != Writer.EDITOR:
            return None
    return None


def reading_of(summary: Summary) -> Reading | None:
    """What was read for it, without the text; None where that is not kept."""
    kept = summary.paper.readings.filter(sha256=summary.source_sha256)
    return kept.defer("text").first()


def verdict_on(summary: Summary) -> str:
    """What our checks said of these words beside what was read for them, as it is kept; blank
    where that is no longer so, or was not asked."""
    is_known = summary.source_kind and not summary.is_excerpt and stands(summary)
    return summary.verdict if is_known else ""
