"""Signs of life, and what the doctor last found: kept, so that no page waits for either."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models.functions import Now


class Sign(models.Model):
    """When something last showed that it is alive."""

    CLOCK, WORKER = "clock", "worker"

    name = models.CharField(max_length=16, unique=True)
    at = models.DateTimeField(db_default=Now())

    @classmethod
    def give(cls, name: str) -> None:
        """It is alive now, by the database's clock. May be repeated."""
        if not Sign.objects.filter(name=name).update(at=Now()):
            Sign.objects.bulk_create([Sign(name=name)], ignore_conflicts=True)

    @classmethod
    def seen_at(cls, name: str) -> datetime | None:
        """None: never yet."""
        return cls.objects.filter(name=name).values_list("at", flat=True).first()


class CheckUp(models.Model):
    """What the doctor found when the clock last had it look, as `newsletter.doctor` keeps it."""

    ONLY = 1  # the row's id

    at = models.DateTimeField()
    findings = models.JSONField(default=list)
