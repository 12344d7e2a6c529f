"""The audit trail: who did what at the desk, when, to what, why, and from which network."""

from __future__ import annotations

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def about(self, model: type[models.Model], key: str) -> AuditEntryQuerySet:
        """What was done to one thing."""
        kind = ContentType.objects.get_for_model(model, for_concrete_model=False)
        return self.filter(content_type=kind, object_id=key)


class AuditEntry(models.Model):
    """One act. Rows are added by `newsletter.audit`, and never changed.

    `act` is one of `Act`, or the name of one of the desk's buttons. `editor_name` is who it was,
    also once the account is gone; blank for the command line, and for whoever tried a name that
    nobody has. Neither it nor `thing` nor `message` holds a reader's address.
    """

    class Act(models.TextChoices):
        ADDED = "added", _("added")
        CHANGED = "changed", _("changed")
        DELETED = "deleted", _("deleted")
        EXPORTED = "exported", _("took readers out")
        SIGNED_IN = "signed_in", _("signed in")
        SIGN_IN_FAILED = "sign_in_failed", _("wrong name or password")
        SIGN_IN_REFUSED = "sign_in_refused", _("refused: too many attempts")
        CODE_GIVEN = "code_given", _("gave the second factor")
        RECOVERY_CODE_GIVEN = "recovery_code_given", _("signed in with a recovery code")
        CODE_FAILED = "code_failed", _("wrong code")
        SIGNED_OUT = "signed_out", _("signed out")
        PASSWORD_CHANGED = "password_changed", _("changed their password")
        FACTOR_SET_UP = "factor_set_up", _("set up the second factor")
        FACTOR_REMOVED = "factor_removed", _("turned the second factor off")
        FACTOR_RESET = "factor_reset", _("reset somebody’s second factor")
        CODES_RENEWED = "codes_renewed", _("made new recovery codes")

    SIGNING_IN = (Act.SIGNED_IN, Act.CODE_GIVEN, Act.RECOVERY_CODE_GIVEN, Act.SIGNED_OUT)
    OF_A_FORM = (Act.ADDED, Act.CHANGED, Act.DELETED)
    FAILED = (Act.SIGN_IN_FAILED, Act.SIGN_IN_REFUSED, Act.CODE_FAILED)

    at = models.DateTimeField(_("when"), db_index=True)
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        db_index=False,  # the index below begins with it
        related_name="+",
        verbose_name=_("who"),
    )
    editor_name = models.CharField(_("who"), max_length=150, blank=True)
    act = models.CharField(_("what"), max_length=40)
    content_type = models.ForeignKey(
        ContentType, models.SET_NULL, null=True, db_index=False, related_name="+"
    )
    object_id = models.CharField(max_length=64, blank=True)
    thing = models.CharField(_("to what"), max_length=200, blank=True)
    message = models.TextField(_("in detail"), blank=True)
    reason = models.TextField(_("reason"), blank=True)
    network = models.CharField(
        _("network"),
        max_length=32,
        blank=True,
        help_text=_("a keyed hash of the network's address"),
    )

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of the audit trail")
        verbose_name_plural = _("audit trail")
        ordering = ["-pk"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["editor", "id"], name="audit_of_editor"),
            models.Index(fields=["editor_name", "id"], name="audit_of_name"),
            models.Index(fields=["content_type", "object_id", "id"], name="audit_of_thing"),
            models.Index(fields=["act", "id"], name="audit_of_act"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.editor_name} {self.act}"

    @property
    def words(self) -> str:
        """What was done, in the language of whoever looks."""
        label = str(self.Act(self.act).label) if self.act in self.Act.values else self.act
        if not self.message:
            return label
        is_form = self.message.startswith("[")
        detail = LogEntry(change_message=self.message).get_change_message() if is_form else ""
        detail = detail or gettext(self.message)
        is_said = self.act in self.OF_A_FORM or self.act not in self.Act.values
        return detail if is_said else f"{label}: {detail}"
