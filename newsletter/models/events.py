"""What others say of a mail after it left: as it came in, and what it meant."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from newsletter.models.deliveries import Delivery
from newsletter.models.editions import Edition


class Callback(models.Model):
    """A provider's call of our webhook, authenticated, as it came in.

    It waits here to be read, and goes when its events are written down. One that cannot be read
    stays, with its problem.
    """

    provider = models.CharField(_("provider"), max_length=32)
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    received_at = models.DateTimeField(_("received at"))
    problem = models.CharField(_("problem"), max_length=300, blank=True, db_default="")

    class Meta:
        verbose_name = _("unread call")
        verbose_name_plural = _("unread calls")
        indexes = [models.Index(fields=["id"], condition=Q(problem=""), name="callback_waiting")]

    def __str__(self) -> str:
        return f"{self.provider} {self.received_at:%Y-%m-%d %H:%M:%S}"


class DeliveryEvent(models.Model):
    """One thing that happened to a mail, as a provider, a relay or a bounce tells.

    Kept as long as the ledger. Without a delivery it is one of a small mail, or of no mail that we
    know; it stays for its id alone, so that it cannot come twice.
    """

    class Kind(models.TextChoices):
        DELIVERED = "delivered", _("delivered")
        HARD = "hard", _("bounced for good")
        SOFT = "soft", _("bounced for now")
        POLICY = "policy", _("refused for what we are")
        COMPLAINED = "complained", _("complaint")
        UNSUBSCRIBED = "unsubscribed", _("left at the provider")
        OTHER = "other", _("other")

    # What an editor wants to see of an edition.
    TELLING = (Kind.HARD, Kind.SOFT, Kind.POLICY, Kind.COMPLAINED, Kind.UNSUBSCRIBED)

    provider = models.CharField(_("provider"), max_length=32)
    event_id = models.CharField(_("event id"), max_length=128)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    code = models.CharField(_("code"), max_length=200, blank=True)
    happened_at = models.DateTimeField(_("happened at"))
    received_at = models.DateTimeField(_("received at"))
    delivery = models.ForeignKey(
        Delivery,
        models.DO_NOTHING,
        null=True,
        db_index=False,
        db_constraint=False,  # the ledger is pruned
        verbose_name=_("delivery"),
    )
    edition = models.ForeignKey(
        Edition, models.PROTECT, null=True, db_index=False, verbose_name=_("edition")
    )
    address_key = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="one_event_an_id"),
        ]
        indexes = [
            models.Index(
                fields=["edition", "kind", "delivery"],
                condition=Q(edition__isnull=False),
                name="event_of_edition",
            ),
            models.Index(
                fields=["address_key", "happened_at"],
                condition=~Q(address_key=""),
                name="event_of_address",
            ),
            models.Index(fields=["received_at"], name="event_received"),
            # Most of them tell that a mail arrived; the others are looked for among these.
            models.Index(
                fields=["id"],
                condition=Q(kind__in=["hard", "soft", "policy", "complained", "unsubscribed"]),
                name="event_telling",
            ),
            models.Index(
                fields=["kind", "id"], condition=~Q(kind="delivered"), name="event_of_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.kind} {self.event_id}"
