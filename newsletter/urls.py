"""Every route. The first language has no prefix; the others have theirs: /en/."""

from datetime import date

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path, register_converter
from django.views.generic import RedirectView

from newsletter.views import address, health, mailbox, public, webhooks
from newsletter.views.feed import EditionFeed


class IsoDate:
    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


register_converter(IsoDate, "isodate")
admin.autodiscover()  # here, and not at every start: commands and workers need no desk

the_mailbox = [
    path("mailbox/", mailbox.letters, name="mailbox"),
    path("mailbox/<str:key>/", mailbox.letter, name="letter"),
    path("mailbox/<str:key>/html/", mailbox.html, name="letter_html"),
    path("mailbox/<str:key>.eml", mailbox.eml, name="letter_eml"),
]

pages = i18n_patterns(
    path("", public.front, name="front"),
    path("editions/", public.editions, name="editions"),
    path("feed/", EditionFeed(), name="feed"),
    path("choices/", address.links, name="choices_where"),
    path("<isodate:day>/", public.edition, name="edition"),
    path("n/<slug:slug>/<isodate:day>/", public.edition, name="edition"),
    path("p/<path:canonical_id>/", public.paper, name="paper"),
    path("admin/", admin.site.urls),
    prefix_default_language=False,
)

the_operators = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]

the_providers = [path("events/<slug:provider>/", webhooks.webhook, name="webhook")]

# Where browsers look on pages that cannot name it, such as a mail by itself.
icon = path("favicon.ico", RedirectView.as_view(url=f"{settings.STATIC_URL}newsletter/icon.svg"))

urlpatterns = [
    *the_operators,
    *the_providers,
    icon,
    path("", include("newsletter.reader_urls")),
    *the_mailbox,
    path("i18n/", include("django.conf.urls.i18n")),
    *pages,
]
