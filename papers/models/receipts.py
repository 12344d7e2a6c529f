"""What writers were given of a paper, and what a language model was asked and paid for it."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from papers.models.papers import Paper


class Reading(models.Model):
    """A text of a paper as writers are given it, kept under its hash: what a summary is held
    against later, whatever the paper's abstract has become since."""

    class Kind(models.TextChoices):
        ABSTRACT = "abstract", _("the abstract")
        HTML = "html", _("the full text, as arXiv’s HTML has it")
        PDF = "pdf", _("the full text, as its PDF has it")

    paper = models.ForeignKey(Paper, models.CASCADE, related_name="readings")
    kind = models.CharField(max_length=16, choices=Kind)
    text = models.TextField()
    sha256 = models.CharField(max_length=64, help_text="of the text in UTF-8")
    sections = models.JSONField(default=list, help_text="headings of what was chosen, in order")
    paper_version = models.PositiveSmallIntegerField(default=0, help_text="arXiv's; 0: not told")
    read_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["paper", "kind", "sha256"], name="one_reading_a_paper_and_text"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.paper.canonical_id}, {self.kind}"


class Receipt(models.Model):
    """What a language model was asked for, and what it answered and cost, all tries together.

    The row is there before the first byte leaves, with what it may cost at most: that is what the
    day's budget is held against. What was answered is kept under (paper, source_sha256,
    prompt_version, model, language), so that nothing unchanged is paid for twice.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("asked, and not answered")
        WRITTEN = "written", _("answered")
        BLOCKED = "blocked", _("answered, and blocked by our checks")
        REFUSED = "refused", _("answered, and of no use")
        UNAVAILABLE = "unavailable", _("not reached, or told us to wait")

    paper = models.ForeignKey(
        Paper, models.CASCADE, related_name="receipts", verbose_name=_("paper")
    )
    reading = models.ForeignKey(
        Reading, models.SET_NULL, null=True, related_name="receipts", verbose_name=_("reading")
    )
    language = models.CharField(_("language"), max_length=16)
    source_sha256 = models.CharField(max_length=64)
    prompt_version = models.CharField(_("version of the prompt"), max_length=64)
    model = models.CharField(_("model"), max_length=200)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.ASKED)
    answer = models.JSONField(null=True, editable=False, help_text="the parts, claim by claim")
    problem = models.TextField(_("problem"), blank=True)
    try_count = models.PositiveSmallIntegerField(_("tries"), default=0)
    input_tokens = models.PositiveIntegerField(_("tokens read"), default=0)
    output_tokens = models.PositiveIntegerField(_("tokens written"), default=0)
    cost_usd = models.DecimalField(
        _("cost in US dollars"), max_digits=12, decimal_places=6, default=Decimal(0)
    )
    asked_at = models.DateTimeField(_("asked at"))
    answered_at = models.DateTimeField(_("answered at"), null=True)

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="written") | Q(answer__isnull=False),
                name="written_receipt_has_an_answer",
            ),
        ]
        indexes = [
            models.Index(fields=["asked_at"], name="receipt_asked"),
            models.Index(
                fields=["source_sha256", "language", "model", "prompt_version"], name="receipt_key"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.paper.canonical_id} in {self.language} by {self.model}"
