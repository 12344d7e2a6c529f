"""What we say of a paper, and what it said before."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from papers.models.papers import Paper
from papers.models.receipts import Receipt


class SummaryQuerySet(models.QuerySet["Summary"]):
    def by_paper(self, papers: Iterable[Paper], language: str) -> dict[int, Summary]:
        """Those of the papers in one language, by the paper's key. In one query."""
        found = self.filter(paper__in=list(papers), language=language)
        return {summary.paper_id: summary for summary in found}


class Verdict(models.TextChoices):
    PASS = "pass", _("passed")
    REVIEW = "review", _("to be looked at")
    BLOCK = "block", _("blocked")


class Summary(models.Model):
    """A paper in one language: three parts, who wrote them, and from which text.

    `lead` is one line ahead of the parts. `further` keeps what an imported edition printed beyond
    the three parts, as [label, text] in order, an empty label where there was none. `claims` are
    its statements in order, each with the sentence of the source that it rests on: `part`, `text`,
    `quote`. `verdict` and `findings` are what our checks said of what `judged_sha256` is the hash
    of; `papers.summarise.judging` keeps them, and knows when they are out of date.
    """

    class Writer(models.TextChoices):
        EXTRACT = "extract", _("sentences of the abstract")
        MODEL = "model", _("a language model")
        EDITOR = "editor", _("an editor")
        DOCUMENT = "document", _("an imported edition")

    class WhyExtract(models.TextChoices):
        """Why sentences of the abstract stand where a language model was to write."""

        BUDGET = "budget", _("the day’s budget was spent")
        BLOCKED = "blocked", _("our checks blocked what the models wrote")
        REFUSED = "refused", _("no model gave an answer that can be used")
        UNAVAILABLE = "unavailable", _("no model could be reached")
        LATE = "late", _("the time was up")

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
    why_extract = models.CharField(max_length=16, choices=WhyExtract, blank=True)
    claims = models.JSONField(default=list, blank=True)
    receipt = models.ForeignKey(
        Receipt, models.SET_NULL, null=True, related_name="summaries", editable=False
    )
    verdict = models.CharField(_("verdict"), max_length=16, choices=Verdict, blank=True)
    findings = models.JSONField(default=list, blank=True)
    judged_sha256 = models.CharField(max_length=64, blank=True)

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
