"""Small mails to one reader: what is to be sent, and when it was."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from newsletter.models.subscribers import Subscription


class Notice(models.Model):
    """A small mail that is due. `sent_at` is set before it leaves, so that of two workers one sends
    it, and is taken back where it surely did not leave.

    It outlives a reader who is forgotten, by the key of the address, so that nobody is asked anew.
    """

    class Kind(models.TextChoices):
        CONFIRM = "confirm", _("confirmation")
        REMIND = "remind", _("reminder")
        WELCOME = "welcome", _("welcome")
        ACCESS = "access", _("link to the reader's data")
        LINKS = "links", _("links to the settings")
        MOVE_FROM = "move_from", _("change of address, to the old one")
        MOVE_TO = "move_to", _("change of address, to the new one")

    # They ask whether somebody wants the newsletter; whoever does not may not get many.
    ASKING = (Kind.CONFIRM, Kind.REMIND, Kind.MOVE_TO)
    MOVING = (Kind.MOVE_FROM, Kind.MOVE_TO)  # due at the moment that the change was asked for

    subscription = models.ForeignKey(
        Subscription,
        models.SET_NULL,
        null=True,
        related_name="notices",
        verbose_name=_("subscription"),
    )
    address_key = models.CharField(max_length=64, db_index=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    due_at = models.DateTimeField(_("due at"))
    sent_at = models.DateTimeField(_("sent at"), null=True)
    # Of whoever was imported: leaves after those who ask now, and is due anew rather than left.
    can_wait = models.BooleanField(default=False, db_default=False, editable=False)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes = [
            models.Index(fields=["due_at"], condition=Q(sent_at=None), name="notice_unsent"),
            models.Index(fields=["due_at"], name="notice_due"),
        ]

    def __str__(self) -> str:
        return f"{self.subscription} · {self.kind}"

    @classmethod
    def ask_for(cls, kind: Kind, subscription: Subscription, due_at: datetime) -> Notice:
        """One to the address that the subscription has now."""
        key = subscription.subscriber.address_key
        return cls.objects.create(
            subscription=subscription, address_key=key, kind=kind, due_at=due_at
        )
