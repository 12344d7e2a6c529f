"""An edition in one language: what its editor wrote, and what is frozen and sent."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from newsletter.models.editions import Edition


class RenditionQuerySet(models.QuerySet["Rendition"]):
    def whole(self) -> RenditionQuerySet:
        """Those with every entry, which editors see and approve."""
        return self.filter(variant="")


class Rendition(models.Model):
    """An edition in one language; a `variant` of it for readers with a taste of their own.

    `subject`, `preheader` and `intro` are the editor's; a blank one is written by `render`. From
    approval on, the `frozen_…` fields hold what is sent, under its SHA-256, and never change.
    Variants are made of the approved entries when the audience is frozen.
    """

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="renditions")
    language = models.CharField(_("language"), max_length=16)
    variant = models.CharField(max_length=32, blank=True, default="", db_default="", editable=False)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    preheader = models.CharField(_("preheader"), max_length=200, blank=True)
    intro = models.TextField(_("intro"), blank=True)

    frozen_subject = models.TextField(blank=True, editable=False)
    frozen_preheader = models.TextField(blank=True, editable=False)
    frozen_html = models.TextField(blank=True, editable=False)
    frozen_text = models.TextField(blank=True, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    frozen_at = models.DateTimeField(null=True, editable=False)

    objects = RenditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("rendition")
        verbose_name_plural = _("renditions")
        ordering = ["language"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "language", "variant"], name="one_rendition_a_language"
            ),
            models.CheckConstraint(
                condition=Q(frozen_at__isnull=True) | ~Q(sha256=""),
                name="frozen_rendition_has_a_hash",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition} in {self.language}"
