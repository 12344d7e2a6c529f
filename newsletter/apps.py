from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig
from django.utils.translation import gettext_lazy as _


class NewsletterConfig(AppConfig):
    default = True
    name = "newsletter"
    verbose_name = _("Newsletter")
    default_auto_field = "django.db.models.BigAutoField"


class DeskConfig(SimpleAdminConfig):
    """Django's admin, with our own site for it."""

    default_site = "newsletter.site.DeskSite"
