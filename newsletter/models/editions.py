"""One date's newsletter, from scheduled to done, and its entries."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from newsletter.models.newsletters import Newsletter
from newsletter.models.subscribers import Subscription, SubscriptionQuerySet


class WrongState(Exception):
    """A move that the edition's state does not allow; the message names both."""


class Overtaken(WrongState):
    """The edition is not the one that the editor saw: somebody else was faster."""

    def __init__(self) -> None:
        super().__init__(gettext("The edition has changed since you opened it. Please look again."))


class EditionQuerySet(models.QuerySet["Edition"]):
    def unfinished(self) -> EditionQuerySet:
        return self.filter(state__in=Edition.UNFINISHED)

    def begun(self) -> EditionQuerySet:
        """Whatever has begun to leave, also if it was stopped; corrections, too."""
        return self.filter(audience_frozen_at__isnull=False)

    def published(self) -> EditionQuerySet:
        """What readers may see on the site. A correction stands on the page of what it corrects."""
        return self.begun().filter(corrects=None)

    def with_headlines(self) -> EditionQuerySet:
        """Each with the title of its first paper, `top_title`, an editor's headlines in place of
        it, and its `entry_count`."""
        printed = Entry.objects.filter(edition=OuterRef("pk"), hidden=False)
        first = printed.order_by("position", "pk")[:1]
        counted = printed.order_by().values("edition").values(count=Count("pk"))
        return self.annotate(
            top_title=Subquery(first.values("paper__title")),
            top_headlines=Subquery(first.values("headlines")),
            entry_count=Subquery(counted),
        )


class Edition(models.Model):
    """A newsletter's edition of one date.

    `state` moves only by `move`, one conditional UPDATE each, so that of two workers (or two
    clicks) one wins and the other is told. `hold_reason` stops it from leaving, in any state.
    """

    class State(models.TextChoices):
        SCHEDULED = "scheduled", _("scheduled")
        COLLECTING = "collecting", _("collecting")
        DRAFT = "draft", _("draft")
        APPROVED = "approved", _("approved")
        FREEZING = "freezing", _("freezing")
        SENDING = "sending", _("sending")
        SETTLING = "settling", _("settling")
        DONE = "done", _("done")
        SKIPPED = "skipped", _("skipped")
        EXPIRED = "expired", _("expired")
        CANCELLED = "cancelled", _("cancelled")

    EDITABLE = (State.SCHEDULED, State.COLLECTING, State.DRAFT)
    LEAVING = (State.FREEZING, State.SENDING, State.SETTLING)
    UNFINISHED = (*EDITABLE, State.APPROVED, *LEAVING)

    newsletter = models.ForeignKey(
        Newsletter, models.PROTECT, related_name="editions", verbose_name=_("newsletter")
    )
    date = models.DateField(
        _("date"), help_text=_("of the list it is made from, in the newsletter's zone")
    )
    corrects = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="corrections",
        help_text="an edition of the same date: it goes to those who have that one",
    )
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.SCHEDULED)
    version = models.PositiveIntegerField(default=0, editable=False)
    reason = models.TextField(
        _("reason"), blank=True, help_text=_("why it was skipped, expired or cancelled")
    )
    hold_reason = models.TextField(
        _("why it is on hold"), blank=True, help_text=_("while it stands here, nothing leaves")
    )
    resumed_at = models.DateTimeField(null=True, editable=False)  # after a hold
    stopped_at = models.DateTimeField(null=True, editable=False)  # by pre-flight
    not_before = models.DateTimeField(_("leaves at"), null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    build_again_at = models.DateTimeField(null=True, editable=False)

    curated_at = models.DateTimeField(
        null=True, editable=False, help_text=_("when an editor first set the order")
    )
    approved_at = models.DateTimeField(null=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False
    )
    reopened_at = models.DateTimeField(null=True, editable=False)  # from then on an editor approves
    content_sha256 = models.CharField(max_length=64, blank=True, editable=False)

    audience_cutoff_at = models.DateTimeField(null=True, editable=False)
    audience_max_id = models.BigIntegerField(null=True, editable=False)
    audience_watermark = models.BigIntegerField(default=0, editable=False)
    audience_frozen_at = models.DateTimeField(null=True, editable=False)
    audience_count = models.PositiveIntegerField(default=0, editable=False)
    db_timeline = models.CharField(max_length=16, blank=True, editable=False)
    done_at = models.DateTimeField(null=True, editable=False)
    final_counts = models.JSONField(default=dict, editable=False)
    verified_at = models.DateTimeField(
        null=True, editable=False, help_text=_("null: not verified since its ledger last changed")
    )
    breaches = models.JSONField(
        default=list, editable=False, help_text=_("what the last verification found")
    )
    pruned_at = models.DateTimeField(
        null=True, editable=False, help_text=_("from when on its ledger's rows are removed")
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        permissions = [("approve_edition", "Can approve editions and let them go")]
        ordering = ["-date"]
        constraints = [
            models.UniqueConstraint(
                fields=["newsletter", "date"],
                condition=Q(corrects__isnull=True),
                name="one_edition_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sending", "settling", "done"])
                | (~Q(content_sha256="") & Q(audience_frozen_at__isnull=False)),
                name="sending_edition_is_frozen",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(done_at__isnull=False),
                name="done_edition_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.newsletter} {self.date}"

    def leaves_at(self, now: datetime) -> datetime:
        """When it leaves if it is approved now, but for the time to undo: at the send time of its
        date; at once when that has passed, or it is a correction."""
        return now if self.corrects_id else max(self.newsletter.send_at(self.date), now)

    @property
    def rhythm(self) -> str:
        """Which of its readers it goes to."""
        rhythms = Subscription.Rhythm
        return rhythms.WEEKLY if self.newsletter.roundup_of_id else rhythms.DAILY

    @property
    def subscriptions(self) -> SubscriptionQuerySet:
        """Its readers' own rows, whatever they chose, and those who are none any more."""
        return Subscription.objects.filter(newsletter=self.newsletter.subscribed_id)

    def move(self, to: State, *, come_from: Iterable[State], **fields: object) -> None:
        """Go to a state, setting fields in the same statement.

        Raises WrongState when the row is in another state, or was moved by someone else since it
        was read: a second click of the same button changes nothing.
        """
        sources = tuple(come_from)
        row = Edition.objects.filter(pk=self.pk, state__in=sources, version=self.version)
        moved = row.update(state=to, version=F("version") + 1, **fields)
        if not moved:
            raise WrongState(self._why_not(to, sources))
        self.refresh_from_db()

    def say_why(self, reason: str) -> None:
        """Why it does not move, for its editors; its state stays."""
        Edition.objects.filter(pk=self.pk).update(reason=reason)
        self.reason = reason

    def claim_build(self, now: datetime, *, again_at: datetime) -> bool:
        """Take the building of it; False if another worker has it, or it is built already."""
        waiting = Q(build_again_at=None) | Q(build_again_at__lte=now)
        mine = Edition.objects.filter(
            waiting, pk=self.pk, state__in=[self.State.SCHEDULED, self.State.COLLECTING]
        )
        return mine.update(state=self.State.COLLECTING, build_again_at=again_at) == 1

    @property
    def languages(self) -> list[str]:
        """Those it was approved in, while it is; else its newsletter's, or those of what it
        corrects. The main one first."""
        wanted = list(self.newsletter.languages)
        if not self.content_sha256:
            return self.corrects.languages if self.corrects else wanted
        frozen = self.renditions.whole().filter(frozen_at__isnull=False)
        codes = list(frozen.values_list("language", flat=True))
        return sorted(codes, key=lambda code: wanted.index(code) if code in wanted else len(wanted))

    def hold(self, reason: str, *, stopped_at: datetime | None = None) -> bool:
        """Stop it from leaving, for a reason that is not blank; what has not started stays unsent.

        `stopped_at` is pre-flight's: the next approval ends such a hold.
        False: nothing was changed, since it is on hold already, or has ended.
        """
        return self._order(Q(hold_reason=""), hold_reason=reason, stopped_at=stopped_at)

    def resume(self) -> bool:
        """Let it leave again. False: nothing was changed, as it is not on hold, or has ended."""
        return self._order(~Q(hold_reason=""), hold_reason="", resumed_at=timezone.now())

    def cancel(self, reason: str) -> bool:
        """End it for good, whatever it is doing. False: nothing was changed, as it has ended."""
        return self._order(Q(), state=self.State.CANCELLED, reason=reason, hold_reason="")

    @property
    def has_something_to_print(self) -> bool:
        """Whether it may be approved: it has a paper; a correction its words in each language."""
        if self.corrects_id is None:
            return self.printed_entries().exists()
        said = self.renditions.whole().exclude(intro="").values_list("language", flat=True)
        return set(self.languages) <= set(said)

    def printed_entries(self) -> models.QuerySet[Entry]:
        """What readers get, in order."""
        return self.entries.filter(hidden=False).select_related("paper").order_by("position", "pk")

    def _order(self, condition: Q, **fields: object) -> bool:
        """An order that holds whatever else happens meanwhile: of two equal ones, one is done."""
        row = Edition.objects.unfinished().filter(condition, pk=self.pk)
        done = row.update(version=F("version") + 1, **fields) == 1
        self.refresh_from_db()
        return done

    def _why_not(self, to: State, sources: tuple[State, ...]) -> str:
        found = Edition.objects.values_list("state", flat=True).get(pk=self.pk)
        if found in sources:
            return f"{self} was changed by someone else meanwhile; look again before going to {to}"
        return f"{self} is {found}, so it cannot become {to}; it must be {' or '.join(sources)}"


class Entry(models.Model):
    """A paper's place in an edition.

    `printed` keeps what an imported edition said of the paper where the paper itself says
    otherwise (its author order, its picture), so that the document can be given back unchanged.
    """

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="entries")
    paper = models.ForeignKey(
        "papers.Paper", models.PROTECT, related_name="entries", verbose_name=_("paper")
    )
    # No unique constraint: drag and drop saves the rows one by one. Ties go by id.
    position = models.PositiveIntegerField(_("position"), default=0)
    vote_count = models.PositiveIntegerField(_("votes"), null=True, blank=True)
    comment_count = models.PositiveIntegerField(default=0)
    note = models.TextField(
        _("note"), blank=True, help_text=_("an editor's note, printed above the summary")
    )
    headlines = models.JSONField(
        default=dict, help_text=_("by language: printed in place of the paper's title")
    )
    pin = models.PositiveSmallIntegerField(
        _("pinned to no."), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    hidden = models.BooleanField(_("hidden"), default=False)
    touched_at = models.DateTimeField(
        null=True, editable=False, help_text=_("when an editor first moved, hid, noted or added it")
    )
    printed = models.JSONField(default=dict, editable=False)

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "paper"], name="one_entry_a_paper"),
        ]
        indexes = [models.Index(fields=["edition", "position", "id"], name="entry_in_order")]

    def __str__(self) -> str:
        return f"{self.position}. {self.paper}"

    def headline(self, language: str) -> str:
        """The editor's own, in place of the title; blank where there is none."""
        own: str = self.headlines.get(language, "")
        return own

    def touch(self) -> None:
        """Mark as the editor's: composing again leaves it as it is. May be repeated."""
        if not self.touched_at:
            self.touched_at = timezone.now()
