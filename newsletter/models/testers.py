"""Who gets proof copies of a newsletter."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from newsletter.models.newsletters import Newsletter
from newsletter.models.subscribers import masked


class Tester(models.Model):
    """An address that proof copies go to when an editor asks for it. Nobody's subscription."""

    newsletter = models.ForeignKey(
        Newsletter, models.CASCADE, related_name="testers", verbose_name=_("newsletter")
    )
    email = models.EmailField(_("address"))
    language = models.CharField(
        _("language"), max_length=16, blank=True, help_text=_("blank: a copy in each language")
    )
    proofed_at = models.DateTimeField(_("last proof"), null=True, editable=False)
    proof_answer = models.CharField(
        _("what became of it"), max_length=200, blank=True, editable=False
    )

    class Meta:
        verbose_name = _("tester")
        verbose_name_plural = _("testers")
        ordering = ["newsletter", "email"]
        constraints = [
            models.UniqueConstraint(
                fields=["newsletter", "email"], name="one_tester_a_newsletter_and_address"
            ),
        ]

    def __str__(self) -> str:
        """Masked, as the audit trail, which notes it, stays longer than the address."""
        return masked(self.email)

    def languages_of(self, edition_languages: list[str]) -> list[str]:
        """In which of an edition's languages they get a copy."""
        wanted = [self.language] if self.language in edition_languages else []
        return wanted or edition_languages
