"""Readers' files that came by the desk: looked at first, then taken in, a piece at a time."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Import(models.Model):
    """A file's way into the tables. The rows themselves are its pieces, until it is over; what is
    kept of it then is who took in how many, when, and with which words.

    `piece_count` pieces are looked at, then wait for somebody's word, then are taken in;
    `position` is the next one. State and position move with what was done, in one transaction.
    """

    class State(models.TextChoices):
        CHECKING = "checking", _("being looked at")
        CHECKED = "checked", _("waits for your word")
        TAKING = "taking", _("being taken in")
        DONE = "done", _("taken in")
        CANCELLED = "cancelled", _("not taken in")

    WORKING = (State.CHECKING, State.TAKING)
    UNFINISHED = (*WORKING, State.CHECKED)

    newsletter = models.ForeignKey(
        "newsletter.Newsletter", models.PROTECT, verbose_name=_("newsletter")
    )
    wording = models.TextField(
        _("what these readers agreed to"),
        help_text=_("the words beside the button that they pressed; kept with each as proof"),
    )
    is_confirmed = models.BooleanField(
        _("each of them has confirmed by a mail before"),
        default=False,
        help_text=_("then they are readers at once; if not, each is mailed one question first"),
    )
    file_name = models.CharField(_("file"), max_length=200)
    language = models.CharField(max_length=16)  # of whoever brought it; the reasons are in it
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.CHECKING)
    row_count = models.PositiveIntegerField(_("rows"), default=0)
    piece_count = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0)
    expected = models.JSONField(default=dict)  # counts by newsletter.intake.KINDS, looking
    counts = models.JSONField(default=dict)  # the same, taking
    ask_from = models.DateTimeField(null=True)  # when the next of its readers may be asked
    created_at = models.DateTimeField(_("brought at"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("brought by"),
    )
    approved_at = models.DateTimeField(_("approved at"), null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    ended_at = models.DateTimeField(_("over at"), null=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        permissions = [("approve_import", "Can have imports taken in")]
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=models.Q(state__in=["checking", "checked", "taking"]),
                name="import_unfinished",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.newsletter} {self.pk}"


class ImportPiece(models.Model):
    """A few thousand rows of a file, and what is wrong with some of them.

    The rows hold people's addresses and go when the import is over; the reasons hold none.
    """

    part_of = models.ForeignKey(Import, models.CASCADE, related_name="pieces")
    position = models.PositiveIntegerField()
    rows = models.BinaryField(null=True)  # by newsletter.imports
    rejected = models.JSONField(default=list)  # `[[line, reason], …]`

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["part_of", "position"], name="one_piece_a_position"),
        ]
