"""Where papers were listed, and how a source answered when it was asked."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from papers.models.papers import Paper


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
