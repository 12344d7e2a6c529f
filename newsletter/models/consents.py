"""Proof of consent: when, from where, and to which words somebody said yes."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsletter.models.subscribers import Subscription


class Wording(models.Model):
    """Words that stood beside a button, kept once, and for as long as an act refers to them."""

    IS_KEPT = timedelta(days=1)  # from its last use on, also without an act
    IS_FRESH = timedelta(hours=1)  # so that not each act writes, and none waits for another

    language = models.CharField(_("language"), max_length=16)
    text = models.TextField(_("wording"))
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    used_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("wording")
        verbose_name_plural = _("wordings")

    def __str__(self) -> str:
        return self.text

    @classmethod
    def of(cls, language: str, text: str) -> Wording:
        """The row, which stays for long enough to be referred to."""
        key = hashlib.sha256(f"{language}\0{text}".encode()).hexdigest()
        wording = {"language": language, "text": text}
        kept = cls.objects.get_or_create(sha256=key, defaults=wording)[0]
        now = timezone.now()
        if kept.used_at > now - cls.IS_FRESH:
            return kept
        if cls.objects.filter(pk=kept.pk).update(used_at=now):
            return kept
        return cls.objects.get_or_create(sha256=key, defaults=wording)[0]  # forgotten meanwhile

    @classmethod
    @transaction.atomic
    def forget_unused(cls) -> None:
        """A stranger may have written them: without an act nobody agreed to them.

        Who uses one at that moment either has it locked, or finds it gone and makes it anew.
        """
        late = cls.objects.filter(used_at__lt=timezone.now() - cls.IS_KEPT)
        unused = late.filter(
            ~models.Exists(Consent.objects.filter(wording=models.OuterRef("pk"))),
            agreement=None,
        )
        held = unused.select_for_update(skip_locked=True, of=("self",))
        cls.objects.filter(pk__in=list(held.values_list("pk", flat=True))).delete()


class Consent(models.Model):
    """One act of a reader's; never changed. It goes with the subscription."""

    class Act(models.TextChoices):
        ASKED = "asked", _("asked")
        CONFIRMED = "confirmed", _("confirmed")
        IMPORTED = "imported", _("imported")
        LET_GO = "let_go", _("let go by the old address")
        MOVED = "moved", _("moved to the new address")

    class Source(models.TextChoices):
        FORM = "form", _("form")
        EMBEDDED = "embedded", _("form on another site")
        API = "api", _("API")
        MAIL = "mail", _("link in a mail")
        IMPORT = "import", _("import")

    subscription = models.ForeignKey(
        Subscription, models.CASCADE, related_name="consents", verbose_name=_("subscription")
    )
    act = models.CharField(_("act"), max_length=16, choices=Act)
    source = models.CharField(_("from"), max_length=16, choices=Source)
    wording = models.ForeignKey(Wording, models.PROTECT, null=True, verbose_name=_("wording"))
    network = models.CharField(
        _("network"),
        max_length=32,
        blank=True,
        help_text=_("a keyed hash of the network's address"),
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.subscription} · {self.act}"
