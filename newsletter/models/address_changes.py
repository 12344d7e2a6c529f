"""A reader's wish to be mailed at another address, while it waits for a yes from both."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from newsletter.models.consents import Wording
from newsletter.models.subscribers import Subscriber, Subscription


class AddressChange(models.Model):
    """The newest one of a reader. The links of its mails name it, so that a newer one makes them
    void; once it is done, it only answers whoever presses again. Kept until its links expire."""

    subscriber = models.OneToOneField(
        Subscriber, models.CASCADE, related_name="address_change", verbose_name=_("reader")
    )
    subscription = models.ForeignKey(
        Subscription, models.CASCADE, related_name="+", help_text="on whose page it was asked for"
    )
    email = models.EmailField(
        _("new address"), max_length=254, blank=True, help_text="blank once it is the reader's"
    )
    address_key = models.CharField(max_length=64, db_index=True)
    asked_at = models.DateTimeField(_("asked at"))
    moved_at = models.DateTimeField(_("moved at"), null=True)

    class Meta:
        verbose_name = _("change of address")
        verbose_name_plural = _("changes of address")

    def __str__(self) -> str:
        return f"{self.subscriber} · {self.asked_at}"


class Agreement(models.Model):
    """That somebody pressed the button in the mail to one of the two addresses."""

    class Side(models.TextChoices):
        OLD = "old"
        NEW = "new"

    change = models.ForeignKey(AddressChange, models.CASCADE, related_name="agreements")
    side = models.CharField(max_length=3, choices=Side)
    at = models.DateTimeField()
    network = models.CharField(max_length=32, blank=True)
    wording = models.ForeignKey(Wording, models.PROTECT, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["change", "side"], name="one_agreement_a_side"),
        ]

    def __str__(self) -> str:
        return f"{self.change} · {self.side}"
