"""The ways out: how each of them is doing, in words, and what an operator limits."""

from datetime import timedelta

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Q, Sum
from django.db.models.functions import Now
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminTextareaWidget

from newsletter import audit, breaker, channels, clock
from newsletter.models import Channel
from newsletter.models.channels import rates_by_domain
from newsletter.moments import span_in_words


class ChannelForm(forms.ModelForm):
    domain_rates = forms.JSONField(
        label=gettext_lazy("mails a second by receiving domain"),
        required=False,
        validators=[rates_by_domain],
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=gettext_lazy('at most, such as {"naver.com": 5}'),
    )

    def clean_domain_rates(self):
        return self.cleaned_data["domain_rates"] or {}


@admin.register(Channel)
class ChannelAdmin(ModelAdmin):
    """Channels come from the environment: none is added or deleted here."""

    form = ChannelForm
    list_display = ["name", "health", "limit", "accepted_in_a_day", "is_active"]
    readonly_fields = ["name", "health"]
    actions = ["close_breaker"]
    warn_unsaved_form = True
    fieldsets = [
        (None, {"fields": ["name", "health", ("is_active", "position")]}),
        (
            gettext_lazy("How much leaves at once"),
            {"fields": [("rate", "connections"), "domain_rates", ("slice_size", "batch_size")]},
        ),
        (gettext_lazy("Doubt"), {"fields": ["doubt_policy"]}),
    ]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        channels.configured()  # one that nothing has left by yet shall be seen, too
        recent = Q(slice__claimed_at__gt=Now() - timedelta(days=1))
        count = Sum("slice__accepted_count", filter=recent, default=0)
        return super().get_queryset(request).annotate(accepted=count)

    def save_model(self, request, obj, form, change):
        """Only what the form holds: the rest is written by senders at the same time."""
        obj.save(update_fields=form.changed_data)

    @admin.display(description=gettext_lazy("how it is doing"))
    def health(self, channel):
        state, *why = health_of(channel, clock.now())
        below = format_html_join("", '<span class="below">{}</span>', ((line,) for line in why))
        return format_html('<span class="state">{}</span>{}', state, below)

    @admin.display(description=gettext_lazy("mails a second"), ordering="rate")
    def limit(self, channel):
        rate = _("unlimited") if channel.rate is None else f"{channel.rate:g}"
        domains = [f"{domain} {limit:g}" for domain, limit in sorted(channel.domain_rates.items())]
        return format_html('{}<span class="below">{}</span>', rate, ", ".join(domains))

    @admin.display(description=gettext_lazy("accepted in 24 hours"), ordering="accepted")
    def accepted_in_a_day(self, channel):
        return f"{channel.accepted:,}"

    def has_close_permission(self, request):
        return request.user.has_perm("newsletter.close_breaker")

    @admin.action(description=gettext_lazy("Close the breaker now"), permissions=["close"])
    def close_breaker(self, request, queryset):
        for channel in queryset:
            if breaker.close(channel):
                audit.record(request, "close_breaker", channel, message="Close the breaker now")
                said = _("%(channel)s: the breaker is closed, and mail may leave again.")
                self.message_user(request, said % {"channel": channel}, messages.SUCCESS)
            else:
                said = _("%(channel)s: the breaker is not open.")
                self.message_user(request, said % {"channel": channel}, messages.WARNING)


def health_of(channel, now):
    """In a word, then why, line by line: what keeps mail from leaving, the worst trouble alone."""
    if channel.name not in settings.CHANNELS:
        return _("not configured"), _("The environment no longer says where it leads.")
    if not channel.is_active:
        return (_("not in use"),)
    if channel.breaker_opened_at:
        return _("stopped"), *why_stopped(channel, now)
    if channel.cool_until and channel.cool_until > now:
        wait = {"time": span_in_words(channel.cool_until - now)}
        return _("waits"), _("It was asked to slow down, and waits for %(time)s.") % wait
    if channel.shut_until and channel.shut_until > now:
        why = {"why": channel.shut_reason, "time": span_in_words(channel.shut_until - now)}
        return _("out of reach"), _("%(why)s. Tried again in %(time)s.") % why
    return (_("works"),)


def why_stopped(channel, now):
    yield _("For %(time)s.") % {"time": span_in_words(now - channel.breaker_opened_at)}
    yield channel.breaker_reason
    yield _("Each minute a mail to the newsletter's own sender asks whether it works again.")
    if channel.probe_answer:
        yield _("Its last answer: %(said)s") % {"said": channel.probe_answer}
