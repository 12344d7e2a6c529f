"""What the desk says of an edition, in words: where it is, what it waits for, who gets it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Count
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from newsletter import clock, inboxes
from newsletter.admin.panel import Panel
from newsletter.admin.preview import Preview, previews
from newsletter.admin.verbs import Verb, verbs_for
from newsletter.counts import would_get
from newsletter.deliver import Balance
from newsletter.deliver.progress import standing
from newsletter.models import Delivery, DeliveryEvent, Edition, Report
from newsletter.moments import moment_in_words
from newsletter.render.entries import language_name
from newsletter.render.programs import PROGRAMS
from newsletter.verify import PROMISES, Breach, known_breaches
from papers.models import Summary

State = Edition.State
STEPS = [
    (gettext_lazy("Collect"), gettext_lazy("Collected")),
    (gettext_lazy("Edit"), gettext_lazy("Edited")),
    (gettext_lazy("Approve"), gettext_lazy("Approved")),
    (gettext_lazy("Deliver"), gettext_lazy("Delivered")),
]
STEPS_DONE = {
    State.SCHEDULED: 0,
    State.COLLECTING: 0,
    State.DRAFT: 1,
    State.APPROVED: 3,
    State.FREEZING: 3,
    State.SENDING: 3,
    State.SETTLING: 3,
    State.DONE: 4,
}


@dataclass(frozen=True)
class Step:
    words: Promise
    is_now: bool


@dataclass(frozen=True)
class Readers:
    language: str
    count: int


class Desk:
    """An edition as its page shows it; whatever costs something is looked up when it is printed."""

    programs = tuple(PROGRAMS.values())  # that the preview can imitate
    boxes = inboxes.INBOXES

    def __init__(self, edition: Edition, editor: User | AnonymousUser) -> None:
        self.edition = edition
        self.editor = editor
        self.may_edit = editor.has_perm("newsletter.change_edition")

    @cached_property
    def steps(self) -> list[Step]:
        """The line of an edition, as words; none once it has left the line."""
        done_count = STEPS_DONE.get(State(self.edition.state))
        if done_count is None:
            return []
        return [
            Step(done if place < done_count else ahead, is_now=place == done_count)
            for place, (ahead, done) in enumerate(STEPS)
        ]

    @cached_property
    def lock(self) -> str:
        """Why nothing can be edited, or nothing."""
        return why_locked(self.edition)

    @cached_property
    def verbs(self) -> dict[str, Verb]:
        return verbs_for(self.edition, self.editor)

    @cached_property
    def panel(self) -> Panel:
        """Pre-flight, and the time to undo."""
        return Panel(self.edition)

    @cached_property
    def previews(self) -> list[Preview]:
        shows = self.edition.corrects_id or self.edition.has_something_to_print
        return previews(self.edition) if shows else []

    @cached_property
    def moment(self) -> datetime:
        """When it leaves, or would if it were approved now."""
        approved = self.edition.not_before if self.edition.state == State.APPROVED else None
        return approved or self.edition.leaves_at(clock.now())

    @property
    def leaves_at_once(self) -> bool:
        """A correction, and what is late, as soon as it is approved."""
        return self.edition.state in Edition.EDITABLE and self.moment <= clock.now()

    @cached_property
    def leaves_at(self) -> str:
        """On the newsletter's own clock; nothing once it has left, or never will."""
        if self.edition.state not in (*Edition.EDITABLE, State.APPROVED) or self.leaves_at_once:
            return ""
        return moment_in_words(self.moment, self.edition.newsletter.time_zone)

    @cached_property
    def unpaid_count(self) -> int:
        """Papers of which an excerpt would be printed because the day's budget was spent."""
        if self.edition.state not in Edition.EDITABLE:
            return 0
        unpaid = Summary.objects.filter(
            language__in=self.edition.languages, why_extract=Summary.WhyExtract.BUDGET
        )
        printed = self.edition.entries.filter(hidden=False)
        return unpaid.filter(paper__in=printed.values("paper")).values("paper").distinct().count()

    @cached_property
    def readers(self) -> list[Readers]:
        """How many would get it now, by the language they would get it in."""
        newsletter = self.edition.newsletter
        if self.edition.corrects:
            having = having_it(self.edition.corrects)
            return [Readers(language_name(code), count) for code, count in having.items()]
        counts = dict.fromkeys(newsletter.languages, 0)
        for language, count in would_get(self.edition).items():
            counts[newsletter.language_for(language)] += count
        return [Readers(language_name(code), count) for code, count in counts.items()]

    @cached_property
    def balance(self) -> str:
        """How many of its readers have it; nothing before it leaves."""
        if self.edition.audience_frozen_at is None:
            return ""
        return balance_in_words(self.standing)

    @cached_property
    def standing(self) -> Balance:
        return standing(self.edition)

    @cached_property
    def doubtful(self) -> int:
        """How many mails may have arrived or not, and can be looked at."""
        if self.edition.audience_frozen_at is None or self.edition.pruned_at is not None:
            return 0
        return self.standing.doubtful_count

    @cached_property
    def doubts_url(self) -> str:
        query = f"doubt=any&edition__id__exact={self.edition.pk}"
        return f"{reverse('admin:newsletter_delivery_changelist')}?{query}"

    @cached_property
    def came_back(self) -> str:
        """What was told of its mails later, but for what arrived; nothing where that is all."""
        rows = DeliveryEvent.objects.filter(edition=self.edition, kind__in=DeliveryEvent.TELLING)
        counts = dict(rows.values_list("kind").annotate(Count("delivery", distinct=True)))
        labels = {kind: DeliveryEvent.Kind(kind).label for kind in DeliveryEvent.TELLING}
        return ", ".join(
            f"{label}: {counts[kind]}" for kind, label in labels.items() if kind in counts
        )

    @cached_property
    def came_back_url(self) -> str:
        url = reverse("admin:newsletter_deliveryevent_changelist")
        return f"{url}?edition__id__exact={self.edition.pk}"

    @cached_property
    def breaches(self) -> list[Breach]:
        return known_breaches(self.edition)

    @cached_property
    def verified(self) -> str:
        """When every promise was found to be kept; nothing when one was not, or nobody looked."""
        if self.breaches or self.edition.verified_at is None:
            return ""
        when = moment_in_words(self.edition.verified_at, self.edition.newsletter.time_zone)
        return _("Verified on %(when)s: %(count)s of %(count)s promises kept.") % {
            "when": when,
            "count": len(PROMISES),
        }


def why_locked(edition: Edition) -> str:
    """In a sentence, why an edition cannot be edited; nothing when it can."""
    if edition.state == State.APPROVED:
        return _("This edition is approved. To edit it, take the approval back first.")
    if edition.state in Edition.LEAVING:
        return _("This edition is on its way to its readers and can no longer be changed.")
    if edition.state == State.DONE:
        return _("This edition has gone out and stays as it was sent.")
    if edition.state in (State.EXPIRED, State.CANCELLED):
        return _("This edition does not go out any more, so it can no longer be changed.")
    return ""


def balance_in_words(balance: Balance) -> str:
    """How many of an edition's readers have it."""
    said = [
        _("%(accepted)s of %(all)s sent")
        % {"accepted": balance.accepted, "all": balance.audience_count}
    ]
    if doubtful := balance.doubtful_count:
        said.append(
            ngettext("%(count)s in doubt", "%(count)s in doubt", doubtful) % {"count": doubtful}
        )
    if balance.rejected:
        said.append(_("%(count)s rejected") % {"count": balance.rejected})
    return ", ".join(said)


def having_it(edition: Edition) -> dict[str, int]:
    """How many readers have an edition, by language, or may have it."""
    report = Report.objects.filter(edition=edition).first()
    counts = dict.fromkeys(edition.languages, 0)
    for row in report.sent if report else []:
        have = sum(row.get(state, 0) for state in Delivery.HAS_IT)
        counts[row["language"]] = counts.get(row["language"], 0) + have
    return counts
