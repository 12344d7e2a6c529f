"""The ledger: one row per edition and subscriber, made before anything is sent."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from newsletter.models.channels import Channel


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self) -> DeliveryQuerySet:
        return self.filter(state=Delivery.State.PENDING, not_before__lte=Now())

    def doubtful(self) -> DeliveryQuerySet:
        """Those that may have been taken and may not; also when they wait to be sent once more, or
        were to be and then were not. Evidence may still settle them."""
        undecided = Q(state__in=[Delivery.State.IN_DOUBT, Delivery.State.ASSUMED_SENT])
        unsent_again = Q(
            resent_at__isnull=False,
            state__in=[Delivery.State.PENDING, Delivery.State.EXPIRED, Delivery.State.SUPPRESSED],
        )
        return self.filter(undecided | unsent_again)


class Slice(models.Model):
    """What one sender claimed at once, to be sent in order through one channel.

    Its id is the fence of its deliveries: it grows with every claim, and each later write names
    it. `settled_at` is set when all that is known of it stands in the rows. Until then it belongs
    to `owner`, who is alive as long as its locks are held (`newsletter.deliver.liveness`).
    """

    edition = models.ForeignKey(
        "newsletter.Edition", models.PROTECT, related_name="slices", verbose_name=_("edition")
    )
    channel = models.ForeignKey(Channel, models.PROTECT, verbose_name=_("channel"))
    way_out = models.CharField(
        max_length=16, db_default="", help_text=_("tells where the channel led then")
    )
    rate = models.FloatField(null=True, help_text=_("what the channel allowed then"))
    owner = models.CharField(max_length=64)
    journal = models.CharField(max_length=255)
    lease_until = models.DateTimeField()
    size = models.PositiveIntegerField(_("deliveries"), default=0)
    accepted_count = models.PositiveIntegerField(_("accepted"), default=0)
    claimed_at = models.DateTimeField(_("claimed at"), db_default=Now())
    settled_at = models.DateTimeField(_("settled at"), null=True)
    repeated_at = models.DateTimeField(
        null=True, help_text=_("when its request was last repeated under its key")
    )

    class Meta:
        verbose_name = _("slice")
        verbose_name_plural = _("slices")
        indexes = [
            models.Index(
                fields=["owner"], condition=Q(settled_at__isnull=True), name="slice_unsettled"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition} · {self.pk}"


class Delivery(models.Model):
    """One edition to one subscriber. No address stands here, only its key.

    States and moves: docs/delivery.md. Every write after the claim names its fence, so that a stale
    sender's write matches no row; `newsletter.deliver` is the only place that writes them.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        SENDING = "sending", _("sending")
        IN_DOUBT = "in_doubt", _("in doubt")
        ACCEPTED = "accepted", _("accepted")
        REJECTED = "rejected", _("rejected")
        SUPPRESSED = "suppressed", _("suppressed")
        ASSUMED_SENT = "assumed_sent", _("assumed sent")
        EXPIRED = "expired", _("expired")

    # What is in doubt has arrived, mostly.
    HAS_IT = (State.ACCEPTED, State.IN_DOUBT, State.ASSUMED_SENT)

    # Without indexes and constraints of their own in the database: each index more costs every mail
    # three writes, and each constraint a lookup that locks a reader. The unique constraints below
    # serve as indexes; rows come from the very tables that they refer to, and verify_edition looks.
    edition = models.ForeignKey(
        "newsletter.Edition",
        models.PROTECT,
        db_index=False,
        db_constraint=False,
        related_name="deliveries",
        verbose_name=_("edition"),
    )
    subscriber = models.ForeignKey(
        "newsletter.Subscriber",
        models.PROTECT,
        db_index=False,
        db_constraint=False,
        related_name="deliveries",
        verbose_name=_("reader"),
    )
    rendition = models.ForeignKey(
        "newsletter.Rendition",
        models.PROTECT,
        db_index=False,
        db_constraint=False,
        verbose_name=_("rendition"),
    )
    address_key = models.CharField(max_length=64)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.PENDING)
    not_before = models.DateTimeField(_("leaves at"))
    expires_at = models.DateTimeField(null=True)  # with its edition, if null

    fence = models.BigIntegerField(
        _("slice"), db_default=0, help_text=_("the newest slice it was claimed in; 0: none yet")
    )
    attempts = models.PositiveIntegerField(_("attempts"), db_default=0)
    provider_message_id = models.CharField(
        _("provider's message id"), max_length=255, blank=True, db_default=""
    )
    accepted_at = models.DateTimeField(_("accepted at"), null=True)
    in_doubt_at = models.DateTimeField(_("in doubt since"), null=True)
    doubt_reason = models.TextField(_("why it is in doubt"), blank=True, db_default="")
    resolved_by = models.CharField(_("resolved by"), max_length=200, blank=True, db_default="")
    resent_at = models.DateTimeField(
        _("sent again at"), null=True, help_text=_("at most once, whoever orders it")
    )
    error_class = models.CharField(_("kind of error"), max_length=32, blank=True, db_default="")
    error_code = models.CharField(_("error"), max_length=200, blank=True, db_default="")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        permissions = [("settle_delivery", "Can decide on deliveries in doubt")]
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "edition"], name="one_delivery_a_subscriber"
            ),
            models.UniqueConstraint(
                fields=["edition", "address_key"], name="one_delivery_an_address"
            ),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(fence__gt=0), name="sending_delivery_has_a_slice"
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
                fields=["edition", "not_before", "id"],
                condition=Q(state="pending"),
                name="delivery_pending",
            ),
            models.Index(fields=["fence"], condition=Q(state="sending"), name="delivery_sending"),
            models.Index(
                fields=["edition"], condition=Q(state="in_doubt"), name="delivery_in_doubt"
            ),
            models.Index(
                fields=["edition"], condition=Q(state="rejected"), name="delivery_rejected"
            ),
            models.Index(
                fields=["edition", "state"],
                condition=Q(state="suppressed") | Q(state="assumed_sent") | Q(state="expired"),
                name="delivery_ended",
            ),
            models.Index(
                fields=["provider_message_id"],
                condition=~Q(provider_message_id=""),
                name="delivery_provider_message",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition} · {self.pk}"
