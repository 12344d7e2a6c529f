"""Ways out: what an operator limits, and how each of them is doing."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.encoding import punycode
from django.utils.translation import gettext_lazy as _


def rates_by_domain(rates: object) -> None:
    """Domains as they stand in an address on the wire: lower-case A-labels."""
    if not isinstance(rates, dict):
        raise ValidationError(_('Write domains and rates, such as {"naver.com": 5}'))
    for domain, rate in rates.items():
        if domain != a_labels(domain) or "." not in domain or "@" in domain:
            raise ValidationError(
                _("%(domain)s is no domain; write it in small letters, without the @"),
                params={"domain": domain},
            )
        if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0.01 <= rate < 1e6:
            raise ValidationError(
                _("%(domain)s needs a number of mails a second, 0.01 at least"),
                params={"domain": domain},
            )


def a_labels(domain: str) -> str:
    """A domain as it is compared: in small letters, other scripts as RFC 5890 spells them.

    What cannot be spelt so is compared as it is.
    """
    try:
        return punycode(domain).lower()
    except UnicodeError:
        return domain.lower()


class Channel(models.Model):
    """One configured way out. Where it leads stands in the environment, under the same name.

    What an operator sets comes first. The rest tells how it is doing and is written only by
    `newsletter.channels`, `.pace` and `.breaker`, each by one conditional UPDATE.
    """

    DEFAULT_NAME = "default"

    class Policy(models.TextChoices):
        HOLD = "hold", _("leave it, and list it")
        RESEND = "resend", _("send it once more")

    name = models.SlugField(
        _("name"), unique=True, help_text=_("where it leads stands in the environment")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)
    connections = models.PositiveSmallIntegerField(
        _("connections"), default=4, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    slice_size = models.PositiveIntegerField(
        _("mails claimed at once"),
        default=1_000,
        validators=[MinValueValidator(1), MaxValueValidator(10_000)],
        help_text=_("at most: what is in doubt when a sender dies together with its journal"),
    )
    batch_size = models.PositiveIntegerField(
        _("mails a call"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("for providers with batch calls; blank: as many as the provider takes"),
    )
    doubt_policy = models.CharField(
        _("what is in doubt"), max_length=16, choices=Policy, default=Policy.HOLD
    )
    rate = models.FloatField(
        _("mails a second"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0.01), MaxValueValidator(100_000)],
        help_text=_("at most; blank: as many as can leave"),
    )
    domain_rates = models.JSONField(
        _("mails a second by receiving domain"),
        default=dict,
        blank=True,
        validators=[rates_by_domain],
        help_text=_('at most, such as {"naver.com": 5}'),
    )

    cool_until = models.DateTimeField(null=True, editable=False)
    cool_count = models.PositiveIntegerField(default=0, editable=False)
    shut_until = models.DateTimeField(null=True, editable=False)
    shut_count = models.PositiveIntegerField(default=0, editable=False)
    shut_reason = models.CharField(max_length=200, blank=True, editable=False)
    breaker_opened_at = models.DateTimeField(null=True, editable=False)
    breaker_reason = models.CharField(max_length=300, blank=True, editable=False)
    breaker_newsletter = models.ForeignKey(
        "newsletter.Newsletter", models.PROTECT, null=True, editable=False, related_name="+"
    )
    probed_at = models.DateTimeField(null=True, editable=False)
    probe_answer = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        permissions = [("close_breaker", "Can close the breaker of channels")]
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    def may_carry(self, now: datetime) -> bool:
        """Whether mail may leave by it at a moment."""
        return not self.why_not(now)

    def why_not(self, now: datetime) -> str:
        """Why it may not carry mail, in words; blank where it may."""
        if not self.is_active:
            return "it is not in use"
        if self.breaker_opened_at:
            return "stopped, since it left mails in doubt; a mail to ourselves asks each minute"
        waits = [until for until in (self.cool_until, self.shut_until) if until and until > now]
        return f"it waits until {max(waits):%H:%M} UTC" if waits else ""


class Bucket(models.Model):
    """How much of a rate is used up: a channel's, or that of one receiving domain through it.

    A token bucket kept as a moment: what may leave up to `paid_until` has left. `booked_until` is
    where the queue of those who were told to come back ends.
    """

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="buckets")
    domain = models.CharField(max_length=253, blank=True)
    paid_until = models.DateTimeField(null=True)
    booked_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "domain"], name="one_bucket_a_domain"),
        ]
