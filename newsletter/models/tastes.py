"""What of an edition a reader wants; readers who want the same share a row, and a mail."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _

MOST_TOPICS = 10
LONGEST_TOPIC = 40  # characters


class Taste(models.Model):
    """How many papers at most, and topics that are favoured or muted: arXiv categories, keywords.

    Never changed: another taste is another row.
    """

    max_entries = models.PositiveSmallIntegerField(_("papers at most"), null=True)
    favoured = models.JSONField(_("favoured topics"), default=list)
    muted = models.JSONField(_("muted topics"), default=list)
    key = models.CharField(max_length=64, unique=True, editable=False)

    class Meta:
        verbose_name = _("taste")
        verbose_name_plural = _("tastes")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @classmethod
    def of(
        cls, max_entries: int | None, favoured: Iterable[str], muted: Iterable[str]
    ) -> Taste | None:
        """The row for a taste, made where it is new; None for whoever wants all of it.

        Topics count once, in any order and case.
        """
        wanted = {
            "max_entries": max_entries,
            "favoured": sorted({topic.casefold() for topic in favoured}),
            "muted": sorted({topic.casefold() for topic in muted}),
        }
        if not any(wanted.values()):
            return None
        key = hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()
        return cls.objects.get_or_create(key=key, defaults=wanted)[0]
