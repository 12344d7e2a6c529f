"""What was published, where it was listed, and what we say of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from urllib.parse import quote

from django.conf import settings
from django.db import models
from django.db.models import Q
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


class Listing(models.Model):
    """A paper on a source's list of a date, with the votes and comments of the newest answer."""

    paper = models.ForeignKey(
        Paper, models.CASCADE, related_name="listings", verbose_name=_("paper")
    )
    source = models.CharField(_("source"), max_length=32)
    date = models.DateField(_("date"))
    vote_count = models.PositiveIntegerField(_("votes"), default=0)
    comment_count = models.PositiveIntegerField(_("comments"), default=0)
    submitted_by = models.CharField(_("submitted by"), max_length=200, blank=True)
    listed_at = models.DateTimeField(_("listed at"), null=True, blank=True)
    first_seen_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(_("last seen at"))

    class Meta:
        verbose_name = _("listing")
        verbose_name_plural = _("listings")
        ordering = ["-date", "-vote_count"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "date", "paper"], name="one_listing_a_paper_and_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.paper.canonical_id} on {self.source} {self.date}"


class Pull(models.Model):
    """The newest question to a source about a date, and what came of it."""

    source = models.CharField(_("source"), max_length=32)
    date = models.DateField(_("date"))
    attempted_at = models.DateTimeField(_("last asked at"))
    succeeded_at = models.DateTimeField(_("last answered at"), null=True, blank=True)
    entry_count = models.PositiveIntegerField(_("papers"), default=0)
    problem = models.TextField(
        _("problem"), blank=True, help_text=_("what the newest attempt ran into, if anything")
    )

    class Meta:
        verbose_name = _("pull")
        verbose_name_plural = _("pulls")
        ordering = ["-date"]
        constraints = [
            models.UniqueConstraint(fields=["source", "date"], name="one_pull_a_source_and_day"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.date}"


class SummaryQuerySet(models.QuerySet["Summary"]):
    def by_paper(self, papers: Iterable[Paper], language: str) -> dict[int, Summary]:
        """Those of the papers in one language, by the paper's key. In one query."""
        found = self.filter(paper__in=list(papers), language=language)
        return {summary.paper_id: summary for summary in found}


class Summary(models.Model):
    """A paper in one language: three parts, who wrote them, and from which text.

    `lead` is one line ahead of the parts. `further` keeps what an imported edition printed beyond
    the three parts, as [label, text] in order, an empty label where there was none.
    """

    class Writer(models.TextChoices):
        EXTRACT = "extract", _("sentences of the abstract")
        EDITOR = "editor", _("an editor")
        DOCUMENT = "document", _("an imported edition")

    paper = models.ForeignKey(
        Paper, models.CASCADE, related_name="summaries", verbose_name=_("paper")
    )
    language = models.CharField(_("language"), max_length=16)
    lead = models.TextField(_("lead"), blank=True)
    lead_by = models.CharField(
        _("lead quoted from"),
        max_length=200,
        blank=True,
        help_text=_("whom the lead is quoted from"),
    )
    whats_new = models.TextField(_("What’s New"), blank=True)
    technical_details = models.TextField(_("Technical Details"), blank=True)
    performance_highlights = models.TextField(_("Performance Highlights"), blank=True)
    further = models.JSONField(default=list, blank=True)
    text_language = models.CharField(
        _("written in"),
        max_length=16,
        help_text=_("the language the parts are written in: an excerpt stays English"),
    )
    writer = models.CharField(_("writer"), max_length=16, choices=Writer)
    writer_name = models.CharField(
        _("writer's name"), max_length=200, blank=True, help_text=_("which editor or model")
    )
    source_kind = models.CharField(
        _("written from"), max_length=32, blank=True, help_text=_("abstract, full text, …")
    )
    source_length = models.PositiveIntegerField(default=0, help_text=_("characters"))
    source_sha256 = models.CharField(max_length=64, blank=True)
    written_at = models.DateTimeField(_("written at"))

    objects = SummaryQuerySet.as_manager()

    class Meta:
        verbose_name = _("summary")
        verbose_name_plural = _("summaries")
        ordering = ["paper", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["paper", "language"], name="one_summary_a_paper_and_language"
            ),
            models.CheckConstraint(
                condition=Q(source_kind="") | ~Q(source_sha256=""), name="summary_source_has_a_hash"
            ),
        ]
        indexes = [models.Index(fields=["written_at", "id"], name="summary_written")]

    def __str__(self) -> str:
        return f"{self.paper.canonical_id} in {self.language}"

    @property
    def is_excerpt(self) -> bool:
        return self.writer == self.Writer.EXTRACT

    @property
    def three_parts(self) -> list[str]:
        return [self.whats_new, self.technical_details, self.performance_highlights]

    @property
    def is_blank(self) -> bool:
        said = [self.lead, *self.three_parts, *(text for _label, text in self.further)]
        return not any(text.strip() for text in said)


class Revision(models.Model):
    """What somebody made of a summary, beside what stood before: the history of its words.

    Both are the columns of `revise.KEPT`; `before` is null where there was no summary.
    """

    summary = models.ForeignKey(Summary, models.CASCADE, related_name="revisions")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    by_name = models.CharField(max_length=150, blank=True, help_text="outlives the account")
    before = models.JSONField(null=True)
    after = models.JSONField()
    undoes = models.ForeignKey("self", models.SET_NULL, null=True, related_name="undone_by")

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["-pk"]
