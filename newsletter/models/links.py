"""The links of mails that lead through this site, where a newsletter wants that."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from newsletter.models.editions import Edition


class Link(models.Model):
    """An address that an approved edition prints, and where it leads by now.

    All readers of the edition have the same `key`: it tells nobody from another, and nothing is
    counted.
    """

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="links")
    key = models.CharField(max_length=16, unique=True)
    url = models.CharField(max_length=900, help_text="as it was approved")
    target = models.CharField(_("leads to"), max_length=900)

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.key

    @property
    def is_mended(self) -> bool:
        return self.target != self.url


class LinkChange(models.Model):
    """When a link was led elsewhere, by whom, from where to where, and why. Never changed."""

    link = models.ForeignKey(Link, models.PROTECT, related_name="changes")
    changed_at = models.DateTimeField(auto_now_add=True)
    changed_by = models.CharField(max_length=150)
    before = models.CharField(max_length=900)
    after = models.CharField(max_length=900)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("change of a link")
        verbose_name_plural = _("changes of links")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.link} · {self.pk}"
