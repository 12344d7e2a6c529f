"""A newsletter is a form filled in: what it reads, when it goes out, how, and from whom."""

from django.conf import settings
from django.contrib import admin, messages
from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from newsletter import clock
from newsletter.admin.newsletter_form import ISO_WEEKDAYS, NewsletterForm
from newsletter.admin.publisher import may_publish
from newsletter.embed import snippet
from newsletter.models import Newsletter
from newsletter.moments import moment_in_words
from newsletter.senders import needs_records
from papers.sources import category_in


@admin.register(Newsletter)
class NewsletterAdmin(ModelAdmin):
    form = NewsletterForm
    list_display = ["name", "schedule", "languages_in_words", "approval_required", "is_active"]
    actions = None
    warn_unsaved_form = True
    fieldsets = [
        (None, {"fields": ["name", "slug", "is_active"]}),
        (
            _("What it prints"),
            {
                "fields": [
                    ("source", "category"),
                    "roundup_of",
                    ("max_entries", "min_votes"),
                    ("languages", "main_language"),
                    "own_links",
                ],
                "description": _(
                    "Each edition is made from the list of a date: the papers with most votes, or "
                    "all of a category of arXiv in their order, as many as you allow."
                ),
            },
        ),
        (
            _("When it goes out"),
            {
                "fields": [
                    "weekdays",
                    ("lag_days", "time_zone"),
                    ("build_time", "send_time"),
                    ("approval_required", "expires_after"),
                ],
                "description": _(
                    "By the clock of its own zone. A list of today is complete tomorrow, so its "
                    "edition goes out a day behind; arXiv announces papers up to three days after "
                    "they were handed in."
                ),
            },
        ),
        (
            _("How carefully"),
            {
                "fields": [
                    "undo_seconds",
                    ("quiet_from", "quiet_until"),
                    ("canary_percent", "canary_wait"),
                ],
                "description": _(
                    "Seconds in which an approval can be undone, hours in which nothing leaves, "
                    "and readers who go first so that you can stop the rest."
                ),
            },
        ),
        (
            _("From whom"),
            {
                "fields": [("from_name", "from_address"), ("reply_to", "postal_address")],
                "description": _(
                    "Left blank, its own name and the site’s address. The law in many countries "
                    "asks for a postal address in each mail."
                ),
            },
        ),
    ]
    on_other_sites = (_("On other sites"), {"fields": ["snippets"]})

    def has_delete_permission(self, request, obj=None):
        """Its editions tell what was sent, and the site stands on the default one."""
        return False

    def get_fieldsets(self, request, obj=None):
        """With forms to copy, once there is a newsletter that takes readers."""
        takes_readers = obj and obj.takes_readers
        return [*self.fieldsets, self.on_other_sites] if takes_readers else self.fieldsets

    def get_readonly_fields(self, request, obj=None):
        """The name in links is also in each Message-ID and List-Id, and the site asks for it. That
        an edition waits for approval, and leaves time to undo it, is for those who approve."""
        approvals = [] if may_publish(request.user) else ["approval_required", "undo_seconds"]
        return [*(["slug"] if obj else []), "snippets", *approvals]

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else {"slug": ["name"]}

    def save_model(self, request, obj, form, change):
        """What follows from the form is said: when it goes out, and what its domain still needs."""
        super().save_model(request, obj, form, change)
        if obj.is_active:
            at = obj.next_send_at(clock.now())
            words = moment_in_words(at, obj.time_zone, gettext("l, j F, H:i"))
            when = {"when": words, "zone": obj.time_zone}
            self.message_user(
                request, gettext("Its next edition is planned for %(when)s (%(zone)s).") % when
            )
        if "from_address" in form.changed_data and obj.from_address:
            self.ask_for_records(request, needs_records(obj.from_address))

    def ask_for_records(self, request, domain):
        if domain:
            words = gettext(
                "Mail from %(domain)s arrives well only once the domain says so: SPF, DKIM and "
                "DMARC for whoever carries your mail. Ask its operator, then send a proof."
            )
            self.message_user(request, words % {"domain": domain}, messages.WARNING)

    # For those who may only look

    @admin.display(description=_("main language"))
    def main_language(self, newsletter):
        return dict(settings.LANGUAGES).get(newsletter.languages[0])

    @admin.display(description=_("category of arXiv"))
    def category(self, newsletter):
        return category_in(newsletter.source)

    @admin.display(description=_("form to copy"))
    def snippets(self, newsletter):
        """One in each language."""
        names = dict(settings.LANGUAGES)
        snippets = [
            (names.get(code, code), snippet(newsletter, code)) for code in newsletter.languages
        ]
        return render_to_string(
            "admin/newsletter/newsletter/_snippets.html", {"snippets": snippets}
        )

    @admin.display(description=_("schedule"))
    def schedule(self, newsletter):
        names = dict(ISO_WEEKDAYS)
        days = ", ".join(str(names[day]) for day in newsletter.weekdays)
        return f"{days} {newsletter.send_time:%H:%M} {newsletter.time_zone}"

    @admin.display(description=_("languages"))
    def languages_in_words(self, newsletter):
        names = dict(settings.LANGUAGES)
        return ", ".join(names.get(code, code) for code in newsletter.languages)
