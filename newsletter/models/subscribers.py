"""Readers: an address, its relation to a newsletter, and addresses that must not be mailed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsletter.mac import mac


def address_key(email: str) -> str:
    """What an address is told apart by: a keyed hash of its lower-case form.

    It outlives the address, so that erasing a reader keeps suppressions and the ledger.
    """
    folded = email.strip().lower()
    return mac("paperboy.address", folded, settings.ADDRESS_PEPPER).hex()


def masked(email: str) -> str:
    """Enough for its owner to know it by."""
    local, _at, domain = email.rpartition("@")
    return f"{local[:1]}…@{domain}"


class Subscriber(models.Model):
    email = models.EmailField(_("address"), max_length=254)
    address_key = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("reader")
        verbose_name_plural = _("readers")

    def __str__(self) -> str:
        """Without the address: it is written into logs, the desk's own among them."""
        return f"{self._meta.verbose_name} {self.pk}"

    def save(self, *args, **kwargs) -> None:  # type: ignore[no-untyped-def]  # Django's own signature
        self.address_key = address_key(self.email)
        super().save(*args, **kwargs)


def is_suppressed() -> Exists:
    """Of a subscription: whether its address must not be mailed."""
    holding = Suppression.objects.holding()
    return Exists(holding.filter(address_key=OuterRef("subscriber__address_key")))


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def mailable(self) -> SubscriptionQuerySet:
        """Those who may be mailed now: confirmed, not on a pause, the address not suppressed."""
        is_back = Q(paused_until=None) | Q(paused_until__lte=Now())
        return self.unsuppressed().filter(is_back, state=Subscription.State.CONFIRMED)

    def unsuppressed(self) -> SubscriptionQuerySet:
        """Those whose address may be mailed at all."""
        return self.filter(~is_suppressed())


class Subscription(models.Model):
    """A subscriber's relation to one newsletter: pending, confirmed, unsubscribed."""

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        CONFIRMED = "confirmed", _("confirmed")
        UNSUBSCRIBED = "unsubscribed", _("unsubscribed")

    subscriber = models.ForeignKey(
        Subscriber, models.PROTECT, related_name="subscriptions", verbose_name=_("reader")
    )
    newsletter = models.ForeignKey(
        "newsletter.Newsletter", models.PROTECT, verbose_name=_("newsletter")
    )
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.PENDING)
    language = models.CharField(_("language"), max_length=16, default=settings.LANGUAGE_CODE)

    class Rhythm(models.TextChoices):
        DAILY = "daily", _("each edition")
        WEEKLY = "weekly", _("once a week")

    # What the reader chose; `newsletter.morning` says what it means.
    weekdays = models.PositiveSmallIntegerField(default=0b1111111, db_default=0b1111111)
    rhythm = models.CharField(
        _("rhythm"), max_length=8, choices=Rhythm, default=Rhythm.DAILY, db_default=Rhythm.DAILY
    )
    weekly_since = models.DateTimeField(null=True, blank=True, editable=False)
    hour = models.PositiveSmallIntegerField(_("hour"), null=True, blank=True)
    time_zone = models.CharField(
        _("time zone"), max_length=64, blank=True, default="", db_default=""
    )
    paused_until = models.DateTimeField(_("on a pause until"), null=True, blank=True)
    taste = models.ForeignKey(
        "newsletter.Taste", models.PROTECT, null=True, blank=True, verbose_name=_("taste")
    )
    chosen_at = models.DateTimeField(_("last changed by the reader"), null=True, blank=True)
    confirmation_requested_at = models.DateTimeField(_("asked at"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    unsubscribed_at = models.DateTimeField(_("left at"), null=True, blank=True)
    created_at = models.DateTimeField(_("first asked at"), auto_now_add=True)
    merged_into = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        db_index=False,
        editable=False,
        related_name="merged",
        help_text="what its links lead to, since its reader moved to an address that had this one",
    )

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        permissions = [("export_subscription", "Can export subscriptions")]
        constraints = [
            models.UniqueConstraint(
                fields=["subscriber", "newsletter"], name="one_subscription_a_newsletter"
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False),
                name="confirmed_subscription_has_its_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["confirmation_requested_at"],
                condition=Q(state="pending"),
                name="subscription_pending",
            ),
            models.Index(fields=["confirmed_at"], name="subscription_confirmed"),
            models.Index(
                fields=["merged_into"],
                condition=Q(merged_into__isnull=False),
                name="subscription_merged",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscriber} · {self.newsletter}"

    @property
    def own_time_zone(self) -> str:
        """By which the reader's days and hours count: the newsletter's where none was chosen."""
        return self.time_zone or self.newsletter.time_zone


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    def holding(self) -> SuppressionQuerySet:
        """Those that hold now."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=Now()))


class Suppression(models.Model):
    """An address that must not be mailed, by its key, so that it outlives the subscriber.

    A row stays when it has ended, and tells when and why, until the address gives cause anew.
    """

    class Reason(models.TextChoices):
        FAILING = "failing", _("failed again and again")
        BOUNCED = "bounced", _("bounced")
        COMPLAINED = "complained", _("complained")
        MANUAL = "manual", _("manual")

    # What the reader can end by confirming anew, since it proves the mailbox and the wish.
    READERS_TO_END = (Reason.FAILING, Reason.BOUNCED, Reason.COMPLAINED)

    address_key = models.CharField(_("address key"), max_length=64, unique=True)
    reason = models.CharField(_("reason"), max_length=16, choices=Reason)
    created_at = models.DateTimeField(_("since"), default=timezone.now)
    ends_at = models.DateTimeField(
        _("until"), null=True, blank=True, help_text=_("blank: for good")
    )
    end_reason = models.CharField(_("why it ends"), max_length=300, blank=True, db_default="")

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")
        permissions = [("lift_suppression", "Can lift suppressions")]

    def __str__(self) -> str:
        return f"{self.address_key[:8]} · {self.get_reason_display()}"

    @property
    def holds(self) -> bool:
        return self.ends_at is None or self.ends_at > timezone.now()

    @property
    def is_asked_anew(self) -> bool:
        """Whether its reader is asked though they are one. One that rests ends by itself."""
        return self.is_readers_to_end and self.reason != self.Reason.FAILING

    @property
    def is_readers_to_end(self) -> bool:
        return self.reason in self.READERS_TO_END

    @property
    def can_be_lifted(self) -> bool:
        """By an editor: not a complaint, which is the reader's to take back."""
        return self.holds and self.reason != self.Reason.COMPLAINED
