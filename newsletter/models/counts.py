"""Readers from day to day, counted by the clock: no page counts a million rows."""

from __future__ import annotations

from django.db import models


class ReaderDay(models.Model):
    """A newsletter's readers on one day of its own calendar. Today's grows until it is over."""

    newsletter = models.ForeignKey("newsletter.Newsletter", models.CASCADE, db_index=False)
    date = models.DateField()
    confirmed_count = models.PositiveIntegerField(default=0)  # when the day was last counted
    joined_count = models.PositiveIntegerField(default=0)
    left_count = models.PositiveIntegerField(default=0)
    mailable_counts = models.JSONField(
        default=dict, help_text="by rhythm and language: whom an edition would go to, then"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["newsletter", "date"], name="one_count_a_day"),
        ]
