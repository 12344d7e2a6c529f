"""An edition on its way: where it is, how fast it goes, and how fast it shall go."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import override
from unfold.admin import ModelAdmin

from newsletter import audit, channels, clock, pace
from newsletter.admin.channels import health_of
from newsletter.admin.publisher import may_publish, require_publisher
from newsletter.deliver.progress import Progress, progress_of
from newsletter.links import desk_path
from newsletter.models import Channel, Edition
from newsletter.moments import moment_in_words, span_in_words

SOON = timedelta(hours=1)


class PaceForm(forms.ModelForm):
    """The rate of a channel, and which one the editor has seen. The model says what a rate may
    be."""

    seen_rate = forms.FloatField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Channel
        fields = ["rate"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["seen_rate"] = self.instance.rate
        self.fields["rate"].localize = False
        self.fields["rate"].widget.attrs |= {"class": "line short", "step": "any"}


class Going:
    """An edition while it is sent, as its page shows it; asked for when it is printed."""

    def __init__(self, edition: Edition, user) -> None:
        self.edition = edition
        self.user = user

    @cached_property
    def is_shown(self) -> bool:
        return self.edition.state in Edition.LEAVING

    @cached_property
    def is_counted(self) -> bool:
        """Not while its readers are being written down."""
        return self.edition.audience_frozen_at is not None

    @cached_property
    def progress(self) -> Progress:
        return progress_of(self.edition)

    @property
    def handled_count(self) -> int:
        """For whom nothing is left to do."""
        return self.progress.balance.audience_count - self.progress.balance.left_count

    @property
    def rate(self) -> str:
        """To a mail a second; a slow one to a tenth."""
        rate = self.progress.rate
        return f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"

    @cached_property
    def time_to_go(self) -> str:
        """Until the last mail leaves; nothing where nobody can say."""
        ends_at = self.progress.ends_at
        if ends_at is None:
            return ""
        left = ends_at - clock.now()
        if left > SOON:
            when = moment_in_words(ends_at, self.edition.newsletter.time_zone)
            return _("until %(when)s") % {"when": when}
        return span_in_words(left)

    @cached_property
    def paces(self) -> list[tuple[Channel, str, PaceForm | None]]:
        """The channels in use, in the order in which they are tried: how each is doing, and its
        form, for those who may."""
        may, now = may_publish(self.user), clock.now()
        return [
            (channel, health_of(channel, now)[0], pace_form(channel) if may else None)
            for channel in channels.configured()
            if channel.is_active
        ]


def pace_form(channel: Channel, data=None) -> PaceForm:
    return PaceForm(data, instance=channel, prefix=f"channel-{channel.pk}", auto_id="pace_%s")


def pace_in_words(channel: Channel) -> str:
    if channel.rate is None:
        return _("%(channel)s: as many mails as can leave.") % {"channel": channel}
    words = {"channel": channel, "rate": f"{channel.rate:g}"}
    return _("%(channel)s: %(rate)s mails a second at most.") % words


class ProgressAdmin(ModelAdmin):
    """For the admin of editions."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path(
                "<int:object_id>/progress/", view(self.progress), name="newsletter_edition_progress"
            ),
            path("<int:object_id>/pace/", view(self.change_pace), name="newsletter_edition_pace"),
            *super().get_urls(),
        ]

    def progress(self, request, object_id):
        """The part of the page that tells it, asked for every two seconds. When the edition has
        moved on, the page is loaded anew: it has other buttons then."""
        edition = self.found(request, object_id)
        context = {"original": edition, "going": Going(edition, request.user)}
        answer = TemplateResponse(request, "admin/newsletter/edition/_progress.html", context)
        if request.GET.get("version") != str(edition.version):
            answer["HX-Refresh"] = "true"
        return answer

    def change_pace(self, request, object_id):
        """Of a channel, and so of all that leaves by it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        edition = self.found(request, object_id)
        require_publisher(request.user)
        number = request.POST.get("channel", "")
        channel = Channel.objects.filter(pk=number).first() if number.isdecimal() else None
        if channel is None:
            raise Http404
        form = pace_form(channel, request.POST)
        if not form.is_valid():
            said = "; ".join(str(error) for errors in form.errors.values() for error in errors)
            self.message_user(request, said, messages.ERROR)
        elif pace.change(channel, form.cleaned_data["rate"], seen=form.cleaned_data["seen_rate"]):
            with override("en"):  # as it stands in the trail
                words = pace_in_words(channel)
            for changed in (edition, channel):
                audit.record(request, "pace", changed, message=words)
            self.message_user(request, pace_in_words(channel), messages.SUCCESS)
        else:
            said = _("Someone else has changed the pace meanwhile. Please look again.")
            self.message_user(request, said, messages.ERROR)
        return redirect(desk_path(edition.pk))
