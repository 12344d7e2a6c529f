"""An order to send an edition that is done also to those without it."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from newsletter.models.editions import Edition


class Supplement(models.Model):
    """Who shall get an edition after all, and how far the writing of their rows has come.

    Rows of the ledger behind `after_delivery_id` were added by it, up to the next one's.
    `filled_at` is set when all are written; an edition has one at most that is not.
    """

    class Whom(models.TextChoices):
        NEWCOMERS = "newcomers", _("who confirmed after it had begun to leave")
        REJECTED = "rejected", _("whose mail was rejected")
        EXPIRED = "expired", _("whose mail had not left in time")
        DOUBTFUL = "doubtful", _("whose mail is in doubt")

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="supplements")
    whom = models.JSONField(default=list)
    ordered_by = models.CharField(max_length=150)
    since = models.DateTimeField(help_text="up to when readers had been asked for before")
    cutoff_at = models.DateTimeField(db_default=Now())
    after_delivery_id = models.BigIntegerField()
    max_id = models.BigIntegerField(help_text="the newest subscription of that moment")
    watermark = models.BigIntegerField(default=0)
    filled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("supplement")
        verbose_name_plural = _("supplements")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["edition"],
                condition=models.Q(filled_at__isnull=True),
                name="one_supplement_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition} · {self.pk}"
