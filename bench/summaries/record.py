"""Asks the configured models, as an installation would, and writes down what they answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.conf import settings
from django.core.management import call_command

from bench.summaries.recorded import Recording
from bench.summaries.stored import answers
from papers.models import Paper, Reading
from papers.summarise.source import SourceText


class CannotRecord(Exception):
    """The message says why, and what to do about it."""


def record(papers: Mapping[str, SourceText], languages: Sequence[str]) -> Recording:
    """What the models of the settings answer: with our prompt, our checks, as many tries as an
    edition gives them, and within the day's budget. Raises CannotRecord."""
    if not settings.LLM_MODELS:
        raise CannotRecord("no model is configured: set LLM_MODEL; docs/configuration.md")
    if not papers:
        raise CannotRecord("no papers to ask about: name a folder with --papers")
    from papers.summarise import summarise

    call_command("migrate", verbosity=0)
    rows = Paper.objects.bulk_create(
        Paper(canonical_id=name, title=source.title, abstract=source.text)
        for name, source in papers.items()
    )
    told = summarise(rows, languages)
    if not told.by_model:
        raise CannotRecord("no model gave an answer that can be used; is it there? make run says")
    readings = Reading.objects.select_related("paper")
    sources = [SourceText(each.paper.title, each.text, each.kind) for each in readings]
    return Recording(answers(), {source.sha256: source for source in sources})
