"""A paper is added to an edition: by its arXiv id, a link to it, or words of its title."""

from __future__ import annotations

import logging

from django.contrib import messages
from django.db.models import Q
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from newsletter import tasks
from newsletter.curate import curating
from newsletter.links import desk_path
from newsletter.models import WrongState
from newsletter.storable import is_storable
from papers.fetch import fetch_paper
from papers.models import Paper
from papers.sources.base import SourceError, SourceUnavailable, UnknownPaper
from papers.sources.paper_links import is_link, paper_named
from papers.summarise import summarise

logger = logging.getLogger(__name__)

MOST_FOUND = 12


def add(model_admin, request, edition, seen_version):
    """Add what is asked for, or ask which of several; what cannot be added is said."""
    desk = desk_path(edition.pk)
    try:
        papers = papers_meant(request.POST.get("add_paper", "").strip())
        if len(papers) > 1:
            return ask(model_admin, request, edition, papers, seen_version)
        entry = put_in(edition, request.user, seen_version, papers[0])
    except WrongState as wrong:
        model_admin.message_user(request, str(wrong), messages.ERROR)
        return redirect(desk)
    said = _("Added: %(title)s") % {"title": entry.paper.title}
    model_admin.message_user(request, said, messages.SUCCESS)
    return redirect(f"{desk}#entry-{entry.pk}")


def papers_meant(text: str) -> list[Paper]:
    """One at least. Raises WrongState, with a sentence for the editor, when there is none."""
    if name := paper_named(text):
        return [fetched(name)]
    if is_link(text):
        raise WrongState(_("This link leads to no paper on arXiv or Hugging Face that we know."))
    papers = with_words(text)
    if not papers:
        raise WrongState(
            _("No stored paper has these words in its title. Its arXiv id or a link will do.")
        )
    return papers


def fetched(name: str) -> Paper:
    """Stored, or asked of arXiv on the spot."""
    try:
        return fetch_paper(name)
    except UnknownPaper as error:
        raise WrongState(_("arXiv knows no paper %(id)s.") % {"id": name}) from error
    except SourceUnavailable as error:
        logger.warning("paper=%s was not fetched: %s", name, error)
        raise WrongState(
            _("arXiv does not answer just now. Please try again in a minute.")
        ) from error
    except SourceError as error:
        logger.warning("paper=%s was not fetched: %s", name, error)
        raise WrongState(_("arXiv’s answer cannot be used: %(why)s") % {"why": error}) from error


def with_words(text: str) -> list[Paper]:
    """Stored papers with all of these words in the title, the newest first."""
    words = text.split() if is_storable(text) else []
    if not words:
        return []
    condition = Q(*(Q(title__icontains=word) for word in words))
    return list(Paper.objects.filter(condition)[:MOST_FOUND])


def put_in(edition, editor, seen_version, paper):
    """Its extracts first, so that nobody waits at the edition; a worker has models asked
    for this one alone."""
    summarise([paper], edition.newsletter.languages, seconds=0)
    with curating(edition, editor, seen_version) as curation:
        entry = curation.add(paper)
    tasks.wake(tasks.visit_links, edition.pk)
    tasks.wake(tasks.write_summaries, edition.pk, [paper.pk])
    return entry


def ask(model_admin, request, edition, papers, version):
    context = model_admin.admin_site.each_context(request) | {
        "title": _("Which paper?"),
        "opts": model_admin.opts,
        "original": edition,
        "papers": papers,
        "version": version,
    }
    return TemplateResponse(request, "admin/newsletter/edition/choose.html", context)
