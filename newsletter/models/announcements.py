"""Which editor was told by mail that a draft waits, and in which language editors read."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from newsletter.models.editions import Edition


class Announcement(models.Model):
    """A mail to an editor about a draft; the row is written before it leaves, so that of two
    workers one sends it, and is removed where it surely did not."""

    class Kind(models.TextChoices):
        DRAFT = "draft"  # it waits
        LATE = "late"  # its send time has passed, and it still waits

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="announcements")
    editor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=16, choices=Kind)
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "editor", "kind"], name="one_announcement_an_editor"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.edition_id} to {self.editor_id}"


class DeskLanguage(models.Model):
    """The language in which an editor last opened an edition at the desk."""

    editor = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="desk_language"
    )
    language = models.CharField(max_length=16)

    def __str__(self) -> str:
        return f"{self.editor_id} {self.language}"
