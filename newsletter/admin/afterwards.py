"""An edition that has gone out: to whom it still may go, and what is told to those who have it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from newsletter import audit, tasks
from newsletter.admin.publisher import may_publish, require_publisher
from newsletter.admin.seen import seen_version
from newsletter.correction import begin_correction, can_be_corrected
from newsletter.deliver import supplement
from newsletter.links import desk_path
from newsletter.models import Edition, Supplement, WrongState


class Afterwards:
    """What the page of an edition offers once it has begun to leave; asked for when printed."""

    def __init__(self, edition: Edition, user) -> None:
        self.edition = edition
        self.user = user

    @property
    def is_shown(self) -> bool:
        return self.edition.audience_frozen_at is not None

    @property
    def readers_url(self) -> str:
        """The list of its deliveries; nothing once they were pruned."""
        if self.edition.pruned_at:
            return ""
        url = reverse("admin:newsletter_delivery_changelist")
        return f"{url}?edition__id__exact={self.edition.pk}"

    @cached_property
    def may_supplement(self) -> bool:
        return may_publish(self.user) and supplement.can_be_supplemented(self.edition)

    @cached_property
    def may_correct(self) -> bool:
        return may_publish(self.user) and can_be_corrected(self.edition)

    @property
    def has_links(self) -> bool:
        return self.edition.links.exists()

    @cached_property
    def corrections(self) -> list[Edition]:
        return list(self.edition.corrections.select_related("newsletter").order_by("pk"))


class AfterwardsAdmin(ModelAdmin):
    """For the admin of editions."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:object_id>/without/", view(self.without), name="newsletter_edition_without"),
            path("<int:object_id>/correct/", view(self.correct), name="newsletter_edition_correct"),
            *super().get_urls(),
        ]

    def without(self, request, object_id):
        """Who has not got it, with their counts; and the order to send it to those who are
        ticked."""
        edition = self.found(request, object_id)
        require_publisher(request.user)
        if not supplement.can_be_supplemented(edition):
            self.message_user(
                request,
                _(
                    "Only an edition that is done can go to those without it, for a month after, "
                    "and not while a correction of it is under way."
                ),
                messages.WARNING,
            )
            return redirect(desk_path(edition.pk))
        whom = [each for each in request.POST.getlist("whom") if each in Supplement.Whom.values]
        if request.method == "POST" and whom:
            return self.order(request, edition, whom)
        context = self.admin_site.each_context(request) | {
            "title": _("Send to those without it"),
            "opts": self.opts,
            "original": edition,
            "groups": [
                (whom.value, whom.label, count)
                for whom, count in supplement.without_it(edition).items()
            ],
            "was_welcomed_with": edition == newest_of(edition),
            "is_corrected": edition.corrections.filter(audience_frozen_at__isnull=False).exists(),
            "chose_nobody": request.method == "POST",
        }
        return TemplateResponse(request, "admin/newsletter/edition/without.html", context)

    def order(self, request, edition, whom):
        edition.version = seen_version(request)  # as the editor saw it
        try:
            supplement.order(edition, whom, by=request.user.get_username())
        except WrongState as wrong:
            self.message_user(request, str(wrong), messages.ERROR)
            return redirect(desk_path(edition.pk))
        audit.record(request, "without", edition, message="Send to those without it")
        tasks.wake(tasks.send_edition, edition.pk)
        said = _("Within a minute it goes to those without it.")
        self.message_user(request, said, messages.SUCCESS)
        return redirect(desk_path(edition.pk))

    def correct(self, request, object_id):
        """To the draft of a correction, which is the same for two editors who press at once."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        edition = self.found(request, object_id)
        require_publisher(request.user)
        try:
            draft = begin_correction(edition)
        except WrongState as wrong:
            self.message_user(request, str(wrong), messages.ERROR)
            return redirect(desk_path(edition.pk))
        audit.record(request, "correct", edition, message="Send a correction")
        return redirect(desk_path(draft.pk))


def newest_of(edition: Edition) -> Edition | None:
    """That with which new readers of its newsletter are welcomed."""
    return Edition.objects.published().filter(newsletter=edition.newsletter_id).first()
