"""Ways out: what an operator limits, and how each of them is doing."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.Model):
    """One configured way out. Where it leads stands in the environment, under the same name."""

    DEFAULT_NAME = "default"

    class Policy(models.TextChoices):
        HOLD = "hold", _("leave it, and list it")
        RESEND = "resend", _("send it once more")

    name = models.SlugField(_("name"), unique=True, help_text=_("EMAIL_URL_<NAME> says where"))
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

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name
