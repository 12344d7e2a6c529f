"""What was printed, and has been withdrawn or revised since."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from newsletter.models.editions import Edition


class ErratumQuerySet(models.QuerySet["Erratum"]):
    def open(self) -> ErratumQuerySet:
        """Those that wait for somebody, also because their correction was given up."""
        given_up = Q(correction__state__in=[Edition.State.CANCELLED, Edition.State.EXPIRED])
        return self.filter(Q(settled_at=None) | given_up)


class Erratum(models.Model):
    """A printed paper that is not what it was when its edition left: one row a version of it.

    `differences` are what of the printed words stands no longer, as `newsletter.errata.differences`
    writes them; none for a paper that was withdrawn. A revision that touches nothing printed is
    kept, too, settled as UNTOUCHED: nobody is asked about it, and it is not looked at again.
    """

    class Kind(models.TextChoices):
        WITHDRAWN = "withdrawn", _("withdrawn")
        REVISED = "revised", _("revised")

    class How(models.TextChoices):
        CORRECTION = "correction", _("a correction was drafted")
        NOTHING = "nothing", _("nothing is to be done")
        UNTOUCHED = "untouched", _("nothing that was printed has changed")

    edition = models.ForeignKey(
        Edition, models.CASCADE, related_name="errata", verbose_name=_("edition")
    )
    paper = models.ForeignKey(
        "papers.Paper", models.PROTECT, related_name="errata", verbose_name=_("paper")
    )
    kind = models.CharField(_("what happened"), max_length=16, choices=Kind)
    version = models.PositiveSmallIntegerField(default=0, help_text="arXiv's; 0: withdrawn")
    differences = models.JSONField(default=list)
    found_at = models.DateTimeField(_("found"))
    settled_at = models.DateTimeField(_("settled"), null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    settled_by_name = models.CharField(max_length=150, blank=True)  # outlives the account
    how = models.CharField(_("how"), max_length=16, choices=How, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    correction = models.ForeignKey(
        Edition, models.SET_NULL, null=True, related_name="settles", help_text="its draft"
    )

    objects = ErratumQuerySet.as_manager()

    class Meta:
        verbose_name = _("erratum")
        verbose_name_plural = _("errata")
        ordering = ["-found_at", "-pk"]
        default_permissions = ()  # whoever may look at editions sees them
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "paper", "kind", "version"], name="one_erratum_a_version"
            ),
            models.CheckConstraint(
                condition=Q(settled_at=None, how="") | Q(settled_at__isnull=False) & ~Q(how=""),
                name="settled_erratum_says_how",
            ),
        ]
        indexes = [
            models.Index(fields=["-found_at", "-id"], name="erratum_newest"),
            models.Index(fields=["id"], condition=Q(settled_at=None), name="erratum_open"),
        ]

    def __str__(self) -> str:
        return f"{self.paper.canonical_id} in {self.edition}, {self.kind}"
