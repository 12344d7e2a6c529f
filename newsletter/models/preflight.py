"""Pre-flight: what was found when an edition's links were opened, and who let what pass."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from newsletter.models.editions import Edition


class Visit(models.Model):
    """What an address answered when it was last asked. All editions share it."""

    class State(models.TextChoices):
        ANSWERS = "answers"
        GONE = "gone"  # whoever answers says that nothing is there; or there is no such host
        SILENT = "silent"  # which may pass
        PRIVATE = "private"  # not asked: readers could not, either

    url = models.CharField(max_length=1000, unique=True)
    state = models.CharField(max_length=16, choices=State)
    said = models.CharField(max_length=100)  # HTTP 404, no such host
    content_type = models.CharField(max_length=100, blank=True)
    visited_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.state}: {self.url}"


class Override(models.Model):
    """An editor's word that a stop shall not stop an edition, with the reason. Stays as it is.

    It holds for what was judged then, which `fingerprint` tells: where that has changed, the check
    gives another fingerprint, and the stop stands again.
    """

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="overrides")
    check_name = models.CharField(_("check"), max_length=32)  # of newsletter.preflight.CHECKS
    fingerprint = models.CharField(max_length=64)
    sentence = models.TextField(_("what was found"))
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    by_name = models.CharField(max_length=150)  # outlives the account
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "fingerprint"], name="one_override_a_stop"),
        ]

    def __str__(self) -> str:
        return f"{self.check_name} of {self.edition_id}, by {self.by_name}"
