"""What was published."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from urllib.parse import quote

from django.db import models
from django.utils.translation import gettext_lazy as _

from papers.sources.base import Author


class PaperQuerySet(models.QuerySet["Paper"]):
    def listed_on(self, source: str, day: date) -> PaperQuerySet:
        return self.filter(listings__source=source, listings__date=day)

    def without_summary(self, language: str) -> PaperQuerySet:
        return self.exclude(summaries__language=language)


class Paper(models.Model):
    """A published paper, stored once, whoever told us of it and however often."""

    class Origin(models.TextChoices):
        SOURCE = "source", _("a source of papers")
        DOCUMENT = "document", _("an imported edition")

    canonical_id = models.CharField("arXiv id", max_length=64, unique=True)
    title = models.TextField(_("title"))
    abstract = models.TextField(_("abstract"), blank=True)
    authors = models.JSONField(
        _("authors"), default=list, help_text=_("names in the paper's order")
    )
    organisation = models.CharField(_("organisation"), max_length=300, blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    version = models.PositiveSmallIntegerField(
        _("version"), default=0, help_text=_("arXiv’s newest that we know of; 0: not told")
    )
    revised_at = models.DateTimeField(_("revised at"), null=True, blank=True)
    image_url = models.URLField(_("picture's address"), max_length=1000, blank=True)
    project_url = models.URLField(_("project page"), max_length=1000, blank=True)
    code_url = models.URLField(_("code"), max_length=1000, blank=True)
    code_star_count = models.PositiveIntegerField(_("stars"), null=True, blank=True)
    keywords = models.JSONField(_("keywords"), default=list, blank=True)
    categories = models.JSONField(_("categories"), default=list, blank=True)
    ai_summary = models.TextField(blank=True)
    ai_summary_model = models.CharField(max_length=200, blank=True)
    origin = models.CharField(_("known from"), max_length=16, choices=Origin, default=Origin.SOURCE)
    corrected = models.JSONField(
        default=list, editable=False, help_text=_("columns that an editor corrected")
    )
    arxiv_asked_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text=_("when arXiv was last asked to fill in")
    )
    text_due_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="not before that is its text asked for"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        ordering = ["-canonical_id"]

    def __str__(self) -> str:
        return f"{self.canonical_id} {self.title}"

    @property
    def author_names(self) -> list[str]:
        """The names to print, in the paper's order; the source's hidden ones are left out."""
        return [author["name"] for author in self.authors if not author.get("hidden")]

    @property
    def short_title(self) -> str:
        """The title up to its colon, as people say it."""
        return self.title.split(": ", 1)[0]

    @property
    def arxiv_url(self) -> str:
        return f"https://arxiv.org/abs/{quote(self.canonical_id)}"

    @property
    def pdf_url(self) -> str:
        return f"https://arxiv.org/pdf/{quote(self.canonical_id)}"

    @property
    def discussion_url(self) -> str:
        return f"https://huggingface.co/papers/{quote(self.canonical_id)}"


def stored_authors(authors: Iterable[Author]) -> list[dict[str, object]]:
    """Authors as the `authors` column keeps them; `hidden` is only written where it is true."""
    return [{"name": a.name} | ({"hidden": True} if a.hidden else {}) for a in authors]
