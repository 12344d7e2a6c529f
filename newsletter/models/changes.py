"""What editors changed in an edition: the history from which a change can be taken back."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from newsletter.models.editions import Edition


class Change(models.Model):
    """One change: who made it, when, what stood and what stands since.

    `before` and `after` are what the kind needs: papers' keys in order, a text, a switch. A change
    is never changed or removed; taking one back is another one, which points to it.
    """

    class Kind(models.TextChoices):
        ORDER = "order", _("order")
        PIN = "pin", _("place")
        HIDDEN = "hidden", _("hidden")
        ADDED = "added", _("added")
        NOTE = "note", _("note")
        HEADLINE = "headline", _("headline")
        SUBJECT = "subject", _("subject")
        PREHEADER = "preheader", _("preheader")
        INTRO = "intro", _("intro")

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="changes")
    version = models.PositiveIntegerField(help_text="of the edition, that it made")
    at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    by_name = models.CharField(max_length=150, help_text="outlives the account")
    kind = models.CharField(max_length=16, choices=Kind)
    paper = models.ForeignKey("papers.Paper", models.PROTECT, null=True, related_name="+")
    language = models.CharField(max_length=16, blank=True)
    before = models.JSONField()
    after = models.JSONField()
    undoes = models.ForeignKey("self", models.SET_NULL, null=True, related_name="undone_by")

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ["-pk"]
