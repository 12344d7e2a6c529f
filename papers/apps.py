from django.apps import AppConfig
from django.core.checks import register
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _


class PapersConfig(AppConfig):
    name = "papers"
    verbose_name = _("Papers")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """A glossary that cannot be read stops the start, and no build in its middle."""
        import_string("papers.summarise.glossary.require_glossaries")()  # needs models
        register(import_string("papers.checks.models_have_a_price"))
