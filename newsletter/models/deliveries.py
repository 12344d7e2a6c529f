"""The ledger: one row per edition and subscriber, made before anything is sent."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self) -> DeliveryQuerySet:
        return self.filter(state=Delivery.State.PENDING, not_before__lte=Now())

    def abandoned(self) -> DeliveryQuerySet:
        """Held by a sender whose lease has ended."""
        return self.filter(lease_until__lt=Now())


class Delivery(models.Model):
    """One edition to one subscriber. No address stands here, only its key.

    States and moves: docs/delivery.md. Every write names the fence it was claimed under, so that a
    stale sender's write matches no row; `newsletter.deliver` is the only place that writes them.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        CLAIMED = "claimed", _("claimed")
        SENDING = "sending", _("sending")
        IN_DOUBT = "in_doubt", _("in doubt")
        ACCEPTED = "accepted", _("accepted")
        REJECTED = "rejected", _("rejected")
        SUPPRESSED = "suppressed", _("suppressed")
        ASSUMED_SENT = "assumed_sent", _("assumed sent")
        EXPIRED = "expired", _("expired")

    edition = models.ForeignKey(
        "newsletter.Edition", models.PROTECT, related_name="deliveries", verbose_name=_("edition")
    )
    subscriber = models.ForeignKey(
        "newsletter.Subscriber", models.PROTECT, related_name="deliveries", verbose_name=_("reader")
    )
    rendition = models.ForeignKey(
        "newsletter.Rendition", models.PROTECT, verbose_name=_("rendition")
    )
    address_key = models.CharField(max_length=64)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.PENDING)
    not_before = models.DateTimeField(_("leaves at"))

    fence = models.BigIntegerField(default=0, help_text=_("grows with each claim"))
    owner = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)

    channel = models.CharField(_("channel"), max_length=64, blank=True)
    batch_id = models.UUIDField(null=True)
    provider_message_id = models.CharField(_("provider's message id"), max_length=255, blank=True)
    accepted_at = models.DateTimeField(_("accepted at"), null=True)
    in_doubt_at = models.DateTimeField(_("in doubt since"), null=True)
    doubt_reason = models.TextField(_("why it is in doubt"), blank=True)
    resolved_by = models.CharField(_("resolved by"), max_length=200, blank=True)
    error_class = models.CharField(_("kind of error"), max_length=32, blank=True)
    error_code = models.CharField(_("error"), max_length=200, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "subscriber"], name="one_delivery_a_subscriber"
            ),
            models.UniqueConstraint(
                fields=["edition", "address_key"], name="one_delivery_an_address"
            ),
            models.CheckConstraint(
                condition=(
                    Q(state__in=["claimed", "sending"], lease_until__isnull=False) & ~Q(owner="")
                )
                | (~Q(state__in=["claimed", "sending"]) & Q(owner="", lease_until=None)),
                name="held_delivery_has_an_owner",
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", accepted_at__isnull=False)
                | (~Q(state="accepted") & Q(accepted_at=None)),
                name="accepted_delivery_has_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="in_doubt") | Q(in_doubt_at__isnull=False),
                name="doubted_delivery_has_its_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["edition", "not_before"],
                condition=Q(state="pending"),
                name="delivery_pending",
            ),
            models.Index(
                fields=["owner"],
                condition=Q(state__in=["claimed", "sending"]),
                name="delivery_held",
            ),
            models.Index(
                fields=["edition"], condition=Q(state="in_doubt"), name="delivery_in_doubt"
            ),
            models.Index(
                fields=["provider_message_id"],
                condition=~Q(provider_message_id=""),
                name="delivery_provider_message",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition} · {self.pk}"
