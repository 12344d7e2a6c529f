"""What became of an edition, counted now and then, and kept when its ledger is pruned."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from newsletter.models.editions import Edition


class Report(models.Model):
    """An edition's numbers by language and channel, as `newsletter.deliver.report` counted them.

    `sent` is how its deliveries stand, and agrees with the edition's `final_counts`; it is empty
    before the end. `told` is what was heard of its mails, and how many of its readers left, from
    the first mail on. No reader is named.
    """

    edition = models.OneToOneField(Edition, models.CASCADE, related_name="report")
    sent = models.JSONField(default=list)
    told = models.JSONField(default=list)
    began_at = models.DateTimeField(null=True, help_text="when its first mails were claimed")
    ended_at = models.DateTimeField(null=True, help_text="when its last slice was settled")
    counted_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, help_text="when `told` is counted anew; null: never")

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")

    def __str__(self) -> str:
        return f"{self.edition}"

    def told_count(self, *names: str) -> int:
        """Over all languages and channels."""
        return sum(row.get(name, 0) for row in self.told for name in names)
