"""How often something was done in an hour or a day, where all processes see it."""

from __future__ import annotations

from django.db import models


class Quota(models.Model):
    """Whose name it is, its users know: a hash of a network, a domain of receivers."""

    name = models.CharField(max_length=300)  # a domain has up to 253
    began_at = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["began_at", "name"], name="one_quota_a_window"),
        ]
